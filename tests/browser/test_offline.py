"""Recording without signal (journey 4), with the network really cut: nothing is lost, nothing is doubled, nothing goes silently."""

import os
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, expect

from finance.actions import decide_by_laws
from finance.models import Entry, Obligation, Payment, Receipt, Submission
from finance.reports import Rules, verify_cooperative
from tests.browser.test_dues import HOME, make_three_hundred
from tests.cast import Someone

pytestmark = pytest.mark.browser

NOW = datetime(2026, 2, 20, 12, 2, tzinfo=UTC)  # 19.02 in Serang
OUTBOX = f"{HOME}iuran/luring/"


@pytest.fixture
def evening(stage, clock, sign_in):
    """`evening(page)`: siti with today's list on her phone; server and phone agree on the time."""

    def begun(page: Page, who: str = "siti", at: datetime = NOW) -> Page:
        clock(at)
        page.clock.set_fixed_time(at)
        sign_in(page, who)
        page.goto(f"{HOME}iuran/")
        until(
            page, f"Luring.list().then(list => list && caches.open('halaman').then(pages => pages.match('{OUTBOX}')))"
        )
        until(page, "navigator.serviceWorker.ready.then(found => found.active.state === 'activated')")
        return page

    return begun


def until(page: Page, expression: str) -> None:
    """Ask the page until it says yes. (`wait_for_function` evaluates text in the page, which our policy forbids.)"""
    for _ in range(200):
        if page.evaluate(f"Promise.resolve({expression}).then(Boolean)"):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never came true: {expression}")


def cut(page: Page) -> None:
    page.context.set_offline(True)


def mend(page: Page) -> None:
    page.context.set_offline(False)


def record(page: Page, name: str) -> None:
    """Two taps and three letters."""
    page.get_by_role("searchbox").fill(name)
    page.get_by_role("button", name=name).first.click()
    page.get_by_role("button", name="Simpan di HP ini").click()
    expect(page.locator("#bayar")).to_be_hidden()


def queue(page: Page) -> list[list]:
    return page.evaluate("Luring.queue().then(rows => rows.map(row => [row.nama, row.keadaan, row.kunci]))")


def sent(page: Page, count: int) -> None:
    until(page, f"Luring.queue().then(rows => rows.filter(row => row.keadaan === 'terkirim').length === {count})")


def stored(stage) -> list[str]:
    """Names in the order in which the server took them."""
    with stage.database(), Someone("siti").acting() as (_, melati):
        assert verify_cooperative(melati) == []
        return list(
            Receipt.objects.filter(cooperative=melati)
            .order_by("number")
            .values_list("payment__member__name", flat=True)
        )


NAMES = ["Ujang Suherman", "Ai Komariah", "Juleha Maryam", "Dadang Hermawan", "Euis Rohayati"]


def test_journey_4_25_payments_without_signal_go_up_once_and_in_order_after_the_browser_was_closed(
    stage, tmp_path, sign_in, clock, axe, Taps, picture
):
    clock(NOW)
    make_three_hundred(stage)
    names = [f"Warga {chr(65 + n % 26)} {n:03d}" for n in range(25)]
    with at_home(stage, tmp_path) as page:
        page.clock.set_fixed_time(NOW)
        sign_in(page, "siti", form=True)
        page.goto(f"{HOME}iuran/")
        until(page, f"caches.open('halaman').then(pages => pages.match('{OUTBOX}'))")
        until(page, "navigator.serviceWorker.ready.then(found => found.active.state === 'activated')")
        cut(page)
        page.goto(f"{HOME}iuran/setoran/")  # any page of the cooperative becomes the page for recording
        taps = Taps(page)
        record(page, names[0])
        assert taps.count <= 2
        for name in names[1:12]:
            record(page, name)
        expect(page.get_by_text("Luring · 12 setoran menunggu dikirim")).to_be_visible()
        picture(page, "luring")
        axe(page)
    with at_home(stage, tmp_path) as page:  # the browser was closed; the phone had no signal all evening
        page.clock.set_fixed_time(NOW)
        cut(page)
        page.goto(OUTBOX)
        for name in names[12:]:
            record(page, name)
        expect(page.get_by_text("25 setoran menunggu dikirim")).to_be_visible()
        assert stored(stage) == []
        sign_in(page, "siti")  # the crash may have forgotten the session; the queue waits for it
        mend(page)
        sent(page, 25)
        expect(page.get_by_text("menunggu dikirim")).to_be_hidden()
        picture(page, "terkirim")
        axe(page)
    assert stored(stage) == names


class at_home:
    """A browser with a folder of its own, as on a phone: what it keeps survives its end, which is a crash."""

    def __init__(self, stage, folder: Path) -> None:
        from tests.chromium import the_browser

        self.stage, self.folder = stage, folder
        self.chromium = the_browser().browser_type

    def __enter__(self) -> Page:
        self.context = self.chromium.launch_persistent_context(
            self.folder, base_url=self.stage.url, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True,
            locale="id-ID", timezone_id="Asia/Jakarta", args=["--no-sandbox", "--disable-gpu"],
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        )  # fmt: skip
        self.context.set_default_timeout(10_000)
        return self.context.pages[0]

    def __exit__(self, *error) -> None:
        session = self.context.new_cdp_session(self.context.pages[0])
        with suppress(Error):  # no goodbye: as a battery that is empty
            session.send("Browser.crash")
        with suppress(Error):
            self.context.close()


def test_replaying_the_queue_ten_times_adds_nothing(stage, phone, evening):
    evening(phone)
    phone.goto(OUTBOX)
    cut(phone)
    for name in NAMES:
        record(phone, name)
    mend(phone)
    sent(phone, 5)
    before = queue(phone)
    for _ in range(10):  # as if every answer had been lost on its way
        phone.evaluate(
            "Luring.queue().then(rows => Promise.all(rows.map(row => Luring.change(row, {keadaan: 'menunggu'})))).then(() => Luring.send())"
        )
        sent(phone, 5)
    assert queue(phone) == before
    assert stored(stage) == NAMES
    with stage.database(), Someone("siti").acting() as (_, melati):
        assert Entry.objects.filter(cooperative=melati, kind="dues").count() == 5


def test_an_answer_lost_after_the_server_stored_the_payment_does_not_double_it(stage, phone, evening):
    evening(phone)
    phone.goto(OUTBOX)
    lost = []

    def swallow(route):
        route.fetch()  # the server has it; the phone never hears
        lost.append(1)
        route.abort()

    phone.context.route("**/iuran/luring/kirim/", swallow, times=1)
    record(phone, NAMES[0])
    until(phone, "Luring.state() === 'luring'")
    assert lost and queue(phone)[0][1] == "menunggu"
    assert stored(stage) == [NAMES[0]]
    phone.evaluate("Luring.send()")
    sent(phone, 1)
    assert stored(stage) == [NAMES[0]]


def test_two_tabs_send_one_queue_once(stage, phone, evening):
    evening(phone)
    phone.goto(OUTBOX)
    second = phone.context.new_page()
    second.clock.set_fixed_time(NOW)
    second.goto(OUTBOX)
    cut(phone)
    for name in NAMES[:3]:
        record(phone, name)
    for name in NAMES[3:]:
        record(second, name)
    posts = []
    phone.context.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    mend(phone)
    phone.evaluate("Luring.send()")
    second.evaluate("Luring.send()")
    sent(second, 5)
    assert stored(stage) == NAMES
    assert len(posts) == 5


def test_a_refused_payment_is_kept_with_its_reason_and_can_be_put_right(stage, phone, evening, axe, picture):
    evening(phone)
    phone.goto(OUTBOX)
    cut(phone)
    record(phone, NAMES[0])
    phone.get_by_role("searchbox").fill(NAMES[1])
    phone.get_by_role("button", name=NAMES[1]).click()
    phone.get_by_label("Tanggal terima").fill("2025-12-31")
    phone.get_by_role("button", name="Simpan di HP ini").click()
    expect(phone.locator("#bayar")).to_be_hidden()
    record(phone, NAMES[2])
    mend(phone)
    sent(phone, 2)
    assert stored(stage) == [NAMES[0], NAMES[2]]
    expect(phone.get_by_text("1 setoran perlu diperbaiki")).to_be_visible()
    expect(phone.get_by_text("Tanggal terima tidak boleh sebelum itu")).to_be_visible()
    picture(phone, "perlu-diperbaiki")
    axe(phone)
    phone.get_by_role("button", name="Perbaiki").click()
    phone.get_by_label("Tanggal terima").fill("2026-02-20")
    phone.get_by_role("button", name="Simpan di HP ini").click()
    sent(phone, 3)
    assert stored(stage) == [NAMES[0], NAMES[2], NAMES[1]]
    expect(phone.get_by_text("perlu diperbaiki")).to_be_hidden()


def test_a_colleague_was_faster_and_the_money_is_kept_as_an_advance(stage, phone, desk, evening, sign_in):
    evening(phone)
    phone.goto(OUTBOX)
    cut(phone)
    record(phone, NAMES[0])
    sign_in(desk, "yusuf")
    desk.goto(f"{HOME}iuran/terima/10/")
    desk.get_by_role("button", name="Simpan pembayaran").click()
    desk.wait_for_url("**/iuran/kuitansi/2026-1/")
    mend(phone)
    phone.get_by_text("Sudah dicatat Yusuf Sekretaris, 20 Feb 2026 pukul 19.02").wait_for()
    phone.get_by_role("button", name="Perbaiki").click()
    phone.get_by_text("Simpan sebagai iuran di muka").click()
    phone.get_by_role("button", name="Simpan di HP ini").click()
    sent(phone, 1)
    with stage.database(), Someone("siti").acting() as (_, melati):
        paid = Obligation.objects.filter(cooperative=melati, member__name=NAMES[0], kind="wajib", paid_rupiah__gt=0)
        assert [one.period for one in paid.order_by("period")] == [date(2026, month, 1) for month in (1, 2, 3, 4)]
        assert verify_cooperative(melati) == []


def test_a_lost_session_keeps_the_queue_and_asks_to_sign_in_again(stage, phone, evening, sign_in):
    evening(phone)
    phone.goto(OUTBOX)
    cut(phone)
    record(phone, NAMES[0])
    phone.context.clear_cookies()
    mend(phone)
    phone.get_by_text("Masuk lagi untuk mengirimnya").wait_for()
    phone.evaluate("Luring.send()")  # as it does by itself every half minute: trying in vain, it still asks to sign in
    expect(phone.get_by_text("Masuk lagi untuk mengirimnya")).to_be_visible()
    phone.get_by_role("link", name="Masuk").click()
    phone.wait_for_url("**/masuk/?next=*")
    sign_in(phone, "siti")
    phone.goto(OUTBOX)
    sent(phone, 1)
    assert stored(stage) == [NAMES[0]]


def test_another_login_on_the_same_phone_neither_sees_nor_sends_the_payments(stage, phone, evening, sign_in):
    evening(phone)
    phone.goto(OUTBOX)
    cut(phone)
    record(phone, NAMES[0])
    phone.context.clear_cookies()
    sign_in(phone, "yusuf")
    mend(phone)
    phone.goto(OUTBOX)
    phone.get_by_text("1 setoran dari akun atau koperasi lain").wait_for()
    assert queue(phone) == [] and stored(stage) == []
    assert not phone.get_by_text(NAMES[0]).is_visible()
    phone.context.clear_cookies()
    sign_in(phone, "siti")
    phone.goto(OUTBOX)
    sent(phone, 1)
    assert stored(stage) == [NAMES[0]]


def test_logging_out_with_unsent_payments_asks_first_and_wipes_the_list(stage, phone, evening, axe, picture):
    evening(phone)
    phone.goto(OUTBOX)
    cut(phone)
    record(phone, NAMES[0])
    phone.context.route("**/iuran/luring/**", lambda route: route.abort())  # signal for everything but this
    mend(phone)
    phone.goto("/keluar/")
    phone.get_by_role("button", name="Keluar").click()
    phone.get_by_role("heading", name="1 setoran belum terkirim").wait_for()
    picture(phone, "keluar-belum-terkirim")
    axe(phone)
    with phone.expect_download() as download:
        phone.get_by_role("button", name="Unduh daftarnya").click()
    text = Path(download.value.path()).read_text()
    assert "A-0010  Ujang Suherman  Rp 20.000" in text and "Jumlah: 1 setoran, Rp 20.000" in text
    phone.get_by_role("button", name="Keluar, simpan di HP ini").click()
    phone.wait_for_url(lambda url: "/keluar/" not in url)
    kept = phone.evaluate("""async () => {
        const base = await new Promise(done => { const ask = indexedDB.open('koperasi', 1); ask.onsuccess = () => done(ask.result) });
        const all = store => new Promise(done => { const ask = base.transaction(store).objectStore(store).getAll(); ask.onsuccess = () => done(ask.result) });
        return [(await all('daftar')).length, (await all('antrean')).map(row => row.nama), (await (await caches.open('halaman')).keys()).length];
    }""")
    assert kept == [0, [NAMES[0]], 0]  # the worker may have opened an empty store; what counts is what is in it


def test_the_list_leaves_the_phone_after_seven_days_and_unsent_payments_stay(stage, phone, evening):
    evening(phone)
    phone.goto(OUTBOX)
    cut(phone)
    record(phone, NAMES[0])
    phone.clock.set_fixed_time(NOW + timedelta(days=7, minutes=1))
    phone.reload()
    phone.get_by_text("belum membawa daftar anggota").wait_for()
    assert [row[:2] for row in queue(phone)] == [[NAMES[0], "menunggu"]]


def test_a_clock_a_day_ahead_is_said_politely_and_both_times_are_kept(stage, phone, evening):
    evening(phone)
    phone.goto(OUTBOX)
    cut(phone)
    ahead = NOW + timedelta(days=1)
    phone.clock.set_fixed_time(ahead)
    record(phone, NAMES[0])
    mend(phone)
    phone.get_by_text("Tanggal terima tidak boleh setelah hari ini").wait_for()
    phone.get_by_role("button", name="Perbaiki").click()
    phone.get_by_label("Tanggal terima").fill("2026-02-20")
    phone.get_by_role("button", name="Simpan di HP ini").click()
    sent(phone, 1)
    with stage.database(), Someone("siti").acting() as (_, melati):
        form = Submission.objects.get(cooperative=melati, device_at__isnull=False)
        assert (form.at, form.device_at) == (NOW, ahead)
        assert Payment.objects.get(cooperative=melati).paid_on == date(2026, 2, 20)


def test_the_same_member_twice_in_one_evening_is_seen_on_the_phone_itself(stage, phone, evening):
    evening(phone)
    phone.goto(OUTBOX)
    cut(phone)
    record(phone, NAMES[0])
    phone.get_by_role("searchbox").fill(NAMES[0])
    expect(phone.get_by_text("A-0010 · lunas")).to_be_visible()
    expect(phone.get_by_text("sudah dicatat di HP ini")).to_be_visible()


def test_the_instalment_of_the_by_laws_is_proposed_on_the_phone_and_not_twice_in_one_evening(stage, phone, evening):
    """100.000 in three: 33.334 now; what is recorded on this phone already is not proposed again."""
    with stage.database(), Someone("siti").acting() as (actor, melati):
        rules = Rules(date(2026, 2, 1), pokok_instalments=3)
        decide_by_laws(
            cooperative=melati, rules=rules, decided_on=date(2026, 1, 30), decision="RAT 2025", actor=actor, now=NOW
        )
    evening(phone)
    phone.goto(OUTBOX)
    cut(phone)
    phone.get_by_role("searchbox").fill(NAMES[0])
    phone.get_by_role("button", name=NAMES[0]).first.click()
    expect(phone.get_by_role("radio", name="Cicilan Rp\u00a033.334")).to_be_checked()
    phone.get_by_role("button", name="Simpan di HP ini").click()
    expect(phone.locator("#bayar")).to_be_hidden()
    phone.get_by_role("searchbox").fill(NAMES[0])
    phone.get_by_role("button", name=NAMES[0]).first.click()
    pokok = phone.get_by_role("group", name="Simpanan pokok")
    expect(pokok.get_by_role("radio", name="Tidak sekarang")).to_be_checked()
    expect(pokok.get_by_role("radio", name="Cicilan Rp\u00a033.334")).to_be_visible()
    phone.keyboard.press("Escape")
    mend(phone)
    sent(phone, 1)
    with stage.database(), Someone("siti").acting() as (_, melati):
        paid = Payment.objects.get(cooperative=melati).allocations.filter(obligation__kind="pokok")
        assert list(paid.values_list("rupiah", flat=True)) == [33_334]


def test_nothing_on_the_phone_holds_a_nik_or_a_birth_date(stage, phone, evening):
    evening(phone)
    carried = phone.evaluate(
        "Luring.list().then(list => Object.keys(list).concat(list.baris[0].map(cell => typeof cell)))"
    )
    assert sorted(carried[:7]) == ["alamat", "baris", "diambil", "hari", "id", "siapa", "wajib"]
    assert carried[7:] == ["string", "string", "object", "number"]


def test_the_app_can_be_put_on_the_home_screen(stage, phone):
    phone.goto("/masuk/")
    manifest = phone.evaluate("fetch(document.querySelector('link[rel=manifest]').href).then(answer => answer.json())")
    assert manifest["display"] == "standalone" and {icon["sizes"] for icon in manifest["icons"]} == {
        "192x192",
        "512x512",
    }
    for icon in manifest["icons"]:
        assert phone.request.get(icon["src"]).headers["content-type"] == "image/png"

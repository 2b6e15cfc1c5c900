"""Journey 28: two entries of one person are merged, and separated again."""

import uuid
from datetime import UTC, date, datetime

import pytest

from finance.actions import DuesLine, record_dues
from finance.models import MemberBalance
from members.actions import Person, admit
from members.models import Member, Merge
from tests.cast import Someone

pytestmark = pytest.mark.browser
HOME = "/kota-serang/koperasi/melati/beranda/"
NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)


@pytest.fixture
def twice(stage, clock):
    """Siti Aminah stands twice in the book, and has paid under both numbers."""
    clock(NOW)
    with stage.database(), Someone("siti").acting() as (actor, melati):
        for name, joined, pokok, wajib, address in (
            ("Siti Aminah", date(2026, 1, 5), 100_000, 60_000, "Kp. Pasir"), ("Hj. Siti Aminah", date(2026, 7, 2), 0, 20_000, "Kp. Pasir Lor")
        ):  # fmt: skip
            member = admit(
                cooperative=melati, person=Person(name=name, sex="P", birth_date=date(1985, 7, 12), address=address), joined_on=joined,
                actor=actor, now=NOW,
            )  # fmt: skip
            record_dues(cooperative=melati, lines=[DuesLine(member.pk, pokok=pokok, wajib=wajib)], paid_on=TODAY, through=TODAY,
                        key=uuid.uuid4(), actor=actor, now=NOW, today=TODAY)  # fmt: skip
    return stage


def saved(stage) -> list[int]:
    with stage.database(), Someone("yusuf").acting():
        rows = MemberBalance.objects.filter(member__name__icontains="Siti Aminah").order_by("member__number")
        return [row.pokok_rupiah + row.wajib_rupiah for row in rows]


@pytest.mark.parametrize("who", ["phone", "desk", "without scripts"])
def test_the_secretary_merges_and_separates(twice, page_of, sign_in, axe, Taps, picture, who):
    page = page_of(1280, 900) if who == "desk" else page_of(360, 740, touch=True, java_script_enabled=who == "phone")
    sign_in(page, "yusuf")
    page.goto(HOME)
    taps = Taps(page) if who != "without scripts" else None
    page.get_by_role("link", name="Periksa 1 pasang catatan ganda").click()
    if taps:
        axe(page)
        picture(page, f"ganda-{who}")
    page.get_by_role("link", name="Gabungkan").click()
    if taps:
        axe(page)
        picture(page, f"gabungkan-{who}")
    page.get_by_role("button", name="Gabungkan").click()
    page.get_by_text("A-0012 digabung ke A-0011").wait_for()
    if taps:
        assert taps.count <= 3
        axe(page)
        picture(page, f"digabung-{who}")
    assert saved(twice) == [180_000, 0]
    with twice.database(), Someone("yusuf").acting():
        assert Member.objects.get(number=12).merged_into.number == 11

    page.goto(HOME)
    before = taps.count if taps else 0
    page.get_by_role("link", name="1 catatan ganda digabung").click()
    if taps:
        axe(page)
        picture(page, f"ganda-digabung-{who}")
    page.get_by_role("button", name="Pisahkan").click()
    page.get_by_text("A-0012 dipisahkan lagi dari A-0011").wait_for()
    if taps:
        assert taps.count - before <= 2
    assert saved(twice) == [160_000, 20_000]
    with twice.database(), Someone("yusuf").acting():
        assert Merge.objects.get().separated_by_name == "Yusuf Sekretaris"


def test_a_dismissed_pair_is_not_offered_again(twice, phone, sign_in, axe, picture):
    sign_in(phone, "yusuf")
    phone.goto(HOME)
    phone.get_by_role("link", name="Periksa 1 pasang catatan ganda").click()
    phone.get_by_role("button", name="Dua orang berbeda").click()
    phone.get_by_text("dicatat sebagai dua orang").wait_for()
    axe(phone)
    picture(phone, "ganda-berbeda")
    phone.goto(HOME)
    assert phone.get_by_text("catatan ganda").count() == 0
    phone.goto("/kota-serang/koperasi/melati/anggota/ganda/")
    phone.get_by_role("button", name="Periksa lagi").click()
    phone.get_by_role("link", name="Gabungkan").wait_for()


def test_a_merged_number_still_opens_the_person(twice, phone, sign_in):
    sign_in(phone, "yusuf")
    phone.goto("/kota-serang/koperasi/melati/anggota/ganda/11/12/")
    phone.get_by_role("button", name="Gabungkan").click()
    phone.get_by_role("heading", name="Catatan yang digabung").wait_for()
    phone.goto("/kota-serang/koperasi/melati/anggota/12/")
    phone.get_by_text("A-0011 ·").wait_for()
    phone.goto("/kota-serang/koperasi/melati/anggota/?cari=A-0012")
    phone.get_by_role("link", name="Siti Aminah").wait_for()
    phone.goto("/kota-serang/koperasi/melati/anggota/12/simpanan/")
    phone.get_by_text("Rp 180.000").first.wait_for()

"""Cash from collectors to the treasurer and from the treasurer to the bank: who holds what, since when, and what proves it."""

import uuid
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from PIL import Image

from finance.actions import (
    AlreadyTakenBack,
    CashDifference,
    DuesLine,
    Refused,
    ReusedKey,
    TooMuch,
    attach_evidence,
    correct_payment,
    move_cash,
    record_dues,
    reverse_cash_move,
    reverse_payment,
)
from finance.models import CashMove, Entry, Evidence, Payment, Posting
from finance.reports import cash_places, collectors, holders, known_collector, verify_cooperative
from finance.reports.books import account_balance
from members.models import Member
from registry.actions.files import read_file
from registry.pictures import NotAPicture, drawn_anew

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
TODAY = date(2026, 3, 20)


def picture(colour: str = "red", size=(900, 600), kind: str = "JPEG", **more) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **more)
    return out.getvalue()


@pytest.fixture
def books(siti):
    """siti at work: `collect(collector, day, rupiah, number)`, `move(...)`, and her cooperative."""
    with siti.acting() as (actor, melati):
        ids = dict(Member.objects.filter(cooperative=melati).values_list("number", "pk"))

        class Books:
            cooperative = melati
            common = {"cooperative": melati, "actor": actor, "now": NOW, "today": TODAY}

            def collect(self, number=1, rupiah=30_000, collector="Pak Udin", day=TODAY, **more):
                return record_dues(
                    **self.common, lines=[DuesLine(ids[number], wajib=rupiah, ahead=True)], paid_on=day, through=TODAY,
                    channel="collector" if collector else "cash", collector=collector, key=uuid.uuid4(), **more,
                )  # fmt: skip

            def move(self, kind="handover", rupiah=30_000, holder="Pak Udin", on=TODAY, key=None, **more):
                return move_cash(
                    **self.common, kind=kind, rupiah=rupiah, holder=holder, on=on, key=key or uuid.uuid4(), **more
                )

            def held(self):
                return [(one.name, one.rupiah, one.since) for one in holders(cooperative=melati, today=TODAY)]

            def balance(self, code):
                return account_balance(melati, code)

        yield Books()


def refused(kind, act):
    with pytest.raises(kind) as caught, transaction.atomic():
        act()
    return caught.value.sentence


def test_each_collector_holds_what_they_took_since_the_oldest_of_it(books):
    books.collect(1, 10_000, day=date(2026, 3, 2))
    books.collect(2, 20_000, day=date(2026, 3, 9))
    books.collect(3, 30_000, "Bu Neng", day=date(2026, 3, 17))
    assert books.held() == [("Pak Udin", 30_000, date(2026, 3, 2)), ("Bu Neng", 30_000, date(2026, 3, 17))]
    books.move(rupiah=10_000)  # the oldest money goes first
    assert books.held()[0] == ("Pak Udin", 20_000, date(2026, 3, 9))
    books.move(rupiah=20_000)
    assert [name for name, *_ in books.held()] == ["Bu Neng"]
    assert (books.balance("11130"), books.balance("11100")) == (30_000, 30_000)
    assert verify_cooperative(books.cooperative) == []


def test_a_holder_says_how_many_days(books):
    books.collect(day=date(2026, 3, 17))
    (one,) = holders(cooperative=books.cooperative, today=TODAY)
    assert one.age(TODAY) == "3 hari"
    assert one.age(date(2026, 3, 17)) == "hari ini"


def test_a_hand_over_with_another_count_is_explained_or_refused(books):
    books.collect()
    assert "Tulis sebab" in refused(CashDifference, lambda: books.move(notes={"10000": 2, "coins": 0}))
    assert not CashMove.objects.filter(cooperative=books.cooperative).exists()
    moved = books.move(notes={"10000": 2, "coins": 500}, difference_reason="satu lembar hilang di jalan")
    assert (moved.counted_rupiah, moved.reason) == (20_500, "satu lembar hilang di jalan")
    assert (books.balance("11900"), books.balance("11100"), books.balance("11130")) == (9_500, 20_500, 0)
    assert verify_cooperative(books.cooperative) == []


def test_the_same_hand_over_twice_counts_once_and_other_content_is_refused(books):
    books.collect()
    key = uuid.uuid4()
    first = books.move(rupiah=10_000, key=key, notes={"10000": 1, "coins": 0}, pictures=[drawn_anew(picture())])
    again = books.move(rupiah=10_000, key=key, notes={"10000": 1, "coins": 0}, pictures=[drawn_anew(picture())])
    assert again.pk == first.pk
    assert Evidence.objects.filter(cooperative=books.cooperative).count() == 1
    refused(ReusedKey, lambda: books.move(rupiah=20_000, key=key, notes={"20000": 1, "coins": 0}))
    assert CashMove.objects.filter(cooperative=books.cooperative).count() == 1


def test_nobody_hands_over_more_than_they_hold_nor_takes_more_to_the_bank_than_is_there(books):
    books.collect()
    books.collect(2, 20_000, "Bu Neng")
    assert "Pak Udin memegang Rp\u00a030.000" in refused(TooMuch, lambda: books.move(rupiah=30_001))
    refused(TooMuch, lambda: books.move(rupiah=1, holder="Orang lain"))
    refused(TooMuch, lambda: books.move("deposit", 1, holder=""))
    refused(Refused, lambda: books.move(rupiah=0))
    books.move()
    refused(TooMuch, lambda: books.move("deposit", 30_001, holder=""))
    books.move("deposit", 30_000, holder="")
    assert (books.balance("11200"), books.balance("11100")) == (30_000, 0)


def test_cash_on_its_way_to_the_bank_arrives_later(books):
    books.collect(collector="")
    books.move("sent", 30_000, holder="Siti")
    places = cash_places(cooperative=books.cooperative, today=TODAY)
    assert (places.box, places.on_its_way, places.bank) == (0, 30_000, 0)
    refused(TooMuch, lambda: books.move("arrived", 30_001, holder=""))
    books.move("arrived", 30_000, holder="")
    places = cash_places(cooperative=books.cooperative, today=TODAY)
    assert (places.box, places.on_its_way, places.bank) == (0, 0, 30_000)
    assert verify_cooperative(books.cooperative) == []


def test_a_hand_over_is_taken_back_once_and_the_collector_holds_it_again(books):
    books.collect()
    moved = books.move(notes={"10000": 2, "coins": 0}, difference_reason="kurang satu lembar")
    back = reverse_cash_move(**books.common, move=moved, reason="salah hitung", on=TODAY)
    assert back.reverses_id == moved.pk
    assert books.held() == [("Pak Udin", 30_000, TODAY)]
    assert (books.balance("11100"), books.balance("11900"), books.balance("11130")) == (0, 0, 30_000)
    refused(AlreadyTakenBack, lambda: reverse_cash_move(**books.common, move=moved, reason="lagi", on=TODAY))
    refused(AlreadyTakenBack, lambda: reverse_cash_move(**books.common, move=back, reason="lagi", on=TODAY))
    assert verify_cooperative(books.cooperative) == []


def test_a_hand_over_is_not_taken_back_when_the_money_has_gone_to_the_bank(books):
    books.collect()
    moved = books.move()
    books.move("deposit", 30_000, holder="")
    assert "tidak cukup" in refused(
        TooMuch, lambda: reverse_cash_move(**books.common, move=moved, reason="salah orang", on=TODAY)
    )
    refused(Refused, lambda: reverse_cash_move(**books.common, move=moved, reason="  ", on=TODAY))


def test_a_collectors_payment_that_is_taken_back_is_no_longer_in_their_hands(books):
    books.collect(1, 10_000)
    books.collect(2, 20_000)
    first = Payment.objects.get(cooperative=books.cooperative, rupiah=10_000)
    reverse_payment(**books.common, payment=first, reason="salah orang", on=TODAY)
    assert books.held() == [("Pak Udin", 20_000, TODAY)]
    second = Payment.objects.get(cooperative=books.cooperative, rupiah=20_000)
    line = DuesLine(second.member_id, wajib=15_000, ahead=True)
    correct_payment(
        **books.common, payment=second, line=line, through=TODAY, reason="salah jumlah", on=TODAY, key=uuid.uuid4()
    )
    assert books.held() == [("Pak Udin", 15_000, TODAY)]
    assert verify_cooperative(books.cooperative) == []


def test_money_through_a_collector_names_them(books):
    assert "Tulis nama kolektor" in refused(
        Refused,
        lambda: record_dues(
            **books.common, lines=[DuesLine(Member.objects.filter(cooperative=books.cooperative).first().pk, wajib=10_000)],
            paid_on=TODAY, through=TODAY, channel="collector", collector="", key=uuid.uuid4(),
        ),
    )  # fmt: skip


def test_names_of_collectors_are_offered_again_the_latest_first(books):
    for number, name in ((1, "Pak Udin"), (2, "Bu Neng"), (3, "Pak Udin")):
        books.collect(number, 10_000, name)
    names = collectors(books.cooperative)
    assert names == ["Pak Udin", "Bu Neng"]
    assert known_collector(names, "pak UDIN") == "Pak Udin"
    assert known_collector(names, "Pak Asep") == "Pak Asep"


def test_verify_finds_a_collectors_cash_that_the_books_do_not_know(books):
    """The control of the check: the ledger says 30.000 at collectors, the moves something else."""
    books.collect()
    entry = Entry.objects.filter(cooperative=books.cooperative).latest("pk")
    CashMove.objects.create(
        cooperative=books.cooperative, entry=entry, kind="handover", moved_on=TODAY, rupiah=5_000, holder="Pak Udin",
        received_by="Siti",
    )  # fmt: skip
    assert [found.check for found in verify_cooperative(books.cooperative)] == ["kas di kolektor"]


def test_pictures_are_drawn_anew_without_where_and_when(books):
    exif = Image.Exif()
    exif[0x010F] = "Kamera Rahasia"
    original = picture(size=(4000, 3000), exif=exif)
    assert b"Kamera Rahasia" in original
    kept = drawn_anew(original + b"<script>tail</script>")
    assert b"Kamera Rahasia" not in kept
    assert b"script" not in kept
    assert max(Image.open(BytesIO(kept)).size) == 1600


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7 not a picture", b"GIF89a" + b"\0" * 40, picture()[:200], b"<svg xmlns='http://www.w3.org/2000/svg'/>",
     picture(kind="PNG", size=(6000, 5000)), b"\xff\xd8\xff" + b"\0" * (13 * 1024 * 1024)],
    ids=["empty", "pdf", "gif", "half", "svg", "too many pixels", "too heavy"],
)  # fmt: skip
def test_what_is_no_picture_is_refused_with_a_sentence(content):
    with pytest.raises(NotAPicture) as caught:
        drawn_anew(content)
    assert caught.value.sentence.endswith(".")


def test_evidence_is_kept_with_its_entry_and_the_same_picture_once(books):
    books.collect(pictures=[drawn_anew(picture())])
    entry = Entry.objects.filter(cooperative=books.cooperative).latest("pk")
    common = {key: books.common[key] for key in ("cooperative", "actor", "now")}
    assert attach_evidence(**common, entry=entry, pictures=[drawn_anew(picture()), drawn_anew(picture("blue"))]) == 1
    kept = list(Evidence.objects.filter(cooperative=books.cooperative, entry=entry).select_related("file"))
    assert [one.file.name for one in kept] == [f"bukti-{entry.address}-1.jpg", f"bukti-{entry.address}-2.jpg"]
    assert Image.open(BytesIO(read_file(kept[0].file))).format == "JPEG"
    refused(Refused, lambda: attach_evidence(**common, entry=entry, pictures=[]))
    many = [drawn_anew(picture(f"#0000{n:02x}")) for n in range(20, 220, 18)]
    refused(Refused, lambda: attach_evidence(**common, entry=entry, pictures=many))


def test_a_kept_picture_is_never_changed_or_removed(books):
    books.collect(pictures=[drawn_anew(picture())])
    books.move()
    for act in (lambda: Evidence.objects.all().delete(), lambda: Evidence.objects.update(added_by="orang lain"),
                lambda: CashMove.objects.all().delete()):  # fmt: skip
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            act()


# Over HTTP ------------------------------------------------------------------------------------------


@pytest.fixture
def place(siti):
    grant = siti.grant
    return f"/{grant.agency.slug}/koperasi/{grant.cooperative.slug}/"


def upload(content: bytes, name: str = "foto.jpg"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, content, "image/jpeg")


def test_the_pages_of_cash_lead_from_who_holds_it_to_the_proof(enter, siti, wati, place):
    today = datetime.now(UTC).date()
    with siti.acting() as (actor, melati):
        pk = Member.objects.get(cooperative=melati, number=1).pk
        record_dues(
            cooperative=melati, lines=[DuesLine(pk, wajib=30_000)], paid_on=TODAY, through=TODAY, channel="collector",
            collector="Pak Udin", key=uuid.uuid4(), actor=actor, now=NOW, today=TODAY,
        )  # fmt: skip
    client = enter(siti)
    assert "Pak Udin memegang" in client.get(f"{place}iuran/").content.decode()
    page = client.get(f"{place}iuran/kas/").content.decode()
    assert "Pak Udin" in page
    assert "dari=" in page
    assert "Udin" not in page.split("dari=")[1][:20]
    form = client.get(f"{place}iuran/kas/serah/").context["form"]
    data = {
        "dari": form["dari"].initial or form.initial["dari"],
        "rupiah": "30.000",
        "on": f"{today}",
        "kunci": form.initial["kunci"],
    }
    told = client.post(f"{place}iuran/kas/serah/", data | {"lembar-20000": "1"})
    assert "Tulis sebab selisihnya" in told.content.decode()
    answer = client.post(
        f"{place}iuran/kas/serah/", data | {"lembar-20000": "1", "lembar-10000": "1", "foto": upload(picture())}
    )
    assert answer.status_code == 302
    assert client.post(f"{place}iuran/kas/serah/", data | {"lembar-20000": "1", "lembar-10000": "1"}).url in (
        answer.url, f"{place}iuran/kas/",
    )  # fmt: skip
    moved = client.get(answer.url).content.decode()
    shot = moved.split('<img src="')[1].split('"')[0]
    assert client.get(shot)["Content-Type"] == "image/jpeg"
    assert client.get(f"{answer.url}tanda-terima.pdf").content.startswith(b"%PDF")
    reader = enter(wati)
    assert reader.get(shot).status_code == 200
    assert reader.get(answer.url).status_code == 200
    assert reader.post(answer.url, {"alasan": "salah"}).status_code == 200
    with siti.acting() as (_, melati):
        assert CashMove.objects.filter(cooperative=melati).count() == 1
    assert client.post(answer.url, {"alasan": "salah hitung"}).status_code == 302
    assert "Sudah dibatalkan" in client.get(answer.url).content.decode()


def test_another_cooperatives_picture_is_not_there(enter, siti, ratna, place):
    with siti.acting() as (actor, melati):
        pk = Member.objects.get(cooperative=melati, number=1).pk
        record_dues(
            cooperative=melati, lines=[DuesLine(pk, wajib=30_000)], paid_on=TODAY, through=TODAY, key=uuid.uuid4(),
            pictures=[drawn_anew(picture())], actor=actor, now=NOW, today=TODAY,
        )  # fmt: skip
        number = Evidence.objects.get(cooperative=melati).pk
    own = f"/{ratna.grant.agency.slug}/koperasi/{ratna.grant.cooperative.slug}/"
    stranger = enter(ratna)
    assert stranger.get(f"{place}buku/bukti/{number}.jpg").status_code == 404
    assert stranger.get(f"{own}buku/bukti/{number}.jpg").status_code == 404
    assert enter(siti).get(f"{place}buku/bukti/{number}.jpg").status_code == 200


def test_a_transfer_is_paid_with_its_proof_and_nonsense_is_refused_at_the_field(enter, siti, place):
    client = enter(siti)
    page = client.get(f"{place}iuran/terima/2/").context["form"]
    data = {"bulan": "1", "pokok": "0", "tanggal": f"{datetime.now(UTC).date()}", "cara": "qris", "kunci": page.initial["kunci"],
            "terlihat": page.initial["terlihat"]}  # fmt: skip
    told = client.post(f"{place}iuran/terima/2/", data | {"bukti": upload(b"bukan foto")})
    assert "tidak terbaca sebagai foto" in told.content.decode()
    answer = client.post(f"{place}iuran/terima/2/", data | {"bukti": upload(picture())})
    assert answer.status_code == 302
    assert "Foto bukti" in client.get(answer.url).content.decode()
    with siti.acting() as (_, melati):
        assert Posting.objects.get(cooperative=melati, rupiah=10_000).debit.code == "11200"


def test_the_sheet_keeps_the_photo_and_leaves_the_cash_with_the_collector(enter, siti, place):
    client = enter(siti)
    page = client.get(f"{place}iuran/setoran/")
    ticks = [row["value"] for row in page.context["rows"]][:2]
    data = {
        "bayar": ticks,
        "kunci": page.context["key"],
        "langkah": "simpan",
        "kolektor": "Pak Udin",
        "foto": upload(picture()),
    }
    answer = client.post(f"{place}iuran/setoran/", data)
    assert answer.status_code == 302
    shown = client.get(answer.url).content.decode()
    assert "Pak Udin, belum diserahkan" in shown
    assert "Foto bukti" in shown
    with siti.acting() as (_, melati):
        assert set(Payment.objects.filter(cooperative=melati).values_list("channel", "collector")) == {
            ("collector", "Pak Udin")
        }


def test_the_pages_of_cash_cost_the_same_for_few_and_many(enter, siti, place, django_assert_max_num_queries):
    client = enter(siti)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{place}iuran/kas/").status_code == 200
        return len(queries)

    def collect(numbers, collector):
        with siti.acting() as (actor, melati):
            ids = list(Member.objects.filter(cooperative=melati, number__in=numbers).values_list("pk", flat=True))
            record_dues(
                cooperative=melati, lines=[DuesLine(pk, wajib=10_000) for pk in ids], paid_on=TODAY, through=TODAY,
                channel="collector", collector=collector, key=uuid.uuid4(), actor=actor, now=NOW, today=TODAY,
            )  # fmt: skip
            move_cash(
                cooperative=melati, kind="handover", rupiah=5_000, holder=collector, on=TODAY, key=uuid.uuid4(), actor=actor,
                now=NOW, today=TODAY,
            )  # fmt: skip

    collect([1], "Pak Udin")
    few = cost()
    for number in range(2, 9):
        collect([number], f"Penagih {number}")
    assert cost() == few <= 20

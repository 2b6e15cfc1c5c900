"""What other sources say beside our profiles: when two spellings are one, what is decided, and what a list leaves alone."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from registry.actions import amend_cooperative, decide_sources, register_cooperative, type_source
from registry.models import ActivityDecision, AuditEvent, Blocker, Cooperative, Place, Profile, SourceValue
from registry.sources import fields, read, sources
from tests.cast import actor_agency

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
KOTA = "kota-serang"


def url(name: str, *parts) -> str:
    return reverse(f"registry:{name}", args=[KOTA, *parts])


@pytest.fixture
def desk(enter, joko):
    return enter(joko)


@pytest.fixture
def one(joko) -> Cooperative:
    with joko.acting() as (actor, _):
        village = Place.objects.select_related("parent").get(pk="36.73.03.1006")
        return register_cooperative(
            agency=actor_agency(actor), name="Koperasi Kelurahan Merah Putih Kiara Asri", district=village.parent, village=village,
            fields={"decree_number": "AHU-0099001.AH.01.29.TAHUN 2025", "decree_on": date(2025, 7, 1), "deed_on": date(2025, 6, 1), "nib": ""},
            actor=actor, now=NOW,
        )  # fmt: skip


def say(joko, one: Cooperative, source: str = "ods", **values: str) -> None:
    with joko.acting() as (actor, _):
        pairs = {code: (text, read(code, text)) for code, text in values.items()}
        type_source(cooperative=one, source=source, as_of=TODAY, values=pairs, actor=actor, now=NOW)


def said(joko, one: Cooperative) -> dict[tuple[str, str], SourceValue]:
    with joko.acting():
        return {(row.source, row.field): row for row in SourceValue.objects.filter(cooperative=one)}


def decide(joko, one: Cooperative, what: str, *codes: str, reason: str = "Sesuai dokumen"):
    with joko.acting() as (actor, _):
        rows = list(
            SourceValue.objects.filter(cooperative=one, field__in=codes).select_related(
                "cooperative__agency", "cooperative__district", "cooperative__village"
            )
        )
        return decide_sources(
            agency=actor_agency(actor), values=rows, what=what, reason=reason, actor=actor, now=NOW, today=TODAY
        )


def key(field: str, text: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT wall.source_key(%s, %s)", [field, text])
        return cursor.fetchone()[0]


# --- Spelling -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "ours", "theirs"),
    [
        ("name", "Koperasi Kelurahan Merah Putih Kiara", "KKMP KIARA"),
        ("name", "Koperasi Desa Merah Putih Ciruas", "KOP. DESA MERAH PUTIH CIRUAS"),
        ("name", "Koperasi Desa Merah Putih Ciruas", "KDMP  Ciruas"),
        ("name", "Koperasi Simpan Pinjam Mitra-Karya", "KSP Mitra Karya"),
        ("name", "Koperasi Konsumen Guru Ciruas", "KOP. GURU CIRUAS"),
        ("name", "KSU Bina Usaha", "Koperasi Serba Usaha Bina Usaha"),
        ("decree_number", "AHU-0099001.AH.01.29.TAHUN 2025", "No. ahu-0099001.ah.01.29.Tahun  2025"),
        ("decree_number", "518.08/96/BH/XIV.10/VIII/2008", "518.08 / 96 / BH / XIV.10 / VIII / 2008"),
        ("deed_number", "01", "1"),
        ("npwp", "0123456789012345", "12.345.678.9-012.345"),
        ("nib", "9900000000001", "99 0000 0000 001"),
        ("cooperative_nik", "3673030990001", "36 73 03 099 0001"),
    ],
)
def test_spelling_is_no_difference(db, field, ours, theirs):
    assert key(field, ours) == key(field, theirs) != ""


@pytest.mark.parametrize(
    ("field", "ours", "theirs"),
    [
        ("name", "Koperasi Merah Putih Kiara", "Koperasi Merah Putih Kiarasari"),
        ("name", "Koperasi Simpan Pinjam Bina", "Koperasi Serba Usaha Bina"),
        ("decree_number", "AHU-0099001.AH.01.29.TAHUN 2025", "AHU-0099001.AH.01.38.TAHUN 2025"),
        ("nib", "9900000000001", "9900000000010"),
        ("decree_on", "2025-07-01", "2025-07-02"),
    ],
)
def test_what_says_something_else_is_a_difference(db, field, ours, theirs):
    assert key(field, ours) != key(field, theirs)


def test_nothing_has_no_key(db):
    assert {key(code, "") for code in fields()} == {""}


@pytest.mark.parametrize(
    ("field", "text", "clean"),
    [
        ("decree_on", "12 Juli 2025", "2025-07-12"),
        ("decree_on", "0000-00-00", ""),
        ("decree_on", "31/02/2025", ""),
        ("coop_type", "Koperasi Konsumen", "consumer"),
        ("coop_type", "KSP", "savings_loan"),
        ("sector", "Sektor Riil", "real"),
        ("form", "Primer Kabupaten/Kota", "primary"),
        ("nib", "123", ""),
        ("npwp", "12.345.678.9-012.345", "0123456789012345"),
        ("name", "A\0B" + "x" * 200, ""),
    ],
)
def test_their_words_are_read_as_our_profile_holds_them(field, text, clean):
    assert read(field, text) == clean


def test_every_source_lists_fields_that_are_compared():
    assert set(sources()) == {"ahu", "ods", "simkopdes"}
    assert all(set(one.order) <= set(fields()) and "name" in one.order for one in sources().values())


# --- Beside ours --------------------------------------------------------------------------------------


def test_a_value_is_compared_as_it_is_written_down_and_again_when_ours_changes(joko, one):
    say(joko, one, name="KKMP Kiara Asri", nib="9900000000001", decree_on="2025-07-02")
    rows = said(joko, one)
    assert {code: row.state for (_, code), row in rows.items()} == {
        "name": "same",
        "nib": "missing",
        "decree_on": "differs",
    }
    with joko.acting() as (actor, _):
        amend_cooperative(
            cooperative=one, version=1, name="Koperasi Asri", fields={"nib": "9900000000001"}, actor=actor, now=NOW, today=TODAY
        )  # fmt: skip
    assert {code: row.state for (_, code), row in said(joko, one).items()} == {
        "name": "differs",
        "nib": "same",
        "decree_on": "differs",
    }


def test_ours_kept_with_a_reason_is_not_asked_again_until_a_side_changes(joko, one, desk):
    say(joko, one, decree_on="2025-07-02")
    assert decide(joko, one, "ours", "decree_on").done == 1
    assert "1 Jul 2025" not in desk.get(url("sources")).content.decode()
    assert "Sesuai dokumen" in desk.get(url("sources") + "?keputusan=ours").content.decode()
    say(joko, one, decree_on="2025-07-02")
    assert said(joko, one)["ods", "decree_on"].decision == "ours"  # the same again is no change
    say(joko, one, decree_on="2025-07-03")
    row = said(joko, one)["ods", "decree_on"]
    assert (row.decision, row.reason, row.decided_at) == ("", "", None)


def test_keeping_ours_without_a_reason_is_refused_by_the_database_too(joko, one):
    say(joko, one, decree_on="2025-07-02")
    with pytest.raises(IntegrityError), joko.acting(), transaction.atomic():
        SourceValue.objects.filter(cooperative=one).update(decision="ours")


def test_theirs_goes_into_the_profile_with_history(joko, one, desk):
    say(joko, one, nib="9900000000001", decree_on="2 Juli 2025", name="Koperasi Kiara Raya")
    decided = decide(joko, one, "theirs", "nib", "decree_on", "name")
    assert (decided.done, decided.refused) == (3, [])
    with joko.acting():
        profile, fresh = Profile.objects.get(cooperative=one), Cooperative.objects.get(pk=one.pk)
        verbs = list(AuditEvent.objects.filter(cooperative=one).order_by("pk").values_list("verb", flat=True))
    assert (profile.nib, profile.decree_on, fresh.name) == ("9900000000001", date(2025, 7, 2), "Koperasi Kiara Raya")
    assert verbs[-2:] == ["amend_cooperative", "take_source"]
    assert {row.state for row in said(joko, one).values()} == {"same"}
    assert "Nilai sumber lain dipakai" in desk.get(url("history", fresh.slug)).content.decode()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"decree_on": "2025-05-01"}, "bertentangan"),  # before the deed
        ({"nib": "12"}, "belum dapat dipakai"),
        ({"name": "Koperasi Kiara Raya"}, "sudah ada koperasi lain"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_changes_nothing(joko, one, values, words):
    with joko.acting() as (actor, _):
        register_cooperative(
            agency=actor_agency(actor), name="Koperasi Kiara Raya", district=one.district, village=None, actor=actor, now=NOW
        )  # fmt: skip
    say(joko, one, **values)
    decided = decide(joko, one, "theirs", *values)
    assert decided.done == 0 and words in decided.refused[0]
    with joko.acting():
        assert Profile.objects.get(cooperative=one).version == 1
        assert Cooperative.objects.get(pk=one.pk).name == one.name


def test_asking_about_a_name_opens_one_blocker_and_about_a_nib_none(joko, one):
    say(joko, one, "ahu", name="Koperasi Kiara Raya", decree_on="2025-07-02")
    assert decide(joko, one, "asked", "decree_on").done == 1
    with joko.acting():
        assert not Blocker.objects.filter(cooperative=one).exists()
    for _ in range(2):
        decide(joko, one, "asked", "name")
    with joko.acting():
        blocker = Blocker.objects.get(cooperative=one)
    assert (blocker.what, blocker.waits_for) == ("legal_name", "Kementerian Hukum")
    assert "Koperasi Kiara Raya" in blocker.text


def test_every_decision_about_the_activity_stays_with_its_letter(joko, one, desk):
    for version, (decision, letter) in enumerate([("inactive", "518/1"), ("active", "518/2"), ("", "")], start=1):
        with joko.acting() as (actor, _):
            fields = {
                "decision": decision,
                "decision_letter": letter,
                "decided_on": date(2026, 3, version) if letter else None,
            }
            amend_cooperative(
                cooperative=one, version=version, name=one.name, fields=fields, actor=actor, now=NOW, today=TODAY
            )
    with joko.acting():
        kept = list(ActivityDecision.objects.filter(cooperative=one).values_list("decision", "letter"))
    assert kept == [("", ""), ("active", "518/2"), ("inactive", "518/1")]
    page = desk.get(url("profile", one.slug)).content.decode()
    assert "3 keputusan dinas sampai sekarang" in page and "518/1" in page and "keputusan dicabut" in page


# --- Over HTTP ----------------------------------------------------------------------------------------


def test_the_page_of_a_cooperative_shows_each_source_beside_ours(joko, one, desk):
    say(joko, one, "ahu", name="Koperasi Kiara Raya")
    page = desk.get(url("compared", one.slug)).content.decode()
    assert "1 dari 13 isian berbeda" in page and "Koperasi Kiara Raya" in page and "belum ada data" in page
    answer = desk.post(
        url("type_source", one.slug, "ahu"),
        {"as_of": "20/11/2026", "name": one.name, "village": "Kel. Kiara", "decree_number": ""},
    )
    assert answer.status_code == 302
    assert {code: row.state for (_, code), row in said(joko, one).items()} == {"name": "same", "village": "same"}


@pytest.mark.parametrize("change", [{"as_of": "31/02/2026"}, {"as_of": "1/1/2099"}, {"name": "x" * 300}, {"as_of": ""}])
def test_a_wrong_value_is_refused_and_keeps_what_was_typed(joko, one, desk, change):
    answer = desk.post(
        url("type_source", one.slug, "ods"), {"as_of": "20/11/2026", "nib": "yang tidak hilang"} | change
    )
    assert answer.status_code == 422 and "yang tidak hilang" in answer.content.decode()
    assert said(joko, one) == {}


def test_one_button_decides_one_row_and_the_bar_many(joko, one, desk):
    say(joko, one, nib="9900000000001", decree_on="2025-07-02")
    rows = said(joko, one)
    back = url("sources")
    answer = desk.post(url("decide_sources"), {"satu": f"{rows['ods', 'nib'].pk}:theirs", "kembali": back})
    assert answer.status_code == 302 and answer["Location"] == back
    assert said(joko, one)["ods", "nib"].state == "same"
    row = rows["ods", "decree_on"].pk
    desk.post(url("decide_sources"), {"pilih": [row], "keputusan": "ours", "alasan": "", "kembali": back})
    assert said(joko, one)["ods", "decree_on"].decision == ""  # a reason is needed
    desk.post(url("decide_sources"), {"pilih": [row], "keputusan": "ours", "alasan": "Surat di map", "kembali": back})
    assert said(joko, one)["ods", "decree_on"].reason == "Surat di map"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({}, 302),
        ({"satu": "\0"}, 302),
        ({"satu": "1:hapus"}, 302),
        ({"pilih": ["999999999"], "keputusan": "asked"}, 404),
        ({"pilih": ["9" * 40], "keputusan": "asked"}, 302),
        ({"pilih": ["1"] * 101, "keputusan": "asked"}, 302),
    ],
)
def test_nonsense_decides_nothing(desk, data, status):
    assert desk.post(url("decide_sources"), data | {"kembali": "https://jahat.example/"}).status_code == status


def test_the_way_back_stays_in_the_house(joko, one, desk):
    say(joko, one, decree_on="2025-07-02")
    row = said(joko, one)["ods", "decree_on"].pk
    for elsewhere in ("https://jahat.example/", "//jahat.example", "/kab-serang/", "javascript:1"):
        answer = desk.post(url("decide_sources"), {"pilih": [row], "keputusan": "asked", "kembali": elsewhere})
        assert answer["Location"] == url("sources")


def test_pages_ask_as_much_for_sixty_as_for_one(joko, one, desk, django_assert_max_num_queries):
    say(joko, one, decree_on="2025-07-02", nib="9900000000001")
    with joko.acting() as (actor, _):
        agency = actor_agency(actor)
        for number in range(60):
            other = register_cooperative(
                agency=agency, name=f"Koperasi Banyak {number}", district=one.district, village=one.village, actor=actor, now=NOW
            )  # fmt: skip
            type_source(
                cooperative=other, source="ods", as_of=TODAY, values={"nib": (f"99{number:011d}", f"99{number:011d}")}, actor=actor, now=NOW
            )  # fmt: skip
    with django_assert_max_num_queries(20):
        page = desk.get(url("sources")).content.decode()
    assert "61 dari 61 koperasi" in page
    with django_assert_max_num_queries(20):
        desk.get(url("compared", one.slug))
    with django_assert_max_num_queries(20):
        assert desk.get(url("differing_file")).status_code == 200


def test_officers_read_the_table_of_their_own_cooperative_and_decide_nothing(joko, enter, budi):
    client = enter(budi)
    place = [KOTA, "melati"]
    page = client.get(reverse("registry:compared", args=place))
    assert page.status_code == 200 and "Pakai nilai" not in page.content.decode()
    assert client.get(url("sources")).status_code in (403, 404)
    assert client.post(url("decide_sources"), {"satu": "1:theirs"}).status_code in (403, 404)

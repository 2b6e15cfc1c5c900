"""The pages of the member book, walked by the cast through the door and the wall."""

import gzip
import io
from datetime import date

import pytest

from members.actions import Applicant, Person, admit_many
from members.models import Member
from registry.models import AuditEvent, Grant
from registry.sheets.guard import inspect_upload
from registry.sheets.reading import read_lines

BOOK = "/kota-serang/koperasi/melati/anggota/"
KENANGA = "/kota-serang/koperasi/kenanga/anggota/"
PAGES = ["", "tambah/", "1/", "1/ubah/", "1/berhenti/", "1/nik/", "1/kartu/", "unduh.xlsx", "unduh.csv"]
NEW = {
    "name": "Siti Aisyah", "national_id": "9901014107900001", "sex": "P", "birth_date": "1/7/1990", "address": "Kp. Contoh",
    "rt_rw": "1/2", "phone": "0812 3456 7890", "kind": "ordinary", "joined_on": "20/11/2026", "status": "applicant",
}  # fmt: skip


def body(response) -> str:
    return response.content.decode()


def listed(response) -> list[str]:
    return [row["number_text"] for row in response.context["rows"]]


def events(someone, verb: str) -> list[AuditEvent]:
    with someone.acting():
        return list(AuditEvent.objects.filter(verb=verb).order_by("pk"))


def crowd(someone, now, how_many: int) -> None:
    with someone.acting() as (actor, cooperative):
        people = [
            Applicant(Person(f"Warga {i:04d}", "LP"[i % 2], date(1970, 1, 1), "Kp. Baru", "001/001"), date(2026, 2, 1), f"990101{i % 28 + 1:02d}0180{i:04d}")
            for i in range(1, how_many + 1)
        ]  # fmt: skip
        admit_many(cooperative=cooperative, people=people, actor=actor, now=now)


# --- Who may see what ------------------------------------------------------------------------------


def test_the_list_shows_the_members_of_this_cooperative_only(enter, yusuf):
    page = enter(yusuf).get(BOOK)
    assert len(listed(page)) == 10
    assert page["Cache-Control"].find("no-store") >= 0
    assert "Ahmad Hidayat" in body(page)


@pytest.mark.parametrize("page", PAGES)
def test_strangers_find_nothing(enter, lestari, dewi, ratna, tamu, page):
    for someone in (lestari, dewi, ratna, tamu):
        assert enter(someone).get(BOOK + page).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_the_dinas_the_penyuluh_and_the_executive_are_refused(enter, joko, kepala, admin_kota, penyuluh, wali, page):
    for someone in (joko, kepala, admin_kota, penyuluh, wali):
        response = enter(someone).get(BOOK + page)
        assert response.status_code == 403
        assert "Ahmad Hidayat" not in body(response)


def test_who_is_not_signed_in_is_asked_to(enter):
    assert enter(None).get(BOOK).status_code == 302


@pytest.mark.parametrize(
    ("page", "allowed"),
    [
        ("", "siti budi yusuf wati"), ("1/", "siti budi yusuf wati"), ("1/kartu/", "siti budi yusuf wati"), ("unduh.csv", "siti budi yusuf wati"),
        ("tambah/", "siti budi yusuf"), ("1/ubah/", "siti budi yusuf"), ("1/berhenti/", "budi yusuf"), ("1/nik/", "budi yusuf"),
    ],
)  # fmt: skip
def test_each_officer_opens_exactly_the_pages_of_the_post(enter, siti, budi, yusuf, wati, page, allowed):
    for someone in (siti, budi, yusuf, wati):
        expected = 200 if someone.username in allowed.split() else 403
        assert enter(someone).get(BOOK + page).status_code == expected, someone.username


def test_an_examiner_with_a_case_reads_the_book_with_masked_numbers_and_writes_nothing(enter, joko, budi):
    with budi.acting() as (_, melati):
        pass
    with joko.acting() as (actor, _):
        Grant.objects.create(
            user_id=actor.user_id, user_name=actor.name, kind="case", agency_id=melati.agency_id, cooperative=melati,
            valid_from=date(2026, 1, 1), reason="Pemeriksaan",
        )  # fmt: skip
    client = enter(joko)
    assert "3673**********00" in body(client.get(BOOK + "1/"))
    assert {client.get(BOOK + page).status_code for page in ("", "1/", "1/kartu/", "unduh.csv")} == {200}
    assert {client.get(BOOK + page).status_code for page in ("tambah/", "1/ubah/", "1/berhenti/", "1/nik/")} == {403}


def test_nobody_sees_a_whole_nik_in_the_list_the_profile_or_the_files(enter, yusuf):
    client = enter(yusuf)
    for page in ("", "1/", "1/ubah/", "1/kartu/", "unduh.csv"):
        text = body(client.get(BOOK + page))
        assert "3673030101800000" not in text
    assert "3673**********00" in body(client.get(BOOK + "1/"))


# --- The list --------------------------------------------------------------------------------------


def test_search_finds_words_in_any_order_and_numbers(enter, yusuf):
    client = enter(yusuf)
    assert listed(client.get(BOOK, {"cari": "hidayat ahmad"})) == ["A-0001"]
    assert listed(client.get(BOOK, {"cari": "0007"})) == ["A-0007"]
    assert listed(client.get(BOOK, {"cari": "tidak ada"})) == []


def test_filters_narrow_and_the_tabs_count_what_they_would_show(enter, yusuf):
    client = enter(yusuf)
    page = client.get(BOOK, {"jk": "P", "urut": "nomor"})
    assert listed(page) == ["A-0002", "A-0005", "A-0006", "A-0008", "A-0009"]
    assert [(tab["label"], tab["count"]) for tab in page.context["tabs"]] == [
        ("Semua", "5"), ("Anggota", "0"), ("Calon", "5"), ("Berhenti", "0"),
    ]  # fmt: skip
    for tab in page.context["tabs"]:
        assert len(listed(client.get(BOOK + tab["url"]))) == int(tab["count"])


@pytest.mark.parametrize(
    "query",
    [
        "?halaman=99999999999999",
        "?halaman=x",
        "?cari=%00",
        "?jk=Z&urut=lain&status=lain&per=kemarin",
        "?per=%00",
        "?cari=" + "a" * 3000,
        "?status=%00",
    ],
)
def test_a_senseless_address_still_shows_the_list(enter, yusuf, query):
    assert enter(yusuf).get(BOOK + query).status_code == 200


def test_a_nik_in_the_search_box_is_neither_searched_nor_repeated(enter, yusuf):
    text = body(enter(yusuf).get(BOOK, {"cari": "3673030101800000"}))
    assert "NIK tidak dicari di kotak ini" in text
    assert "3673030101800000" not in text.replace("cari=3673030101800000", "")


def test_the_list_takes_few_queries_whatever_its_length(enter, yusuf, now, django_assert_max_num_queries):
    client = enter(yusuf)
    with django_assert_max_num_queries(20) as few:
        client.get(BOOK)
    crowd(yusuf, now, 300)
    with django_assert_max_num_queries(20) as many:
        page = client.get(BOOK)
    assert len(page.context["rows"]) == 50
    assert len(many.captured_queries) == len(few.captured_queries)
    assert len(gzip.compress(page.content)) <= 15_000


def test_pages_follow_each_other(enter, yusuf, now):
    crowd(yusuf, now, 95)
    client = enter(yusuf)
    seen = [number for n in (1, 2, 3) for number in listed(client.get(BOOK, {"halaman": n}))]
    assert len(seen) == len(set(seen)) == 105


def test_an_empty_book_invites_to_the_first_entry(enter, yusuf):
    text = body(enter(yusuf).get(BOOK, {"per": "2020-12-31"}))
    assert "Belum ada anggota pada tanggal ini" in text


def test_a_name_with_signs_of_html_is_shown_as_it_is(enter, yusuf):
    client = enter(yusuf)
    client.post(BOOK + "tambah/", NEW | {"name": "<script>alert(1)</script> O'Neil & Co"})
    text = body(client.get(BOOK))
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


# --- The register as of a day ----------------------------------------------------------------------


def test_the_register_of_a_past_day_holds_the_leavers_and_forgets_the_later_ones(enter, yusuf):
    client = enter(yusuf)
    client.post(BOOK + "3/berhenti/", {"reason": "moved", "on": "15/06/2026"})
    client.post(BOOK + "tambah/", NEW)
    before = client.get(BOOK, {"per": "2026-03-31", "urut": "nomor"})
    assert len(listed(before)) == 10
    assert before.context["counts"].exited == 0
    after = client.get(BOOK, {"per": "2026-06-30"})
    assert (len(listed(after)), after.context["counts"].exited) == (10, 1)
    assert listed(client.get(BOOK, {"per": "2026-06-30", "status": "berhenti"})) == ["A-0003"]
    assert len(listed(client.get(BOOK, {"per": "2026-12-31"}))) == 11


def test_a_calon_of_that_day_is_counted_as_calon_even_if_a_member_today(enter, yusuf):
    from members.actions import become_member

    with yusuf.acting() as (_, cooperative):
        ids = list(Member.objects.filter(number__lte=4).values_list("pk", flat=True))
        become_member(cooperative=cooperative, member_ids=ids, on=date(2026, 5, 5))
    counts = enter(yusuf).get(BOOK, {"per": "2026-04-30"}).context["counts"]
    assert (counts.applicant, counts.active) == (10, 0)
    counts = enter(yusuf).get(BOOK, {"per": "2026-05-31"}).context["counts"]
    assert (counts.applicant, counts.active) == (6, 4)


# --- Files out -------------------------------------------------------------------------------------


def rows_of(content: bytes, name: str) -> list[list]:
    with inspect_upload(io.BytesIO(content), name) as upload:
        lines = [line.cells for line in read_lines(upload)]
    head = next(index for index, cells in enumerate(lines) if cells and cells[0] == "No. anggota")
    return lines[head:]


def test_a_file_holds_what_the_filters_show_on_all_pages(enter, yusuf, now):
    crowd(yusuf, now, 60)
    client = enter(yusuf)
    response = client.get(BOOK + "unduh.csv", {"jk": "L"})
    rows = rows_of(response.content, "a.csv")
    shown = client.get(BOOK, {"jk": "L"}).context["page"].paginator.count
    assert len(rows) - 1 == shown == 35
    assert 'filename="anggota-melati-' in response["Content-Disposition"]


def test_the_workbook_says_who_made_it_and_masks_the_nik(enter, yusuf):
    response = enter(yusuf).get(BOOK + "unduh.xlsx", {"urut": "nomor"})
    rows = rows_of(response.content, "a.xlsx")
    assert rows[0][:4] == ["No. anggota", "Nama", "NIK", "L/P"]
    assert rows[1][:4] == ["A-0001", "Ahmad Hidayat", "3673**********00", "L"]
    [event] = events(yusuf, "export_members")
    assert event.detail == {"rows": 10, "form": "xlsx"}


def test_a_file_of_a_past_day_does_not_know_later_exits(enter, yusuf):
    client = enter(yusuf)
    client.post(BOOK + "3/berhenti/", {"reason": "moved", "on": "15/06/2026"})
    assert "15/06/2026" not in body(client.get(BOOK + "unduh.csv", {"per": "2026-03-31"}))
    assert "15/06/2026" in body(client.get(BOOK + "unduh.csv", {"per": "2026-12-31"}))


# --- The whole NIK ---------------------------------------------------------------------------------


def test_the_nik_is_shown_after_a_reason_and_the_look_is_written_down(enter, budi):
    client = enter(budi)
    response = client.post(BOOK + "1/nik/", {"reason": "mencocokkan dengan KTP"})
    assert "3673 0301 0180 0000" in body(response)
    assert "no-store" in response["Cache-Control"]
    [look] = events(budi, "reveal_national_id")
    assert (look.kind, look.subject, look.reason, look.actor_name) == (
        "look",
        "anggota A-0001",
        "mencocokkan dengan KTP",
        "Budi Ketua",
    )
    assert "NIK dilihat" in body(client.get(BOOK + "1/"))


@pytest.mark.parametrize("reason", ["", "x", "....", "a" * 300, "NIK 3673030101800000 dicek", "\0"])
def test_without_a_reason_nothing_is_shown_or_logged(enter, budi, reason):
    response = enter(budi).post(BOOK + "1/nik/", {"reason": reason})
    assert response.status_code == 200
    assert "3673 0301" not in body(response).replace(reason, "")
    assert events(budi, "reveal_national_id") == []


def test_reading_the_nik_page_by_its_address_shows_no_number(enter, budi):
    assert "3673030101800000" not in body(enter(budi).get(BOOK + "1/nik/"))


# --- The card --------------------------------------------------------------------------------------


def test_the_qr_of_the_card_holds_an_address_and_a_number_only(enter, yusuf, settings):
    response = enter(yusuf).get(BOOK + "5/kartu/")
    assert response.context["qr_text"] == f"{settings.PUBLIC_URL}{BOOK}5/"
    assert "Eneng Nurbaiti" in body(response)


@pytest.mark.parametrize("number", ["0", "11", "999999999999999999999"])
def test_a_number_nobody_has_is_not_found(enter, yusuf, number):
    for page in ("", "ubah/", "berhenti/", "nik/", "kartu/"):
        assert enter(yusuf).get(f"{BOOK}{number}/{page}").status_code == 404

"""A supervision case: one person of the dinas reads one cooperative for thirty days, with a reason its own people see."""

from datetime import date, timedelta

import pytest

from koperasi.tables import TABLES
from registry.actions import AlreadyHeld, NotYours, close_case, open_case
from registry.models import AuditEvent, Cooperative, Grant, GrantKind
from registry.tenancy import NOBODY, Role, bind
from tests.cast import Someone
from tests.walkers import addresses

pytestmark = pytest.mark.usefixtures("everything")

MELATI, KENANGA, MAWAR = (
    "/kota-serang/koperasi/melati/",
    "/kota-serang/koperasi/kenanga/",
    "/kab-serang/koperasi/mawar/",
)
REASON = "Laporan warga tentang kas yang tidak disetor"
LIST = "/kota-serang/akses/kasus/"
NIKS = ["3673030101800000", "3673034205800000"]


@pytest.fixture
def opened(enter, joko):
    """joko with an open case on Melati: his client."""
    client = enter(joko)
    answer = client.post(f"{MELATI}kasus/", {"reason": REASON})
    assert (answer.status_code, answer.url) == (302, f"{MELATI}beranda/")
    return client


def the_case(**which) -> Grant:
    with Someone("admin_kota").acting():
        return Grant.objects.select_related("cooperative").get(kind=GrantKind.CASE, **which)


def test_before_a_case_the_dinas_reads_no_member_and_after_it_all_of_this_cooperative_and_no_other(enter, joko, opened):
    assert enter(joko).get(f"{KENANGA}anggota/").status_code == 403
    page = opened.get(f"{MELATI}anggota/").content.decode()
    assert "Ahmad Hidayat" in page
    assert "Anda membaca sebagai pemeriksa" in opened.get(f"{MELATI}beranda/").content.decode()
    assert opened.get(f"{KENANGA}anggota/").status_code == 403
    assert opened.get(f"{MAWAR}anggota/").status_code == 404


def test_every_page_a_case_opens_answers_and_shows_no_nik(opened):
    walked = 0
    for address in addresses():
        if "koperasi" not in address.parts or not address.door or GrantKind.CASE not in address.door.kinds:
            continue
        answer = opened.get(address.at("kota-serang", "melati"))
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code in (200, 404), address.name  # 404: a receipt or entry that is not there
        assert not any(nik.encode() in content for nik in NIKS), address.name
        walked += answer.status_code == 200
    assert walked >= 15


def test_a_case_changes_nothing_and_uncovers_nothing(opened):
    """Everything is sent to every address that a case enters; the book of acts, in which each change stands, stays as it is."""
    with Someone("budi").acting():
        before = set(AuditEvent.objects.values_list("pk", flat=True))
    sent = 0
    for address in addresses():
        if "koperasi" in address.parts and address.door and GrantKind.CASE in address.door.kinds:
            assert opened.post(address.at("kota-serang", "melati"), {"reason": "ingin tahu"}).status_code < 500
            sent += 1
    assert sent >= 15
    assert opened.post(f"{MELATI}anggota/1/nik/", {"reason": "ingin tahu", "alasan": "ingin tahu"}).status_code == 403
    with Someone("budi").acting():
        assert {event.verb for event in AuditEvent.objects.exclude(pk__in=before)} <= {
            "export_members",
            "print_list",  # printing too is written down
        }  # a list, NIKs masked
        assert not AuditEvent.objects.filter(kind="look").exists()


def test_the_role_of_a_case_writes_nothing_but_the_book():
    assert {
        table.name: table.grants[Role.CASE] for table in TABLES if set(table.grants.get(Role.CASE, "")) - {"S"}
    } == {"registry_auditevent": "SI"}


def test_the_ketua_and_the_pengawas_see_who_reads_why_and_until_when(enter, opened, budi, wati, siti, ratna):
    until = f"{the_case().valid_to.day} "
    for someone in (budi, wati):
        home = enter(someone).get(f"{MELATI}beranda/").content.decode()
        assert "Joko Staf dari dinas memeriksa koperasi ini sampai" in home
        assert REASON in home and until in home
        people = enter(someone).get(f"{MELATI}akses/").content.decode()
        assert "Dinas yang memeriksa" in people and REASON in people
    assert REASON in enter(budi).get(f"{MELATI}jejak/").content.decode()
    assert "memeriksa koperasi ini" not in enter(siti).get(f"{MELATI}beranda/").content.decode()
    assert "memeriksa koperasi ini" not in enter(ratna).get(f"{KENANGA}beranda/").content.decode()


def test_a_case_needs_a_reason_and_keeps_what_was_typed(enter, joko):
    client = enter(joko)
    for reason, words in (
        ("", "Tulis alasannya."),
        ("pendek", "lebih lengkap"),
        ("x" * 201, "200"),
        ("nul\x00 dan lebih panjang", ""),
        ("  a  b  ", "lebih"),
    ):
        answer = client.post(f"{MELATI}kasus/", {"reason": reason})
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert "pendek" in client.post(f"{MELATI}kasus/", {"reason": "pendek"}).content.decode()
    with Someone("admin_kota").acting():
        assert not Grant.objects.filter(kind=GrantKind.CASE).exists()


def test_the_same_case_is_opened_once(opened):
    assert opened.post(f"{MELATI}kasus/", {"reason": REASON}).url == f"{MELATI}kasus/"
    the_case()
    page = opened.get(f"{MELATI}kasus/").content.decode()
    assert "Baca koperasi ini" in page and "Buka kasus 30 hari" not in page


def test_who_opened_it_ends_it_and_at_once_nothing_opens_any_more(opened, budi, enter):
    number = the_case().pk
    assert opened.post(f"{MELATI}kasus/{number}/akhiri/").url == f"{MELATI}kasus/"
    assert opened.get(f"{MELATI}anggota/").status_code == 403
    assert opened.get("/kota-serang/").status_code == 200  # the own work goes on: no session was ended
    assert "memeriksa koperasi ini" not in enter(budi).get(f"{MELATI}beranda/").content.decode()
    assert "Diakhiri" in enter(budi).get(f"{MELATI}akses/").content.decode()
    opened.post(f"{MELATI}kasus/{number}/akhiri/")
    with Someone("budi").acting():
        assert AuditEvent.objects.filter(verb="close_case").count() == 1
    assert opened.post(f"{MELATI}kasus/", {"reason": REASON}).status_code == 302  # opened again


def test_the_head_and_the_admin_end_a_case_and_another_colleague_does_not(enter, opened, kepala, admin_kota, joko, now):
    number = the_case().pk
    with joko.acting() as (actor, _), pytest.raises(NotYours):
        from dataclasses import replace

        close_case(
            case=the_case_of(number), actor=replace(actor, user_id=actor.user_id + 1000), now=now, today=now.date()
        )
    listed = enter(kepala).get(LIST).content.decode()
    assert REASON in listed and "Joko Staf" in listed and f"/kasus/{number}/akhiri/" in listed
    assert enter(kepala).post(f"{MELATI}kasus/{number}/akhiri/", {"dari": "daftar"}).url == LIST
    assert opened.get(f"{MELATI}anggota/").status_code == 403


def the_case_of(number: int) -> Grant:
    return Grant.objects.get(pk=number)


def test_who_may_not_open_a_case(enter, kepala, penyuluh, wali, budi, wati, dewi, admin_kota, now):
    for someone, status in ((penyuluh, 403), (wali, 403), (budi, 403), (wati, 403), (dewi, 404)):
        assert enter(someone).get(f"{MELATI}kasus/").status_code == status
        assert enter(someone).post(f"{MELATI}kasus/", {"reason": REASON}).status_code == status
    page = enter(kepala).get(f"{MELATI}kasus/")
    assert "Buka kasus 30 hari" not in page.content.decode()
    enter(kepala).post(f"{MELATI}kasus/", {"reason": REASON})
    with dewi.acting() as (actor, _):
        melati = Cooperative.objects.get(slug="melati")
        with pytest.raises(NotYours):
            open_case(cooperative=melati, reason=REASON, actor=actor, now=now, today=now.date())
    with Someone("admin_kota").acting():
        assert not Grant.objects.filter(kind=GrantKind.CASE).exists()
    assert enter(admin_kota).post(f"{MELATI}kasus/", {"reason": REASON}).status_code == 302


def test_a_case_runs_out_after_thirty_days_and_may_be_opened_again(joko, now):
    today = date(2026, 11, 1)
    with joko.acting() as (actor, _):
        melati = Cooperative.objects.get(slug="melati")
        case = open_case(cooperative=melati, reason=REASON, actor=actor, now=now, today=today)
        assert case.valid_to == today + timedelta(days=30)
        with pytest.raises(AlreadyHeld):
            open_case(cooperative=melati, reason=REASON, actor=actor, now=now, today=case.valid_to)
        open_case(cooperative=melati, reason=REASON, actor=actor, now=now, today=case.valid_to + timedelta(days=1))


def test_a_case_of_another_cooperative_is_not_ended_by_its_number(enter, opened, dewi, admin_kota):
    number = the_case().pk
    assert enter(admin_kota).post(f"{KENANGA}kasus/{number}/akhiri/").status_code == 404
    assert enter(dewi).post(f"{MAWAR}kasus/{number}/akhiri/").status_code == 404
    assert enter(admin_kota).post(f"{MELATI}kasus/{2**63}/akhiri/").status_code == 404
    assert enter(admin_kota).get(f"{MELATI}kasus/{number}/akhiri/").status_code == 405
    assert opened.get(f"{MELATI}anggota/").status_code == 200


def test_a_case_without_the_second_factor_opens_nothing(opened, joko):
    from registry.actions.logins import remove_second_factor

    bind(NOBODY)
    remove_second_factor(joko.user)
    assert opened.get(f"{MELATI}anggota/").url.startswith("/akun/kode/pasang/")


def test_while_a_case_is_open_the_registry_is_still_written_as_staff(opened):
    page = opened.get(MELATI).content.decode()
    assert f"{MELATI}ubah/" in page


def test_the_pages_of_cases_ask_as_much_for_many_as_for_one(enter, admin_kota, opened, django_assert_max_num_queries):
    with admin_kota.acting() as (actor, _):
        one = Grant.objects.get(kind=GrantKind.CASE)
        Grant.objects.bulk_create(
            Grant(user_id=actor.user_id, user_name=f"Orang {n}", kind=GrantKind.CASE, agency_id=one.agency_id, cooperative_id=one.cooperative_id,
                  reason=REASON, valid_from=one.valid_from, valid_to=one.valid_to, ended_on=one.valid_from)
            for n in range(60)
        )  # fmt: skip
    client = enter(admin_kota)
    for path in (LIST, f"{MELATI}kasus/"):
        with django_assert_max_num_queries(20):
            assert client.get(path).status_code == 200
    assert "1 sampai 50 dari" in client.get(LIST).content.decode()

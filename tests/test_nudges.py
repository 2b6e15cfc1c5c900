"""The dinas reminds those who lead a cooperative: one text each, true, with the way to what is missing, never twice in a week."""

import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import unquote

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from registry.actions import end_term, prepare_nudges, record_rat, register_cooperative
from registry.models import AuditEvent, Cooperative, Nudge, Officer, Place, Profile
from registry.periods import today_jakarta
from registry.reports.nudges import QUIET_DAYS, Reason, drafts

KOTA = "kota-serang"
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def url(name: str, *parts) -> str:
    return reverse(f"registry:{name}", args=[KOTA, *parts])


@pytest.fixture
def desk(enter, joko):
    return enter(joko)


def one(slug: str = "melati") -> Cooperative:
    return Cooperative.objects.select_related("agency").get(slug=slug)


def silent_since(slug: str, day: date | None) -> None:
    Profile.objects.filter(cooperative__slug=slug).update(last_recorded_on=day)


def written(actor, reason, *slugs: str, today: date = TODAY):
    ids = list(Cooperative.objects.filter(slug__in=slugs).values_list("pk", flat=True))
    return drafts(one().agency, ids, reason, sender=actor.name, today=today)


def prepare(actor, reason, *slugs: str, today: date = TODAY) -> int:
    found = written(actor, reason, *slugs, today=today)
    return prepare_nudges(agency=one().agency, reason=reason, drafts=found.ready, actor=actor, now=NOW, today=today)


# --- What a text says -------------------------------------------------------------------------------


def test_a_text_names_the_ketua_the_day_and_the_page_where_the_missing_thing_is_written(joko):
    with joko.acting() as (actor, _):
        silent_since("melati", date(2026, 9, 1))
        chair = Officer.objects.get(cooperative__slug="melati", position="chair")
        draft = written(actor, Reason.SILENT, "melati").ready[0]
        assert chair.name in draft.text and draft.officer == chair
        assert "terakhir mencatat data pada 1 September 2026, 80 hari lalu" in draft.text
        assert reverse("finance:sheet", args=[KOTA, "melati"]) in draft.text  # it keeps its books here
        Profile.objects.filter(cooperative__slug="melati").update(keeps_books_here=False)
        assert url("report", "melati") in written(actor, Reason.SILENT, "melati").ready[0].text


def test_without_a_ketua_the_sekretaris_is_asked_then_the_bendahara_then_nobody(joko, now):
    with joko.acting() as (actor, _):
        silent_since("melati", None)
        for post in ("chair", "secretary", "treasurer", None):
            draft = written(actor, Reason.SILENT, "melati").ready[0]
            assert (draft.officer.position if draft.officer else None) == post
            assert "belum pernah mencatat data" in draft.text
            if draft.officer:
                end_term(officer=draft.officer, on=TODAY, reason="resigned", actor=actor, now=NOW, today=TODAY)
                silent_since("melati", None)
        assert "Yth. Pengurus," in draft.text


def test_only_cooperatives_the_reason_is_true_of_get_a_text(joko):
    with joko.acting() as (actor, _):
        silent_since("melati", TODAY - timedelta(days=30))
        silent_since("kenanga", TODAY - timedelta(days=31))
        found = written(actor, Reason.SILENT, "melati", "kenanga")
        assert [draft.cooperative.slug for draft in found.ready] == ["kenanga"]
        assert [row.slug for row in found.unfit] == ["melati"]
        record_rat(
            cooperative=one(), book_year=2025, held_on=date(2026, 4, 1), present=5, reported_on=None, actor=actor, now=NOW
        )  # fmt: skip
        owing = written(actor, Reason.RAT, "melati", "kenanga")
        assert [draft.cooperative.slug for draft in owing.ready] == ["kenanga"]
        assert "RAT tahun buku 2025" in owing.ready[0].text
        assert written(actor, Reason.BOOKS, "melati").unfit


def test_a_term_that_ends_is_named_with_its_post_and_the_others_counted(joko):
    with joko.acting() as (actor, _):
        officers = Officer.objects.filter(cooperative__slug="melati")
        officers.update(ends_on=date(2030, 1, 1))
        assert written(actor, Reason.TERMS, "melati").unfit
        officers.filter(position="treasurer").update(ends_on=date(2026, 12, 31))
        officers.filter(position="secretary").update(ends_on=TODAY + timedelta(days=60))
        text = written(actor, Reason.TERMS, "melati").ready[0].text
        assert "bendahara dan 1 jabatan lain yang akan berakhir mulai 31 Desember 2026" in text
        officers.filter(position="chair").update(ends_on=date(2026, 11, 1))
        assert (
            "ketua dan 2 jabatan lain yang berakhir mulai 1 November 2026"
            in written(actor, Reason.TERMS, "melati").ready[0].text
        )


# --- Not twice in a week ----------------------------------------------------------------------------


def test_nobody_hears_two_words_in_seven_days_whatever_of(joko):
    with joko.acting() as (actor, _):
        silent_since("melati", date(2026, 5, 5))
        assert prepare(actor, Reason.SILENT, "melati") == 1
        for days in range(QUIET_DAYS):
            assert prepare(actor, Reason.SILENT, "melati", today=TODAY + timedelta(days=days)) == 0
            assert prepare(actor, Reason.RAT, "melati", today=TODAY + timedelta(days=days)) == 0
        assert written(actor, Reason.SILENT, "melati").quiet == (one(),)
        assert prepare(actor, Reason.SILENT, "melati", today=TODAY + timedelta(days=QUIET_DAYS)) == 1
        assert AuditEvent.objects.filter(verb="nudge", cooperative__slug="melati").count() == 2


def test_the_statement_itself_keeps_the_week_when_two_colleagues_wrote_at_once(joko):
    with joko.acting() as (actor, _):
        silent_since("melati", date(2026, 5, 5))
        mine = written(actor, Reason.SILENT, "melati").ready
        theirs = written(actor, Reason.SILENT, "melati", today=TODAY + timedelta(days=1)).ready
        given = {"agency": one().agency, "reason": Reason.SILENT, "actor": actor, "now": NOW}
        assert prepare_nudges(drafts=mine, today=TODAY, **given) == 1
        assert prepare_nudges(drafts=mine, today=TODAY, **given) == 0
        assert prepare_nudges(drafts=theirs, today=TODAY + timedelta(days=1), **given) == 0
        row = Nudge.objects.get()
        with pytest.raises(IntegrityError, match="once_a_day"), transaction.atomic():
            Nudge.objects.create(
                cooperative=row.cooperative, agency=row.agency, reason="rat", text="x", prepared_on=TODAY, prepared_at=NOW,
                prepared_by=actor.user_id, prepared_by_name="x",
            )  # fmt: skip


# --- The pages --------------------------------------------------------------------------------------


def everyone(desk, filters: str = "segar=tertinggal", reason: str = "silent") -> str:
    sent = {"semua": "1", "saringan": filters, "perihal": reason}
    return desk.post(url("prepare_nudges"), sent, follow=True).content.decode()


def test_the_filtered_list_is_reminded_whole_and_each_text_opens_whatsapp(desk, joko):
    with joko.acting():
        silent_since("melati", date(2026, 5, 5))
        silent_since("kenanga", TODAY)
        phone = Officer.objects.get(cooperative__slug="melati", position="chair").phone
    shown = everyone(desk)
    assert "Satu pesan siap." in shown and "1 pesan disiapkan hari ini" in shown
    link = re.search(r'href="(https://wa\.me/[^"]*)"', shown)[1]
    assert phone.lstrip("+") in link and "terakhir mencatat data pada 5 Mei 2026" in unquote(link)
    assert "1 koperasi sudah diingatkan dalam 7 hari terakhir" in everyone(desk)


def test_ticked_rows_only_and_every_nonsense_is_answered_with_a_sentence(desk, joko):
    with joko.acting():
        silent_since("melati", date(2026, 5, 5))
        silent_since("kenanga", date(2026, 5, 5))
    page = url("prepare_nudges")
    post = lambda **sent: desk.post(page, sent, follow=True).content.decode()  # noqa: E731
    assert "Pilih perihal pengingatnya." in post(perihal="ngawur", pilih="melati")
    assert "Pilih sekurangnya satu koperasi." in post(perihal="silent")
    assert "Pilih sekurangnya satu koperasi." in post(perihal="silent", pilih="ti\0dak")
    assert "Pilih sekurangnya satu koperasi." in post(perihal="silent", semua="1", saringan="segar=ngawur")
    assert "Pilih sekurangnya satu koperasi." in post(perihal="silent", pilih="koperasi-orang-lain")
    assert "Satu pesan siap." in post(perihal="silent", pilih="kenanga")
    with joko.acting():
        assert [row.cooperative.slug for row in Nudge.objects.select_related("cooperative")] == ["kenanga"]
    assert desk.get(page).status_code == 405


def test_the_bar_stands_only_over_a_list_that_suggests_a_reason(desk, joko):
    with joko.acting():
        silent_since("melati", date(2026, 5, 5))
    plain = desk.get(url("cooperatives")).content.decode()
    assert "Siapkan pengingat" not in plain
    for query, reason in (
        ("segar=lebih-60", "silent"),
        ("rat=ditagih", "rat"),
        ("buku=belum", "books"),
        ("segar=baru", ""),
    ):
        shown = desk.get(f"{url('cooperatives')}?{query}").content.decode()
        chosen = re.search(
            r'<option value="(\w+)" selected>[^<]*</option>[^<]*(?:<option[^<]*</option>[^<]*)*</select></label><button class="btn btn-main">Siapkan',
            shown,
        )
        assert (chosen[1] if chosen else "") == (reason if "Siapkan pengingat" in shown else ""), query
    assert "Siapkan pengingat" in desk.get(f"{url('cooperatives')}?segar=lebih-60").content.decode()


def test_five_hundred_cooperatives_are_reminded_in_as_many_statements_as_two(desk, joko, django_assert_max_num_queries):
    with joko.acting() as (actor, _):
        here = Place.objects.select_related("parent").get(pk="36.73.03.1006")
        for number in range(40):
            register_cooperative(
                agency=one().agency, name=f"Koperasi Sunyi {number}", district=here.parent, village=here, fields={}, actor=actor, now=NOW
            )  # fmt: skip
    with django_assert_max_num_queries(30):
        desk.post(url("prepare_nudges"), {"semua": "1", "saringan": "segar=belum", "perihal": "silent"})
    with joko.acting():
        assert Nudge.objects.count() >= 40
    with django_assert_max_num_queries(20):
        assert desk.get(url("nudges")).status_code == 200


def test_the_officers_see_on_their_home_page_what_the_dinas_asked_until_it_is_done(enter, siti, joko):
    with joko.acting() as (actor, _):
        silent_since("melati", date(2026, 5, 5))
        prepare(actor, Reason.SILENT, "melati", today=today_jakarta(timezone.now()))
    home = reverse("cooperative_home", args=[KOTA, "melati"])
    assert "data belum diperbarui" in enter(siti).get(home).content.decode()
    with joko.acting():
        silent_since("melati", today_jakarta(timezone.now()))
    assert "data belum diperbarui" not in enter(siti).get(home).content.decode()

"""What cooperatives wait for, by the agency that must act, and the letter that asks for it."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from koperasi.reports.blockers import letter, waiting
from registry.actions import close_blocker, open_blocker
from registry.models import Agency, Cooperative, Profile

KOTA = "kota-serang"
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)


def block(actor, cooperative, waits_for: str, opened: date, due: date | None = None):
    return open_blocker(
        cooperative=cooperative, what="land", text="Tanah belum bersertifikat.", waits_for=waits_for, due_on=due, actor=actor, now=NOW, today=opened,
    )  # fmt: skip


@pytest.fixture
def blocked(joko):
    """Two things wait for the land office, one of them overdue; one waits for the bank; one is solved."""
    with joko.acting() as (actor, _):
        melati, kenanga = (
            Cooperative.objects.select_related("agency").get(slug=slug) for slug in ("melati", "kenanga")
        )
        block(actor, melati, "Kantor Pertanahan", date(2026, 10, 1), date(2026, 11, 1))
        block(actor, kenanga, "Kantor Pertanahan", date(2026, 11, 10), date(2026, 12, 1))
        block(actor, melati, "Bank penyalur", date(2026, 11, 18))
        close_blocker(
            blocker=block(actor, melati, "Camat", date(2026, 9, 1)), on=date(2026, 9, 9), actor=actor, now=NOW
        )
    return joko


def agency() -> Agency:
    return Agency.objects.select_related("place").get(slug=KOTA)


def test_what_is_open_stands_under_the_agency_that_must_act_the_most_first(blocked):
    with blocked.acting():
        found = waiting(agency(), TODAY)
        assert [(one.waits_for, len(one.rows), one.late, one.oldest_days) for one in found] == [
            ("Kantor Pertanahan", 2, 1, 50), ("Bank penyalur", 1, 0, 2),
        ]  # fmt: skip
        Profile.objects.filter(cooperative__slug="kenanga").update(legal_status="dissolved")
        assert len(waiting(agency(), TODAY, waits_for="Kantor Pertanahan")[0].rows) == 1


def test_the_page_lists_them_with_a_letter_for_each(blocked, enter):
    page = enter(blocked).get(reverse("blockers", args=[KOTA])).content.decode()
    assert "3 hambatan menunggu 2 instansi" in page
    assert "2 hambatan, terlama " in page and " hari, 1 lewat tenggat." in page
    assert "?instansi=Kantor+Pertanahan" in page
    assert "Camat" not in page


def test_the_letter_names_the_cooperatives_and_leaves_number_and_date_to_the_office(blocked, enter):
    answer = enter(blocked).get(reverse("blocker_letter", args=[KOTA]), {"instansi": "Kantor Pertanahan"})
    assert answer["Content-Type"] == "application/pdf"
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages).split())
    assert "Yth. Kantor Pertanahan" in text
    assert "sebanyak 2 hal dari koperasi binaan kami" in text
    assert "1 di antaranya sudah melewati tenggat" in text
    assert "Bank penyalur" not in text


def test_there_is_no_letter_to_an_agency_nothing_waits_for(blocked, enter):
    desk = enter(blocked)
    for wrong in ("", "Camat", "Kantor\0Pertanahan", "x" * 5000):
        assert desk.get(reverse("blocker_letter", args=[KOTA]), {"instansi": wrong}).status_code == 404
    with blocked.acting():
        assert letter(agency(), "Camat", TODAY) is None

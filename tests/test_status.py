"""What "aktif" means: four rules, three answers, one day."""

from datetime import UTC, date, datetime

import pytest

from registry.actions import amend_cooperative, record_rat
from registry.models import Agency, Cooperative, Profile
from registry.reports.listing import everything
from registry.reports.status import (
    ACTIVE,
    INACTIVE,
    UNDETERMINED,
    count_by_status,
    last_due_year,
    rules,
    status_by,
)

NOW = datetime(2026, 11, 20, tzinfo=UTC)
AS_OF = date(2026, 11, 20)
LAW, LOCAL, OUTLET, ODS = (rules()[code] for code in ("law_3y", "local_2y", "outlet_open", "ods_reported"))


@pytest.fixture
def case(joko):
    """`case(rule, founded, rats, ...)` gives the answer for one cooperative with exactly these facts."""
    with joko.acting() as (actor, _):
        cooperative = Cooperative.objects.select_related("agency", "district").get(slug="melati")

        def answer(rule, founded=date(2000, 1, 1), rats=(), as_of=AS_OF, **fields) -> str:
            profile = Profile.objects.get(pk=cooperative.pk)
            fields = {
                "founded_on": founded,
                "last_activity_on": None,
                "last_outlet_opened_on": None,
                "legal_status": "legal_entity",
            } | fields
            amend_cooperative(
                cooperative=cooperative,
                version=profile.version,
                name=cooperative.name,
                fields=fields,
                actor=actor,
                now=NOW,
                today=AS_OF,
            )
            for year, held in rats:
                record_rat(
                    cooperative=cooperative,
                    book_year=year,
                    held_on=held,
                    present=None,
                    reported_on=None,
                    actor=actor,
                    now=NOW,
                )
            chosen = Cooperative.objects.filter(pk=cooperative.pk)
            return status_by(rule, as_of, cooperative.agency, chosen)[cooperative.pk].answer

        yield answer


def held(*years: int) -> list[tuple[int, date]]:
    return [(year, date(year + 1, 3, 1)) for year in years]


RECENT, OLD = date(2026, 5, 1), date(2024, 5, 1)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"rats": held(2023, 2024, 2025), "last_activity_on": RECENT}, ACTIVE),
        ({"rats": held(2023, 2024, 2025)}, UNDETERMINED),  # nobody knows whether it does business
        ({"rats": held(2023, 2024, 2025), "last_activity_on": OLD}, INACTIVE),  # no business for over a year
        ({"rats": held(2023, 2024, 2025), "last_outlet_opened_on": RECENT}, ACTIVE),
        ({"rats": held(2024), "last_activity_on": RECENT}, UNDETERMINED),  # one of three is neither
        ({"rats": held(2019), "last_activity_on": RECENT}, INACTIVE),
        ({"last_activity_on": RECENT}, INACTIVE),  # three years without a meeting
        ({}, UNDETERMINED),  # not one fact is on record
        ({"founded": date(2025, 5, 24), "last_activity_on": RECENT}, UNDETERMINED),  # owed one RAT, not three
        ({"founded": None, "last_activity_on": RECENT}, UNDETERMINED),
        (
            {"rats": [*held(2023, 2024), (2025, date(2026, 11, 30))], "last_activity_on": RECENT},
            UNDETERMINED,
        ),  # held later
        ({"rats": held(2023, 2024, 2025), "last_activity_on": RECENT, "legal_status": "dissolved"}, INACTIVE),
        ({"legal_status": "forming", "last_activity_on": RECENT}, UNDETERMINED),
    ],
)
def test_the_rule_of_the_guidelines(case, facts, expected):
    assert case(LAW, **facts) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"rats": held(2025)}, ACTIVE),
        ({"rats": held(2024)}, ACTIVE),
        ({"rats": held(2023)}, INACTIVE),  # two in a row missed
        ({"founded": date(2025, 5, 24), "last_activity_on": RECENT}, UNDETERMINED),
        ({}, UNDETERMINED),
    ],
)
def test_the_habit_of_the_dinas(case, facts, expected):
    assert case(LOCAL, **facts) == expected


def test_an_outlet_counts_from_the_day_it_opened(case):
    opened = date(2026, 1, 12)
    assert case(OUTLET, last_outlet_opened_on=opened) == ACTIVE
    assert case(OUTLET, last_outlet_opened_on=opened, as_of=date(2026, 1, 11)) == INACTIVE
    assert case(OUTLET) == UNDETERMINED


def test_what_was_never_copied_is_no_data(case):
    assert case(ODS, rats=held(2023, 2024, 2025), last_activity_on=RECENT) == UNDETERMINED
    assert ODS.label(UNDETERMINED) == "Belum ada data"


def test_a_book_year_counts_only_once_its_rat_was_due(case):
    """On 1 March 2026 the RAT of 2025 is not due yet: the three years are 2022 to 2024."""
    agency = Agency.objects.get(slug="kota-serang")
    assert [last_due_year(agency, day) for day in (date(2026, 3, 1), date(2026, 6, 30), date(2026, 7, 1))] == [
        2024,
        2024,
        2025,
    ]
    facts = {"rats": held(2022, 2023, 2024), "last_activity_on": date(2026, 2, 1)}
    assert case(LAW, as_of=date(2026, 3, 1), **facts) == ACTIVE
    assert case(LAW, as_of=date(2026, 7, 1), **facts) == UNDETERMINED


def test_the_three_answers_add_up_and_equal_the_rows(joko):
    with joko.acting():
        agency = Cooperative.objects.select_related("agency").get(slug="melati").agency
        for rule in rules().values():
            count = count_by_status(rule, AS_OF, agency)
            answers = [one.answer for one in status_by(rule, AS_OF, agency).values()]
            assert count.total == len(answers) == everything(agency).count()
            assert count.active == answers.count(ACTIVE) and count.inactive == answers.count(INACTIVE)


def test_the_dinas_and_the_cooperative_read_the_same_status(joko, budi):
    found = []
    for someone in (joko, budi):
        with someone.acting():
            melati = Cooperative.objects.select_related("agency").get(slug="melati")
            found.append(status_by(LAW, AS_OF, melati.agency, Cooperative.objects.filter(pk=melati.pk)))
    assert found[0] == found[1]


def test_counting_a_whole_agency_takes_one_query(joko, django_assert_num_queries):
    with joko.acting():
        agency = Cooperative.objects.select_related("agency").get(slug="melati").agency
        with django_assert_num_queries(1):
            count_by_status(LAW, AS_OF, agency)

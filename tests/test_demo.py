"""The demo: synthetic and believable, made once however often it is started, refused where it does not belong."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import validate_totp_code
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from finance.models import DoorPage, DuesDue, DuesPaid, MemberBalance, Objection, Obligation, Period, Posting, Receipt
from koperasi.demo.clock import Clock
from koperasi.demo.logins import CITY_LOGINS, GUEST, PASSWORD, REGENCY_LOGINS, SHOWCASE_LOGINS, acting, table
from koperasi.demo.people import people_of
from koperasi.demo.plan import CITY, REGENCY, plan
from koperasi.demo_logins import TOTP_SEED as SEED
from koperasi.demo_logins import current_code
from members.actions import reveal_national_id
from members.models import JoinRequest, Member, MemberFlow
from registry.models import Agency, Cooperative, GrantKind, Profile, ReportedFigure, User
from registry.numbers import check_national_id
from registry.tenancy import NOBODY, bind
from tests import database

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


def owner_counts() -> dict[str, int]:
    """Count the rows of every table, past the wall."""
    tables = connection.introspection.table_names()
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        counts = {}
        for table in sorted(tables):
            cursor.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
        transaction.set_rollback(True, using="owner")
    connections["owner"].close()
    return counts


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """A small demo in a database of its own; the other tests keep theirs."""
    name = f"{settings.ROLE_PREFIX}_demo_test_{os.environ.get('TEST_DB_SUFFIX', '')}{os.getpid()}"
    before = settings.DATABASES["default"]["NAME"]
    with django_db_blocker.unblock():
        database.clone(database.build_empty(), name)
        database.point_to(name)
        make()
        yield
        connections.close_all()
        database.drop(name)
        database.point_to(before)


def make() -> None:
    with Path(os.devnull).open("w") as nowhere:
        call_command("demo", small=True, processes=1, today=TODAY, stdout=nowhere)


@pytest.fixture
def as_treasurer(demo):
    """Behind the wall as the treasurer of the showcase; yields the cooperative."""
    with acting("bendahara") as actor:
        yield Cooperative.objects.get(pk=actor.cooperative_id)


def test_a_second_run_changes_nothing(demo):
    before = owner_counts()
    make()
    assert owner_counts() == before
    assert before["members_member"] > 20
    assert before["finance_receipt"] > 100


def test_without_demo_it_is_refused(demo, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("demo", small=True)


def test_beside_a_real_agency_it_is_refused(demo):
    real = {"is_demo": False}
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE registry_agency NO FORCE ROW LEVEL SECURITY")
    try:
        Agency.objects.using("owner").filter(slug=REGENCY).update(**real)
        with pytest.raises(CommandError, match="no demo"):
            call_command("demo", small=True, processes=1)
    finally:
        Agency.objects.using("owner").update(is_demo=True)
        with connections["owner"].cursor() as cursor:
            cursor.execute("ALTER TABLE registry_agency FORCE ROW LEVEL SECURITY")
        connections["owner"].close()


def test_the_members_savings_are_what_the_postings_say(as_treasurer):
    sums = {"31000": 0, "32000": 0}
    for posting in Posting.objects.select_related("debit", "credit"):
        sums[posting.credit.code] = sums.get(posting.credit.code, 0) + posting.rupiah
        sums[posting.debit.code] = sums.get(posting.debit.code, 0) - posting.rupiah
    balances = MemberBalance.objects.values_list("pokok_rupiah", "wajib_rupiah")
    assert sums["31000"] == sum(pokok for pokok, _ in balances) > 0
    assert sums["32000"] == sum(wajib for _, wajib in balances) > 0
    assert sums["39000"] == 0


def test_what_is_due_and_paid_is_summed_as_stored(as_treasurer):
    due = {(row.kind, row.period): (row.obligations, row.rupiah) for row in DuesDue.objects.all()}
    paid: dict = {}
    for row in DuesPaid.objects.all():
        paid[row.kind, row.period] = paid.get((row.kind, row.period), 0) + row.rupiah
    stored: dict = {}
    for row in Obligation.objects.all():
        count, rupiah, covered = stored.get((row.kind, row.period), (0, 0, 0))
        stored[row.kind, row.period] = (count + 1, rupiah + row.due_rupiah, covered + row.paid_rupiah)
    assert {key: value[:2] for key, value in stored.items()} == due
    assert {key: value[2] for key, value in stored.items() if value[2]} == {
        key: value for key, value in paid.items() if value
    }


def test_the_flow_of_members_is_the_register(as_treasurer):
    active = sum(row.joined - row.left for row in MemberFlow.objects.all())
    applicants = sum(row.applicants for row in MemberFlow.objects.all())
    assert active == Member.objects.filter(status="active").count()
    assert applicants == Member.objects.filter(status="applicant").count() > 0


def test_the_showcase_has_work_to_do(as_treasurer):
    this_month, last_month = date(2026, 11, 1), date(2026, 10, 1)
    collected = Obligation.objects.filter(kind="wajib", period=last_month, paid_rupiah__gt=0).count()
    assert collected > Obligation.objects.filter(kind="wajib", period=last_month).count() / 2
    assert not Receipt.objects.filter(paid_on__gte=this_month).exists()
    assert Obligation.objects.filter(kind="wajib", period=this_month, paid_rupiah=0).exists()
    assert Period.objects.order_by("-month").first().month == date(2026, 9, 1)


def test_no_stored_nik_can_be_a_real_persons(demo):
    with acting("bendahara") as actor:
        for member in Member.objects.all():
            nik = reveal_national_id(member=member, reason="uji", actor=actor, now=NOW)
            if not nik:
                continue  # entered without one, as some are
            assert check_national_id(nik, synthetic_allowed=True).ok
            assert not check_national_id(nik).ok


def test_every_printed_login_opens_with_the_password_and_those_of_the_dinas_with_the_code(demo):
    everybody = [*SHOWCASE_LOGINS[:5], *CITY_LOGINS, *REGENCY_LOGINS]
    assert {one.kind for one in everybody} == set(GrantKind) - {GrantKind.CASE}
    with transaction.atomic():
        bind(NOBODY)
        for one in [*everybody, GUEST]:
            assert User.objects.get(username=one.username).check_password(PASSWORD), one.username
            assert f"  {one.username:<15}" in table(NOW)
        for one in everybody:
            secrets = [row.wrap() for row in Authenticator.objects.filter(user__username=one.username, type="totp")]
            assert len(secrets) == int(one.kind.needs_second_factor)
            assert all(decrypt(totp.instance.data["secret"]) == SEED for totp in secrets)
    assert validate_totp_code(SEED, current_code(datetime.now(tz=UTC)))


def test_the_access_of_every_officer_ends_with_a_term_of_office(demo):
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        for table in ("registry_grant", "registry_officer"):
            cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        cursor.execute(
            "SELECT g.kind, count(*), count(o.ends_on), bool_and(g.valid_to = o.ends_on) FROM registry_grant g "
            "LEFT JOIN LATERAL (SELECT max(ends_on) AS ends_on FROM registry_officer WHERE cooperative_id = g.cooperative_id) o ON true "
            "WHERE g.cooperative_id IS NOT NULL GROUP BY g.kind"
        )
        rows = cursor.fetchall()
        transaction.set_rollback(True, using="owner")
    connections["owner"].close()
    assert {"treasurer", "supervisor", "chair", "secretary"} <= {kind for kind, *_ in rows}
    assert all(count == with_term and same for _, count, with_term, same in rows), rows


def test_some_cooperatives_report_and_of_some_nothing_is_known(demo):
    with acting("staf.kab"):
        reporting = set(ReportedFigure.objects.values_list("cooperative_id", flat=True))
        known = set(Profile.objects.filter(keeps_books_here=False).values_list("cooperative_id", flat=True))
        assert known - reporting


def test_the_full_plan_has_the_right_numbers():
    clock = Clock(TODAY)
    city, regency = plan(CITY, clock), plan(REGENCY, clock)
    assert len(city) == len({one.village for one in city}) == 67
    assert len([one for one in regency if one.programme == "kdmp"]) == 326
    assert len([one for one in regency if one.programme is None]) == 888
    assert len({one.name for one in regency}) == 326 + 888
    assert city[0].members == 300
    assert sum(one.members for one in (*city, *regency) if one.months) >= 40_000


def test_no_nik_of_the_plan_is_possible_or_repeated():
    clock = Clock(TODAY)
    walantaka = [one for one in plan(CITY, clock) if one.district == "36.73.03"]
    niks = [someone.national_id for one in walantaka for someone in one.people(clock)]
    assert len(niks) == len(set(niks)) > 1_000
    for nik in niks:
        assert check_national_id(nik, synthetic_allowed=True).ok
        assert not check_national_id(nik).ok


def test_people_agree_with_their_own_nik_and_have_no_telephone():
    for someone in people_of("36.73.03", 0, 60, seed="uji", year=2026):
        person = someone.person
        verdict = check_national_id(
            someone.national_id, birth_date=person.birth_date, sex=person.sex, synthetic_allowed=True
        )
        assert verdict.ok and not verdict.warnings
        assert person.phone == ""
        assert 18 <= 2026 - person.birth_date.year <= 70


def test_neighbours_wait_at_the_showcases_door_and_one_waits_too_long(demo):
    with acting("sekretaris"):
        requests = JoinRequest.objects.order_by("due_on")
        assert [one.due_on < TODAY for one in requests] == [True, False, False]
        assert [hasattr(one, "answer") for one in Objection.objects.order_by("pk").select_related("answer")] == [
            True,
            False,
        ]
        assert DoorPage.objects.get().officers

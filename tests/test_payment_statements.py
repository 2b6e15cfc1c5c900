"""What one payment costs over HTTP: statements from the session's to COMMIT, whatever the number of members."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from finance.models import Obligation, Receipt
from members.actions import Applicant, Person, admit_many
from members.models import Member
from registry.periods import month_of, today_jakarta
from registry.tenancy import NOBODY, bind
from tests.cast import NOW, TODAY

MOST = (
    20  # session, user, grants, wall, member, dues, lock, entry with all that hangs on it, the book; BEGIN and COMMIT
)


@pytest.fixture
def cashier(enter, siti):
    """siti's client, and the place she works at."""
    grant = siti.grant
    return enter(siti), (grant.agency.slug, grant.cooperative.slug)


def statements_of(client, path: str, fields: dict) -> list[str]:
    """Post and return the SQL of the request, without what only the tests' harness sends around it."""
    with CaptureQueriesContext(connection) as harness:
        bind(NOBODY)
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(path, fields)
    assert answer.status_code == 302, "the form was refused"
    return [query["sql"] for query in queries if query["sql"] != harness[0]["sql"]]


def hidden(client, path: str) -> dict:
    page = client.get(path).content.decode()
    return {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1] for name in ("kunci", "terlihat")}


def today():
    """The day the door gives every request."""
    return today_jakarta(timezone.now())


def pay(client, place, number: int, months: int = 1, *, everything: bool = False) -> list[str]:
    """Pay some months of wajib, or everything that is open."""
    path = reverse("finance:pay", args=[*place, number])
    fields = hidden(client, path)
    months = int(fields["terlihat"]) // 10_000 if everything else months
    fields |= {"pokok": "0", "bulan": str(months), "tanggal": today(), "cara": "cash"}
    return statements_of(client, path, fields)


def test_one_payment_is_at_most_twenty_statements(cashier, siti):
    client, place = cashier
    pay(client, place, 2)  # the first of the month makes what everybody owes
    with siti.acting() as (actor, melati):
        people = [Applicant(Person(f"Orang {n}", "L"), TODAY, "") for n in range(290)]
        admit_many(cooperative=melati, people=people, actor=actor, now=NOW)
    pay(client, place, 2)  # catches up those who came since
    seen = pay(client, place, 1)
    assert len(seen) <= MOST, "\n".join(sql[:120] for sql in seen)
    assert len(pay(client, place, 1, 3)) == len(seen)
    with siti.acting() as (_, melati):
        assert Receipt.objects.filter(cooperative=melati).count() == 4


def test_the_first_payment_of_a_month_makes_what_everybody_owes_in_a_few_more(cashier, siti):
    client, place = cashier
    assert len(pay(client, place, 1)) <= MOST + 4
    with siti.acting() as (_, melati):
        month = max(Obligation.objects.filter(cooperative=melati, kind="wajib").values_list("period", flat=True))
        assert Obligation.objects.filter(cooperative=melati, kind="wajib", period=month).count() == 10


def submit(client, place, numbers: set[str]) -> list[str]:
    """Tick these members on the sheet of this month and save it, the cash counted."""
    path = reverse("finance:sheet", args=place)
    page = client.get(path).content.decode()
    ticks = [tick for tick in re.findall(r'name="bayar" value="([^"]*)"', page) if tick.split(".")[0] in numbers]
    assert len(ticks) == len(numbers)
    month = re.search(r'name="bulan" value="([^"]*)"', page)[1]
    cash = sum(int(tick.split(".")[1]) for tick in ticks)
    key = re.search(r'name="kunci" value="([^"]*)"', page)[1]
    return statements_of(
        client, path, {"kunci": key, "bulan": month, "bayar": ticks, "koin": str(cash), "langkah": "simpan"}
    )


def test_three_hundred_payments_in_one_submit_are_as_many_statements_as_ten(cashier, siti):
    client, place = cashier
    with siti.acting() as (actor, melati):
        people = [Applicant(Person(f"Orang {n}", "L"), TODAY, "") for n in range(301)]
        admit_many(cooperative=melati, people=people, actor=actor, now=NOW)
    numbers = [f"A-{number:04d}" for number in range(2, 312)]
    pay(client, place, 1)  # the first of the month makes what everybody owes
    ten = submit(client, place, set(numbers[:10]))
    three_hundred = submit(client, place, set(numbers[10:]))
    assert len(three_hundred) == len(ten), "\n".join(sql[:120] for sql in three_hundred)
    assert (
        len(three_hundred) <= MOST + 6
    )  # the sheet is read twice more than a single payment, the count of the cash stored
    with siti.acting() as (_, melati):
        assert Receipt.objects.filter(cooperative=melati).count() == 311


def test_months_ahead_cost_one_statement_more(cashier):
    client, place = cashier
    pay(client, place, 1, everything=True)
    open_months = pay(client, place, 2)
    assert len(pay(client, place, 1, 3)) <= len(open_months) + 1


def test_who_came_after_the_month_was_opened_owes_it_with_the_next_payment_of_anybody(cashier, siti):
    client, place = cashier
    pay(client, place, 1)
    with siti.acting() as (actor, melati):
        admit_many(
            cooperative=melati, people=[Applicant(Person("Baru Datang", "P"), today(), "")], actor=actor, now=NOW
        )
        newcomer = Member.objects.get(cooperative=melati, name="Baru Datang")
        assert not Obligation.objects.filter(cooperative=melati, member=newcomer).exists()
    pay(client, place, 2)
    with siti.acting() as (_, melati):
        owed = Obligation.objects.filter(cooperative=melati, member=newcomer).order_by("kind")
        assert list(owed.values_list("kind", "due_rupiah")) == [("pokok", 100_000), ("wajib", 10_000)]
        assert owed.get(kind="wajib").period == month_of(today())

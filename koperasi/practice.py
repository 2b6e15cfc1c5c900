"""What stands in a practice cooperative: invented people, three months of books, somebody behind."""

import uuid
from datetime import date, datetime

from finance.actions import DuesLine, record_dues, start_books
from members.actions import Applicant, Person, admit_many
from members.models import Member
from registry.access import Actor, context_of
from registry.actions.practice import open_practice
from registry.models import Cooperative, Grant, User
from registry.periods import add_months, last_day, month_of
from registry.tenancy import bound

PEOPLE = (
    ("Aminah Contoh", "P"), ("Bahri Contoh", "L"), ("Cecep Contoh", "L"), ("Dedeh Contoh", "P"), ("Endang Contoh", "P"),
    ("Fajar Contoh", "L"), ("Gugun Contoh", "L"), ("Hasanah Contoh", "P"), ("Iis Contoh", "P"), ("Jaja Contoh", "L"),
    ("Kokom Contoh", "P"), ("Lukman Contoh", "L"),
)  # fmt: skip
POKOK, WAJIB, MONTHS = 100_000, 10_000, 3


def begin_practice(*, like: Cooperative, user: User, actor: Actor, now: datetime, today: date) -> Grant:
    """Open (or begin anew) a person's practice cooperative and fill it by the same actions as the pages. Return the grant."""
    grant = open_practice(like=like, user=user, actor=actor, now=now, today=today)
    place = grant.cooperative
    assert place is not None
    with bound(context_of(grant, place)):
        here = Actor(user.pk, user.name, grant.kind, grant.agency_id, place.pk)
        _fill(place, here, now, today)
    return grant


def _fill(place: Cooperative, actor: Actor, now: datetime, today: date) -> None:
    """Books since three months; everybody has paid two months but the last two people, who paid nothing."""
    first = add_months(month_of(today), -MONTHS)
    start_books(
        cooperative=place, opened_on=first, pokok=POKOK, wajib=WAJIB, decided_on=None, decision="Latihan",
        instalments_make_members=False, actor=actor, now=now,
    )  # fmt: skip
    people = [
        Applicant(Person(name=name, sex=sex, birth_date=date(1980, 1, 1 + n)), first)
        for n, (name, sex) in enumerate(PEOPLE)
    ]
    admit_many(cooperative=place, people=people, actor=actor, now=now)
    ids = list(Member.objects.filter(cooperative=place).order_by("number").values_list("pk", flat=True))
    for back in (MONTHS, MONTHS - 1):
        month = add_months(month_of(today), -back)
        record_dues(
            cooperative=place,
            lines=[DuesLine(pk, pokok=POKOK if back == MONTHS else 0, wajib=WAJIB) for pk in ids[:-2]],
            paid_on=last_day(month), through=month, key=uuid.uuid4(), actor=actor, now=now, today=today,
        )  # fmt: skip

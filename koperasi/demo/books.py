"""A cooperative's books, month by month, through the very actions the pages call, as its own treasurer."""

import uuid
from datetime import date, timedelta
from random import Random

from django.db import transaction

from finance.actions import (
    DuesLine,
    OpeningLine,
    Recorded,
    close_month,
    correct_payment,
    ensure_obligations,
    move_cash,
    open_books,
    record_dues,
    record_opening_balances,
    reverse_payment,
    set_rate,
    settle_exit,
)
from finance.actions.collecting import lock_books
from finance.models import Payment
from finance.reports.books import account_balance
from members.actions import (
    Applicant,
    Business,
    Person,
    admit,
    admit_many,
    exit_member,
    join_household,
    name_heir,
    set_business,
)
from members.models import Member
from registry.access import Actor, context_of
from registry.actions import invite
from registry.actions.cooperatives import touch
from registry.models import Cooperative, Grant, GrantKind, Profile
from registry.periods import add_months, last_day, months_through
from registry.tenancy import NOBODY, bind

from . import visitors
from .clock import Clock
from .facts import SUPERVISOR, TREASURER, posts_of
from .logins import acting, make_user, open_link, term_end
from .people import Someone
from .plan import Planned
from .savers import HABITS, SHOWCASE_WEIGHTS, Rates, Saver, weights_of

BUSINESSES = (
    ("Warung sembako", "Sembako eceran", 180_000_000), ("Jahit", "Seragam sekolah", 60_000_000), ("Keripik pisang", "Keripik pisang", 45_000_000),
    ("Bengkel motor", "Servis motor", 240_000_000), ("Grosir beras", "Beras", 2_600_000_000), ("Sate bandeng", "Sate bandeng", 96_000_000),
)  # fmt: skip
COLLECTOR = "Pak Udin"  # who goes from door to door in the cooperative that is shown
NOTES = (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000)


def keep(planned: Planned, cooperative: Cooperative, admin: str, clock: Clock) -> int:
    """Keep the planned months of dues of one cooperative, in one transaction; return how many members it has.

    Returns 0 when its books were kept before.
    """
    with transaction.atomic():
        with acting(admin):
            if Profile.objects.filter(cooperative=cooperative, keeps_books_here=True).exists():
                return 0
        people = planned.people(clock)
        book = _Book(planned, cooperative, clock, *_officers(planned, cooperative, people, admin, clock))
        book.open(people)
        for month in months_through(clock.month(planned.months), clock.this_month):
            book.collect(month)
        book.finish()
        bind(NOBODY)
    return len(people)


def _officers(
    planned: Planned, cooperative: Cooperative, people: list[Someone], admin: str, clock: Clock
) -> tuple[Grant, Grant]:
    """Return the grants of treasurer and supervisor: the showcase's logins, elsewhere people without a password."""
    if planned.is_showcase:
        with transaction.atomic():
            return _grant_of("bendahara", cooperative), _grant_of("pengawas", cooperative)
    since = clock.month(planned.months) - timedelta(days=6)
    made = []
    for kind, post in ((GrantKind.TREASURER, TREASURER), (GrantKind.SUPERVISOR, SUPERVISOR)):
        person = people[posts_of(planned).index(post)].person
        with acting(admin) as actor:
            _, token = invite(
                agency=cooperative.agency,
                cooperative=cooperative,
                kind=kind,
                name=person.name,
                grant_until=term_end(cooperative, kind),
                actor=actor,
                now=clock.at(since),
            )
            bind(NOBODY)
            user = make_user(f"{kind}.{cooperative.agency_id}.{cooperative.pk}", person.name)
            made.append(open_link(token, user, clock.at(since), since))
    return made[0], made[1]


def _grant_of(username: str, cooperative: Cooperative) -> Grant:
    with acting(username, cooperative=cooperative) as actor:
        return Grant.objects.get(user_id=actor.user_id, cooperative=cooperative)


class _Book:
    """The books of one cooperative while they are being written."""

    def __init__(
        self, planned: Planned, cooperative: Cooperative, clock: Clock, treasurer: Grant, supervisor: Grant
    ) -> None:
        self.planned, self.cooperative, self.clock = planned, cooperative, clock
        self.checker_id = supervisor.user_id
        self.supervisor = supervisor
        self.actor = Actor(
            treasurer.user_id, treasurer.user_name, treasurer.kind, cooperative.agency_id, cooperative.pk
        )
        self.context = context_of(treasurer, cooperative)
        self.rng: Random = planned.rng("books")
        self.rates = _rates(planned, self.rng, clock)
        self.opened_on = clock.month(planned.months)
        self.collection_day = 10 if planned.is_showcase else self.rng.randint(4, 24)
        self.closes = planned.is_showcase or (planned.months == 12 and self.rng.random() < 0.5)
        discipline = min(1.0, max(0.0, self.rng.gauss(0.62, 0.28)))
        self.weights = SHOWCASE_WEIGHTS if planned.is_showcase else weights_of(discipline)
        self.savers: dict[int, Saver] = {}
        self.last_day = self.opened_on

    def open(self, people: list[Someone]) -> None:
        """Open the books, set the dues, enter those who were members before, with what they had saved."""
        bind(self.context)
        day = self.opened_on
        now = self.clock.at(day, 9)
        open_books(
            cooperative=self.cooperative,
            opened_on=day,
            actor=self.actor,
            now=now,
            instalments_make_members=self.rng.random() < 0.2,
        )
        for kind, rupiah in (("pokok", self.rates.pokok), ("wajib", self.rates.wajib)):
            set_rate(
                cooperative=self.cooperative, kind=kind, rupiah=rupiah, valid_from=day, decided_on=self.planned.founded_on,
                decision="Rapat anggota pendirian", actor=self.actor, now=now,
            )  # fmt: skip
        older = round(len(people) * (0.72 if self.planned.months == 12 else 0.93))
        self._admit_founders(people[:older], day)
        self._admit_newcomers(people[older:])

    def _admit_founders(self, people: list[Someone], day: date) -> None:
        first, span = self.planned.founded_on, (day - self.planned.founded_on).days
        joined = sorted(first + timedelta(days=int(span * self.rng.random() ** 1.6)) for _ in people)
        saved = [self._saved_before() for _ in people]
        applicants = [
            Applicant(one.person, on, one.national_id, "active" if pokok == self.rates.pokok else "applicant")
            for one, on, (pokok, _) in zip(people, joined, saved, strict=True)
        ]
        ids = admit_many(cooperative=self.cooperative, people=applicants, actor=self.actor, now=self.clock.at(day, 13))
        lines = [OpeningLine(pk, pokok, wajib) for pk, (pokok, wajib) in zip(ids, saved, strict=True) if pokok + wajib]
        total = sum(line.pokok + line.wajib for line in lines)
        if total:
            record_opening_balances(
                cooperative=self.cooperative, lines=lines, cash=total % 1_000_000, bank=total - total % 1_000_000, as_of=day,
                expected_total=total, key=self._key("opening"), actor=self.actor, now=self.clock.at(day, 16), today=day,
            )  # fmt: skip
        for pk, (pokok, _) in zip(ids, saved, strict=True):
            self._follow(pk, self.opened_on, self.rates.pokok - pokok)

    def _saved_before(self) -> tuple[int, int]:
        """Return (pokok, wajib) saved before the books were opened here."""
        chance = self.rng.random()
        pokok = self.rates.pokok if chance < 0.62 else self.rates.pokok // 2 if chance < 0.74 else 0
        return pokok, self.rates.wajib * self.rng.randint(0, 6) if pokok else 0

    def _admit_newcomers(self, people: list[Someone]) -> None:
        months = self.planned.months if self.planned.is_showcase else self.planned.months + 1
        days = sorted(
            min(
                self.clock.days_ago(1),
                add_months(self.opened_on, self.rng.randrange(months)) + timedelta(days=self.rng.randrange(28)),
            )
            for _ in people
        )
        applicants = [Applicant(one.person, on, one.national_id) for one, on in zip(people, days, strict=True)]
        ids = admit_many(
            cooperative=self.cooperative, people=applicants, actor=self.actor, now=self.clock.at(self.opened_on, 14)
        )
        for pk, on in zip(ids, days, strict=True):
            # Who joins after the month's collection pays from the next one on.
            first = on.replace(day=1)
            self._follow(pk, first, self.rates.pokok)

    def _follow(self, member_id: int, first: date, pokok_left: int) -> None:
        habit = self.rng.choices(HABITS, self.weights)[0]
        if habit == "ahead" and self.rates.raised_from:
            habit = "prompt"  # months made ahead keep the old rate; simpler not to follow both
        stops = add_months(self.opened_on, self.rng.randint(1, 9)) if habit == "stopped" else None
        pays_pokok = "not" if habit == "never" else self.rng.choices(["full", "parts", "not"], [58, 27, 15])[0]
        self.savers[member_id] = Saver(member_id, first, habit, pays_pokok, pokok_left, stops)

    def collect(self, month: date) -> None:
        """Hold the collection of a month, unless it still lies ahead; then what a month brings besides."""
        day = month.replace(day=self.collection_day)
        if day >= self.clock.today or (self.planned.is_showcase and month == self.clock.this_month):
            return
        if self.rates.raised_from == month:
            self._raise(month)
        self._close_before(month)
        lines = self._lines(month, day)
        if not lines:
            return
        late = lines[-5:] if self.planned.is_showcase and len(lines) > 40 else []
        lines = lines[: len(lines) - len(late)]
        recorded = self._record(lines, month, day, notes=self.planned.is_showcase)
        for index, line in enumerate(late):  # stragglers, one by one, by transfer or in cash
            last = month == self.clock.month(1)  # whose last stragglers paid somebody who has not handed it over yet
            channel = "collector" if last and index > 2 else "bank" if index % 2 else "cash"
            self._record([line], month, day + timedelta(days=2 + index), channel=channel)
        if late:
            self._take_to_bank(month, day + timedelta(days=8))
        self._correct(recorded, lines, month, day)
        self._let_go(month, day)

    def _lines(self, month: date, day: date) -> list[DuesLine]:
        lines = [saver.line(self.rates, month, self.rng) for saver in self.savers.values() if self.rng.random() < 0.97]
        joined = dict(Member.objects.filter(cooperative=self.cooperative).values_list("pk", "joined_on"))
        return [line for line in lines if line and joined[line.member_id] <= day]

    def _record(
        self, lines: list[DuesLine], month: date, day: date, *, channel: str = "cash", notes: bool = False
    ) -> Recorded:
        total = sum(line.rupiah for line in lines)
        short = 5_000 if notes and month == self.clock.month(4) else 0  # once the cash box held less
        recorded = record_dues(
            cooperative=self.cooperative, lines=lines, paid_on=day, through=month, channel=channel,
            collector=COLLECTOR if channel == "collector" else "",
            notes=_count(total - short) if notes else None, difference_reason="Uang kembalian tidak cukup" if short else "",
            key=self._key(f"{month} {lines[0].member_id} {channel}"), actor=self.actor, now=self.clock.at(day, 19, 40), today=day,
        )  # fmt: skip
        for line in lines:
            self.savers[line.member_id].took(line)
        self.last_day = max(self.last_day, day)
        return recorded

    def _take_to_bank(self, month: date, day: date) -> None:
        """Most of the cash box goes to the bank, in whole hundred thousands."""
        rupiah = account_balance(self.cooperative, "11100") // 100_000 * 100_000 - 200_000
        if rupiah > 0:
            move_cash(
                cooperative=self.cooperative, kind="deposit", rupiah=rupiah, on=day, key=self._key(f"{month} bank"),
                actor=self.actor, now=self.clock.at(day, 10, 15), today=day,
            )  # fmt: skip
            self.last_day = max(self.last_day, day)

    def _correct(self, recorded: Recorded, lines: list[DuesLine], month: date, day: date) -> None:
        """Now and then a payment went to the wrong person, or the amount was wrong."""
        candidates = [line for line in lines if line.wajib > 5_000 and not line.pokok and not line.ahead]
        if (
            not candidates
            or self.planned.months < 12
            or self.rng.random() > (0.8 if self.planned.is_showcase else 0.25)
        ):
            return
        line, on = self.rng.choice(candidates), min(day + timedelta(days=self.rng.randint(1, 3)), last_day(day))
        if on > self.clock.today:
            return
        payment = Payment.objects.get(
            cooperative=self.cooperative, entry_id=recorded.entry_id, member_id=line.member_id
        )
        common = {
            "cooperative": self.cooperative, "payment": payment, "on": on, "actor": self.actor, "now": self.clock.at(on, 20), "today": on,
        }  # fmt: skip
        if self.rng.random() < 0.5:
            reverse_payment(reason="Salah orang: uang dari anggota lain bernama sama", **common)
        else:
            less = DuesLine(line.member_id, wajib=line.wajib // 2 // 1_000 * 1_000)
            correct_payment(
                line=less, through=month, reason="Salah jumlah", key=self._key(f"correct {month}"), **common
            )
            self.savers[line.member_id].took(less)
        self.savers[line.member_id].took(line, -1)

    def _let_go(self, month: date, day: date) -> None:
        """Now and then somebody moves away and takes the savings along."""
        if self.planned.months < 12 or self.rng.random() > 0.12:
            return
        saver = self.rng.choice(list(self.savers.values()))
        on = min(day + timedelta(days=3), last_day(day))
        member = Member.objects.get(cooperative=self.cooperative, pk=saver.member_id)
        if saver.left or saver.paid <= 0 or on >= self.clock.today or member.joined_on > on:
            return
        exited = exit_member(
            member=member,
            on=on,
            reason="moved",
            note="Pindah ke luar daerah",
            actor=self.actor,
            now=self.clock.at(on, 10),
        )
        saver.left = True
        settle_exit(
            cooperative=self.cooperative,
            member=exited,
            on=on,
            pay_now=True,
            actor=self.actor,
            now=self.clock.at(on, 11),
            today=on,
        )

    def _raise(self, month: date) -> None:
        set_rate(
            cooperative=self.cooperative, kind="wajib", rupiah=self.rates.raised, valid_from=month, decided_on=month,
            decision="Rapat anggota tahunan", actor=self.actor, now=self.clock.at(month),
        )  # fmt: skip

    def _close_before(self, month: date) -> None:
        """Close the month before last; the latest full month stays open, so its figures are provisional."""
        before = add_months(month, -1)
        if not self.closes or before < self.opened_on or before >= self.clock.month(1):
            return
        day = month.replace(day=3)
        close_month(
            cooperative=self.cooperative, month=before, checker_id=self.checker_id, cash_counted=account_balance(self.cooperative, "11100", before), actor=self.actor,
            now=self.clock.at(day, 20), today=day,
        )  # fmt: skip

    def finish(self) -> None:
        """Let everybody's months be owed up to now, also of those who never came, and say when data last changed."""
        bind(self.context)
        books = lock_books(self.cooperative)
        ensure_obligations(
            cooperative=self.cooperative,
            opened_on=books.opened_on,
            member_ids=list(self.savers),
            through=self.clock.this_month,
        )
        visitors.open_door(self.cooperative, self.actor, self.clock)
        if self.planned.is_showcase:
            self._tell_lives()
            self._receive_visitors()
        touch(self.cooperative, self.last_day)

    def _tell_lives(self) -> None:
        """What happens beside the dues: somebody stands in the book twice, some run a business, some live together."""
        now, today = self.clock.at(self.last_day, 20), self.last_day
        book = Member.objects.of(self.cooperative).current().filter(birth_date__isnull=False).order_by("number")
        people = list(book[:12])
        for one, (name, product, sales) in zip(people, BUSINESSES, strict=False):
            business = Business(name, product=product, sales_rupiah=sales, sales_year=today.year - 1)
            set_business(member=one, business=business, actor=self.actor, now=now, today=today)
        join_household(member=people[1], head=people[0], actor=self.actor, now=now)
        name_heir(member=people[0], name="Ahli Waris Contoh", relation="child", phone="", actor=self.actor, now=now)
        twice = people[-1]
        admit(
            cooperative=self.cooperative, actor=self.actor, now=now, joined_on=today,
            person=Person(name=f"{twice.name}, S.Pd.", sex=twice.sex, birth_date=twice.birth_date, address=twice.address, rt_rw=twice.rt_rw),
        )  # fmt: skip

    def _receive_visitors(self) -> None:
        """The showcase has something waiting at its door."""
        supervisor, pk = self.supervisor, self.cooperative.pk
        checker = Actor(supervisor.user_id, supervisor.user_name, supervisor.kind, self.cooperative.agency_id, pk)
        visitors.come(
            self.cooperative, self.planned.neighbours(self.clock), (self.actor, self.context),
            (checker, context_of(supervisor, self.cooperative)), self.clock,
        )  # fmt: skip

    def _key(self, what: str) -> uuid.UUID:
        return uuid.uuid5(uuid.NAMESPACE_URL, f"demo {self.planned.seed} {what}")


def _rates(planned: Planned, rng: Random, clock: Clock) -> Rates:
    if planned.is_showcase:
        return Rates(100_000, 10_000)
    pokok, wajib = rng.choice(
        [(100_000, 10_000), (50_000, 10_000), (100_000, 20_000), (50_000, 20_000), (300_000, 20_000)]
    )
    if planned.months == 12 and rng.random() < 0.12:
        return Rates(pokok, wajib, wajib + 5_000, clock.month(6))
    return Rates(pokok, wajib)


def _count(rupiah: int) -> dict[str, int]:
    """Return a cash count of `rupiah`: mostly small notes, as they come in at a collection."""
    notes = {}
    for note in NOTES:
        keep_back = 0 if note <= 2_000 else rupiah // 3
        notes[str(note)] = max(0, rupiah - keep_back) // note
        rupiah -= notes[str(note)] * note
    return notes | {"coins": rupiah}

"""The books: journal, general ledger, trial balance at any date. Month sums plus the days of the last month."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db import connection
from django.db.models import F, Sum

from finance.models import Account, AccountMonth, Entry, Posting
from registry.models import Cooperative
from registry.periods import month_of


@dataclass(frozen=True)
class JournalLine:
    """A posting sum of an entry: account, debit and credit rupiah."""

    code: str
    name: str
    debit: int
    credit: int


@dataclass(frozen=True)
class JournalEntry:
    entry: Entry
    lines: tuple[JournalLine, ...]


@dataclass(frozen=True)
class JournalPage:
    """A page of the journal, newest first, each entry summed by account."""

    entries: tuple[JournalEntry, ...]
    page: object  # django Page, for the pager


@dataclass(frozen=True)
class AccountBalance:
    """An account in the trial balance: its balance on its normal side (negative: on the other side)."""

    code: str
    name: str
    kind: str
    debit: int
    credit: int


@dataclass(frozen=True)
class TrialBalance:
    """Every account with a balance on `as_of`, grouped by kind; both sides add up to the same."""

    as_of: date
    accounts: tuple[AccountBalance, ...]

    @property
    def debit(self) -> int:
        return sum(a.debit for a in self.accounts)

    @property
    def credit(self) -> int:
        return sum(a.credit for a in self.accounts)

    @property
    def groups(self) -> list[tuple[str, list[AccountBalance]]]:
        labels = dict(Account.Kind.choices)
        return [
            (labels[kind], [a for a in self.accounts if a.kind == kind])
            for kind in labels
            if any(a.kind == kind for a in self.accounts)
        ]


@dataclass(frozen=True)
class LedgerLine:
    posted_on: date
    number: str
    address: str
    text: str
    debit: int
    credit: int
    balance: int


@dataclass(frozen=True)
class LedgerAccount:
    """One account in one month: what it held before, each entry, and what it holds after."""

    account: Account
    start: date
    end: date
    opening: int
    lines: tuple[LedgerLine, ...]

    @property
    def debit(self) -> int:
        return sum(line.debit for line in self.lines)

    @property
    def credit(self) -> int:
        return sum(line.credit for line in self.lines)

    @property
    def closing(self) -> int:
        return self.lines[-1].balance if self.lines else self.opening


# Whole months come from the kept sums, the days of the last month from its postings: flat in the length of the books.
_TRIAL = """
WITH side AS (
  SELECT account_code AS code, debit_rupiah AS debit, credit_rupiah AS credit FROM finance_accountmonth
  WHERE cooperative_id = %(cooperative)s AND month < %(month)s
  UNION ALL
  SELECT d.code, p.rupiah, 0 FROM finance_posting p JOIN finance_account d ON d.cooperative_id = p.cooperative_id AND d.id = p.debit_id
  WHERE p.cooperative_id = %(cooperative)s AND p.posted_on BETWEEN %(month)s AND %(as_of)s
  UNION ALL
  SELECT c.code, 0, p.rupiah FROM finance_posting p JOIN finance_account c ON c.cooperative_id = p.cooperative_id AND c.id = p.credit_id
  WHERE p.cooperative_id = %(cooperative)s AND p.posted_on BETWEEN %(month)s AND %(as_of)s
)
SELECT a.code, a.name, a.kind, sum(debit)::bigint, sum(credit)::bigint FROM side
JOIN finance_account a ON a.cooperative_id = %(cooperative)s AND a.code = side.code
GROUP BY a.code, a.name, a.kind ORDER BY a.code
"""


def trial_balance(*, cooperative: Cooperative, as_of: date) -> TrialBalance:
    """Return the balance of every account at the end of `as_of`. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_TRIAL, {"cooperative": cooperative.pk, "month": month_of(as_of), "as_of": as_of})
        rows = cursor.fetchall()
    accounts = []
    for code, name, kind, debit, credit in rows:
        net = debit - credit
        if net:
            accounts.append(AccountBalance(code, name, kind, max(net, 0), max(-net, 0)))
    return TrialBalance(as_of, tuple(accounts))


def account_balance(cooperative: Cooperative, code: str, through: date | None = None) -> int:
    """Return debits less credits of an account, to the end of the month of `through` (without it: all there is), rupiah."""
    months = AccountMonth.objects.filter(cooperative=cooperative, account_code=code)
    if through:
        months = months.filter(month__lte=through)
    return int(months.aggregate(rupiah=Sum(F("debit_rupiah") - F("credit_rupiah"), default=0))["rupiah"])


_ENTRY_LINES = """
SELECT entry_id, a.code, a.name, sum(debit)::bigint, sum(credit)::bigint FROM (
  SELECT p.entry_id, p.debit_id AS account_id, p.rupiah AS debit, 0::bigint AS credit FROM finance_posting p
  WHERE p.cooperative_id = %(cooperative)s AND p.entry_id = ANY(%(entries)s)
  UNION ALL
  SELECT p.entry_id, p.credit_id, 0, p.rupiah FROM finance_posting p WHERE p.cooperative_id = %(cooperative)s AND p.entry_id = ANY(%(entries)s)
) side JOIN finance_account a ON a.cooperative_id = %(cooperative)s AND a.id = side.account_id
GROUP BY entry_id, a.code, a.name ORDER BY entry_id, sum(credit) > 0, a.code
"""


def journal(*, cooperative: Cooperative, start: date, end: date, page: int = 1, per_page: int = 25) -> JournalPage:
    """Return the entries dated from `start` to `end`, newest first. Three queries."""
    entries = Entry.objects.filter(cooperative=cooperative, posted_on__range=(start, end)).order_by("-posted_on", "-id")
    found = Paginator(entries, per_page).get_page(page)
    lines = entry_lines(cooperative, [entry.pk for entry in found])
    return JournalPage(tuple(JournalEntry(entry, tuple(lines.get(entry.pk, ()))) for entry in found), found)


def entry_lines(cooperative: Cooperative, entry_ids: list[int]) -> dict[int, list[JournalLine]]:
    """Return per entry its sums by account, debits first."""
    lines: dict[int, list[JournalLine]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_ENTRY_LINES, {"cooperative": cooperative.pk, "entries": entry_ids})
        for entry_id, code, name, debit, credit in cursor.fetchall():
            lines.setdefault(entry_id, []).append(JournalLine(code, name, debit, credit))
    return lines


_OPENING = """
SELECT coalesce(sum(debit_rupiah - credit_rupiah), 0)::bigint FROM finance_accountmonth
WHERE cooperative_id = %(cooperative)s AND account_code = %(code)s AND month < %(month)s
"""
_LEDGER = """
SELECT e.posted_on, e.year, e.number, e.text, sum(CASE WHEN p.debit_id = %(account)s THEN p.rupiah ELSE 0 END)::bigint,
       sum(CASE WHEN p.credit_id = %(account)s THEN p.rupiah ELSE 0 END)::bigint
FROM finance_posting p JOIN finance_entry e ON e.cooperative_id = p.cooperative_id AND e.id = p.entry_id
WHERE p.cooperative_id = %(cooperative)s AND p.posted_on BETWEEN %(month)s AND %(end)s AND %(account)s IN (p.debit_id, p.credit_id)
GROUP BY e.id, e.posted_on, e.year, e.number, e.text ORDER BY e.posted_on, e.id
"""


def ledger_account(*, cooperative: Cooperative, account: Account, month: date, end: date) -> LedgerAccount:
    """Return one account from the first of `month` to `end` (in that month), with its running balance on the normal side."""
    sign = 1 if account.normal == "D" else -1
    values: dict[str, Any] = {
        "cooperative": cooperative.pk,
        "code": account.code,
        "account": account.pk,
        "month": month_of(month),
        "end": end,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OPENING, values)
        opening = balance = sign * cursor.fetchone()[0]
        cursor.execute(_LEDGER, values)
        lines = []
        for posted_on, year, number, text, debit, credit in cursor.fetchall():
            balance += sign * (debit - credit)
            lines.append(
                LedgerLine(posted_on, f"JU-{year}-{number:04d}", f"{year}-{number}", text, debit, credit, balance)
            )
    return LedgerAccount(account, month_of(month), end, opening, tuple(lines))


def postings_of(cooperative: Cooperative, entry: Entry):
    """Return the postings of one entry with their accounts and members."""
    return (
        Posting.objects.filter(cooperative=cooperative, entry=entry)
        .select_related("debit", "credit", "member")
        .order_by("pk")
    )

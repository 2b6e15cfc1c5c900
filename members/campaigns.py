"""How a cooperative grows: members against the people of its village, campaigns and who brought whom."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from members.models import Campaign, JoinRequest, Member, MemberFlow
from registry.models import Cooperative
from registry.periods import add_months, month_of

MONTHS, SHOWN, BRINGERS = 12, 20, 10


@dataclass(frozen=True)
class Won:
    """A campaign and what came of it by a day. `bringers`: (member number, people accepted who named it)."""

    campaign: Campaign
    joined: int
    asked: int
    bringers: tuple[tuple[str, int], ...]
    is_open: bool


@dataclass(frozen=True)
class MonthOfGrowth:
    """Who came and left in a month, and how many members there were at its end. Calon anggota are not members yet."""

    month: date
    joined: int
    left: int
    members: int


def campaigns(*, cooperative: Cooperative, today: date) -> list[Won]:
    """Return the campaigns of a cooperative, the newest first, each with its count by `today`. Three queries."""
    found = list(Campaign.objects.filter(cooperative=cooperative).order_by("-starts_on", "-pk")[:SHOWN])
    if not found:
        return []
    since = min(one.starts_on for one in found)
    joined = list(
        Member.objects.of(cooperative)
        .filter(joined_on__gte=since, joined_on__lte=today, merged_into__isnull=True)
        .values_list("joined_on", flat=True)
    )
    asked = list(
        JoinRequest.objects.filter(cooperative=cooperative, asked_at__date__gte=since).values_list(
            "asked_at__date", "state", "referrer_number"
        )
    )
    return [_won(one, joined, asked, today) for one in found]


def _won(one: Campaign, joined: list[date], asked: list[tuple], today: date) -> Won:
    within = [(state, bringer) for day, state, bringer in asked if one.starts_on <= day <= one.ends_on]
    brought = Counter(bringer for state, bringer in within if bringer and state == JoinRequest.State.ACCEPTED)
    came = sum(one.starts_on <= day <= one.ends_on for day in joined)
    return Won(one, came, len(within), tuple(brought.most_common(BRINGERS)), one.starts_on <= today <= one.ends_on)


def growth(*, cooperative: Cooperative, today: date) -> list[MonthOfGrowth]:
    """Return the last twelve months, the newest first, from the flow the dinas counts too. One query."""
    flows = MemberFlow.objects.filter(cooperative=cooperative).values_list("month", "joined", "left")
    joined: Counter[date] = Counter()
    left: Counter[date] = Counter()
    for month, came, went in flows:
        joined[month] += came
        left[month] += went
    first = add_months(month_of(today), 1 - MONTHS)
    return [_month(add_months(first, n), joined, left) for n in reversed(range(MONTHS))]


def _month(month: date, joined: Mapping[date, int], left: Mapping[date, int]) -> MonthOfGrowth:
    members = sum(n for day, n in joined.items() if day <= month) - sum(n for day, n in left.items() if day <= month)
    return MonthOfGrowth(month, joined.get(month, 0), left.get(month, 0), members)

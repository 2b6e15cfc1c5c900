"""How people pay: most every month, some two or three months at once, some in parts, some ahead, some no more."""

from dataclasses import dataclass
from datetime import date
from random import Random

from finance.actions import DuesLine
from registry.periods import months_through

HABITS = ["prompt", "bundles", "parts", "ahead", "stopped", "never"]
STRONG_WEIGHTS = [86, 6, 2, 4, 1, 1]
WEAK_WEIGHTS = [22, 26, 9, 1, 24, 18]
SHOWCASE_WEIGHTS = [72, 12, 3, 5, 5, 3]


def weights_of(discipline: float) -> list[float]:
    """Return how habits are spread in a cooperative, from the weakest (0) to the most regular (1)."""
    return [weak + discipline * (strong - weak) for weak, strong in zip(WEAK_WEIGHTS, STRONG_WEIGHTS, strict=True)]


@dataclass(frozen=True)
class Rates:
    """A cooperative's dues: pokok once, wajib by the month; a members' meeting may raise wajib from a month on."""

    pokok: int
    wajib: int
    raised: int = 0
    raised_from: date | None = None

    def of(self, month: date) -> int:
        return self.raised if self.raised_from and month >= self.raised_from else self.wajib

    def through(self, first: date, month: date) -> int:
        return sum(self.of(each) for each in months_through(first, month))


@dataclass
class Saver:
    """One member as a payer; `paid` and `pokok_left` follow what the books recorded."""

    member_id: int
    first: date  # the first month owed
    habit: str
    pays_pokok: str  # "full", "parts", "not"
    pokok_left: int
    stops_after: date | None = None
    paid: int = 0
    left: bool = False

    def line(self, rates: Rates, month: date, rng: Random) -> DuesLine | None:
        """Return what this member brings to the collection of `month`, if anything."""
        if self.left or month < self.first:
            return None
        open_rupiah = rates.through(self.first, month) - self.paid
        wajib, ahead = self._wajib(open_rupiah, rates.of(month), month, rng)
        pokok = self._pokok(rates, rng)
        if wajib + pokok == 0:
            return None
        payer = rng.choice(["Suami", "Istri", "Anak", "Ketua RT"]) if rng.random() < 0.03 else ""
        return DuesLine(self.member_id, pokok=pokok, wajib=wajib, payer=payer, ahead=ahead)

    def _wajib(self, open_rupiah: int, rate: int, month: date, rng: Random) -> tuple[int, bool]:
        if open_rupiah <= 0 or self.habit == "never" or (self.stops_after and month > self.stops_after):
            return 0, False
        if self.habit == "bundles" and (open_rupiah < 2 * rate or rng.random() < 0.35):
            return 0, False
        if self.habit == "parts" and rng.random() < 0.5:
            return max(1_000, open_rupiah // 2 // 1_000 * 1_000), False
        if self.habit == "ahead" and rng.random() < 0.3:
            return open_rupiah + rate * rng.choice([2, 3, 6]), True
        return (open_rupiah if rng.random() < 0.95 else 0), False

    def _pokok(self, rates: Rates, rng: Random) -> int:
        if not self.pokok_left or self.pays_pokok == "not":
            return 0
        if self.pays_pokok == "full":
            return self.pokok_left
        part = max(1_000, rates.pokok // 4 // 1_000 * 1_000)
        return min(self.pokok_left, part) if rng.random() < 0.7 else 0

    def took(self, line: DuesLine, sign: int = 1) -> None:
        """Follow a recorded (+1) or reversed (-1) line."""
        self.paid += sign * line.wajib
        self.pokok_left -= sign * line.pokok

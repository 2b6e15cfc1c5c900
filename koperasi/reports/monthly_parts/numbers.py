"""What all parts of the monthly report count and write with: known numbers, differences, percents, checks."""

from collections.abc import Iterable
from dataclasses import dataclass

from registry.formats import NBSP, format_tenths


def add_known(numbers: Iterable[int | None]) -> int | None:
    """Sum of what is known; None if nothing is."""
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def difference(now: int | None, before: int | None) -> int | None:
    return None if now is None or before is None else now - before


def percent_text(tenths: int | None) -> str:
    """712 → "71,2 %", None → "…"."""
    return "…" if tenths is None else f"{format_tenths(tenths)}{NBSP}%"


@dataclass(frozen=True, slots=True)
class Check:
    """An equation of the report and whether it holds. A failed one forbids publishing."""

    text: str
    holds: bool

    @property
    def verdict(self) -> str:
        return "sesuai" if self.holds else "TIDAK SESUAI"

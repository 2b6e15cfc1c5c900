"""Rounds, medians, ratios, and the table they are printed in."""

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial


@dataclass
class Result:
    """One line of the table. `ok` is None when nothing was promised or nothing could be measured."""

    name: str
    ours: str
    floor: str = ""
    ratio: str = ""
    target: str = ""
    ok: bool | None = None
    details: dict = field(default_factory=dict)

    def as_row(self) -> dict:
        return asdict(self)


def seconds(act: Callable[[], object]) -> float:
    """Return how long `act()` took."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def interleaved(
    rounds: int, ours: Callable[[int], object], floor: Callable[[int], object]
) -> tuple[list[float], list[float]]:
    """Time `ours(round)` and `floor(round)` in turn, who goes first changing every round."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        for which in (0, 1) if number % 2 else (1, 0):
            times[which].append(seconds(partial((ours, floor)[which], number)))
    return times


def median_ms(times: list[float]) -> float:
    return statistics.median(times) * 1000


def p95_ms(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95) - 1 if len(times) > 1 else 0] * 1000


def ms(value: float) -> str:
    return f"{value:.2f} ms" if value < 10 else f"{value:.0f} ms"


def skipped(name: str, why: str) -> Result:
    return Result(name, f"skipped: {why}")


def at_most(name: str, ours: float, limit: float, *, unit: str = "ms", **details) -> Result:
    """Judge one number against an upper limit."""
    text = ms(ours) if unit == "ms" else f"{ours:.0f} {unit}"
    return Result(name, text, target=f"<= {limit:g} {unit}", ok=ours <= limit, details={"value": ours} | details)


def table(results: list[Result]) -> str:
    """Return the results as an aligned table."""
    rows = [("", "ours", "floor", "ratio", "target", "")]
    rows += [(r.name, r.ours, r.floor, r.ratio, r.target, {True: "ok", False: "MISS", None: ""}[r.ok]) for r in results]
    widths = [max(len(row[i]) for row in rows) for i in range(6)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )

"""The rows per kecamatan: the Rekapitulasi, dues and arrears."""

from collections import Counter
from collections.abc import Iterable, Sequence

from koperasi.reports.figures import Line, total
from koperasi.reports.monthly import (
    DistrictRow,
    DuesRow,
    add_known,
)
from registry.reports.status import ACTIVE, INACTIVE, UNDETERMINED

from .count import Count


def district(count: Count, code: str, lines: Sequence[Line]) -> DistrictRow:
    board, ids = count.board, [line.pk for line in lines]
    counts = Counter(board.statuses[pk] for pk in ids)
    heads = [board.heads[pk] for pk in ids if pk in board.heads]
    return DistrictRow(
        code,
        lines[0].district_name,
        len(lines),
        counts[ACTIVE],
        counts[INACTIVE],
        counts[UNDETERMINED],
        sum(h.all for h in heads) if heads else None,
        sum(h.men for h in heads) if heads else None,
        sum(h.women for h in heads) if heads else None,
        total(board.pairs("rat"), ids).part,
        *([_told(count, pk_kind, ids) for pk_kind in ("managers", "employees")] if count.complete else (None, None)),
        *(_money(count, name, ids) for name in ("own_capital", "outside_capital", "assets", "turnover", "shu")),
    )


def _told(count: Count, figure: str, ids: Iterable[int]) -> int | None:
    told = count.board.told
    return add_known(told[pk][figure].value if figure in told.get(pk, {}) else None for pk in ids)


def _money(count: Count, name: str, ids: Iterable[int]) -> int | None:
    """From the books where there are any, else as reported."""
    reported_as = {"outside_capital": "external_capital", "turnover": "volume"}.get(name, name)
    told = count.board.told if count.complete else {}
    found = []
    for pk in ids:
        if pk in count.books:
            found.append(getattr(count.books[pk], name))
        elif reported_as in told.get(pk, {}):
            found.append(told[pk][reported_as].value)
    return add_known(found)


def dues_row(count: Count, code: str, lines: Sequence[Line]) -> DuesRow:
    found = total(count.board.dues, [line.pk for line in lines])
    ages = [count.arrears[line.pk] for line in lines if line.pk in count.arrears]
    late = (None, None, None)
    if ages:
        late = (sum(a.up_to_3 for a in ages), sum(a.up_to_6 for a in ages), sum(a.older for a in ages))
    known = (found.whole, found.part) if found.known else (None, None)
    return DuesRow(code, lines[0].district_name, len(lines), found.known, *known, *late)

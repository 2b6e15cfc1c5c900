"""The cleaned lines of a whole list, column by column as text: what one statement can take in, judge and stage."""

import pickle
from collections.abc import Container, Iterator, Sequence
from datetime import date

from registry.sheets.resource import CleanBatch

SEPARATOR = "\x1f"  # a control sign: cleaning leaves none in a value


class Lines:
    """Collects batches of cleaned lines. `errors`: line number -> sentences.

    The cells as they stood are packed away: which lines are bad is known only when all have been judged beside each
    other, and reading the file a second time takes longer.
    """

    def __init__(self) -> None:
        self._parts: dict[str, list[str]] = {"line": []}
        self._packed: list[tuple[list[int], bytes]] = []
        self.errors: dict[int, list[str]] = {}

    def add(self, clean: CleanBatch) -> None:
        """Take a batch whole: columns, errors and cells."""
        self._parts["line"].append(joined(clean.numbers))
        for key, values in clean.columns.items():
            self._parts.setdefault(key, []).append(joined(values))
        self.keep_cells(clean)

    def keep_cells(self, clean: CleanBatch) -> None:
        self.errors |= clean.errors
        self._packed.append((clean.numbers, pickle.dumps(clean.cells, pickle.HIGHEST_PROTOCOL)))

    def take_columns(self) -> dict[str, str]:
        """Key -> its values with `SEPARATOR` between them, "" where there is none; "line" holds the numbers. Only once."""
        parts, self._parts = self._parts, {}
        return {key: SEPARATOR.join(parts.pop(key)) for key in list(parts)}

    def cells(self, wanted: Container[int]) -> Iterator[tuple[int, list]]:
        """Number and cells of these lines, as they stood in the file."""
        for numbers, packed in self._packed:
            if any(number in wanted for number in numbers):
                for number, cells in zip(numbers, pickle.loads(packed), strict=True):  # noqa: S301  (our own, from memory)
                    if number in wanted:
                        yield number, cells


def joined(values: Sequence) -> str:
    """One column as text: dates as 2026-11-21, nothing for None."""
    text = SEPARATOR.join([value if type(value) is str else _text(value) for value in values])
    assert text.count(SEPARATOR) == max(0, len(values) - 1), "a cleaned value holds a control sign"
    return text


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)

"""The data lines of a list, kept as they are read: values are taken column by column, not line by line."""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class DataRow:
    """One line of the list: its number, its `cells` as they stood in the file, and where its values are.

    indexes: (position, key) of the file's columns, the same for every line. groups: values from the group
    lines above, by key, used where the line's own cell is empty.
    """

    number: int
    cells: list
    indexes: Sequence[tuple[int, str]]
    groups: Map[str, str]

    @property
    def values(self) -> dict:
        """The cells by column key; columns the line is too short for are absent."""
        width = len(self.cells)
        values = {key: self.cells[index] for index, key in self.indexes if index < width}
        for key, value in self.groups.items():
            if values.get(key) is None:
                values[key] = value
        return values


def values_of(rows: Sequence[DataRow], key: str) -> list:
    """One column of many lines, None where there is nothing."""
    index = next((index for index, one in rows[0].indexes if one == key), None) if rows else None
    if index is None:
        return [row.groups.get(key) for row in rows]
    values = [row.cells[index] if index < len(row.cells) else None for row in rows]
    if rows[-1].groups:  # a list with groups keeps them to its end
        return [row.groups.get(key) if value is None else value for value, row in zip(values, rows, strict=True)]
    return values

"""Why money was not recorded. Each carries the sentence the person reads, in Indonesian; nothing was stored."""

from collections.abc import Sequence
from datetime import datetime


class Refused(Exception):
    """The money was not recorded; nothing changed. `sentence` says why, in Indonesian."""

    def __init__(self, sentence: str, *, member_ids: Sequence[int] = ()) -> None:
        self.sentence = sentence
        self.member_ids = list(member_ids)
        super().__init__(sentence)


class ReusedKey(Refused):
    """The same form key came with other content."""


class ClosedMonth(Refused):
    """The month of the payment date is closed, or lies before the books."""


class TooMuch(Refused):
    """More than can be owed: beyond the pokok, or too many months ahead."""


class AlreadyRecorded(Refused):
    """Somebody recorded these members' month a moment ago; their months may be kept as an advance.

    `by` maps member id → (name of the recorder, moment).
    """

    def __init__(self, by: dict[int, tuple[str, datetime]]) -> None:
        self.by = by
        super().__init__("Sebagian anggota sudah dicatat petugas lain.", member_ids=list(by))


class CashDifference(Refused):
    """The counted cash differs from the recorded sum and no reason was given."""

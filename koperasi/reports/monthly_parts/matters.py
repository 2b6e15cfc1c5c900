"""Training, buildings, blockers, decisions, freshness, corrections, and the annex of every cooperative."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from registry.formats import format_number, percent_tenths
from registry.sentences import reporting_sentence

from .numbers import add_known


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """Holders of one post: how many trained, of how many; `before`: trained a month ago."""

    post: str
    trained: int
    total: int
    before: int | None = None

    @property
    def untrained(self) -> int:
        return self.total - self.trained

    @property
    def before_tenths(self) -> int | None:
        return None if self.before is None else percent_tenths(self.before, self.total)


@dataclass(frozen=True, slots=True)
class BuildingRow:
    """Cooperatives by building. `kind` own, borrowed, none or unknown groups the labels into figure six."""

    label: str
    kind: Literal["own", "borrowed", "none", "unknown"]
    count: int


@dataclass(frozen=True, slots=True)
class BlockerGroup:
    """One matter that waits for somebody else: which cooperatives, who must act, how, by when, how long
    already.
    """

    title: str
    cooperatives: tuple[str, ...]
    agency: str
    action: str
    deadline: date | None
    oldest_days: int

    @property
    def count(self) -> int:
        return len(self.cooperatives)

    def names(self, most: int = 6) -> str:
        """The cooperatives, at most `most` by name, then how many more (all are in the annex and the
        workbook).
        """
        if self.count <= most:
            return ", ".join(self.cooperatives)
        return f"{', '.join(self.cooperatives[:most])}, dan {format_number(self.count - most)} lainnya"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision asked. `text` is the whole sentence; it begins with `lead`, which is printed bold."""

    text: str
    lead: str = ""

    @property
    def rest(self) -> str:
        return self.text.removeprefix(self.lead)


@dataclass(frozen=True, slots=True)
class AgeBucket:
    """How many cooperatives have data of this age: "bulan ini", 61."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class SilentDistrict:
    """Cooperatives of a district that did not report: their names, in the order of the annex."""

    district: str
    cooperatives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Freshness:
    """Who reported for the month, how old the data of the others is, and which cooperatives are silent."""

    reported: int
    total: int
    ages: tuple[AgeBucket, ...]
    silent: tuple[SilentDistrict, ...] = ()

    @property
    def sentence(self) -> str:
        names = [name for row in self.silent for name in row.cooperatives]
        missing = {row.district: len(row.cooperatives) for row in self.silent}
        return reporting_sentence(self.reported, self.total, missing, names[0] if len(names) == 1 else "")


@dataclass(frozen=True, slots=True)
class Correction:
    """A ralat: what an earlier revision said, what is right, why."""

    what: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """One cooperative. `number` is the same on map, list and annex; texts are short labels."""

    number: int
    name: str
    village: str
    status: str
    building: str
    rat: str
    data: str
    members: int | None = None
    due: int | None = None
    paid: int | None = None
    trained: int = 0
    posts: int = 0

    @property
    def printed_name(self) -> str:
        """The name; with the village behind it unless the name already says it."""
        return self.name if self.village in self.name else f"{self.name}, {self.village}"

    @property
    def paid_tenths(self) -> int | None:
        return percent_tenths(self.paid, self.due) if self.due and self.paid is not None else None


@dataclass(frozen=True, slots=True)
class AnnexGroup:
    """The cooperatives of one kecamatan, with their sums. Paid percent: only of those who reported both."""

    code: str
    name: str
    rows: tuple[AnnexRow, ...]

    @property
    def members(self) -> int | None:
        return add_known(row.members for row in self.rows)

    @property
    def due(self) -> int | None:
        return add_known(row.due for row in self.rows if row.paid is not None)

    @property
    def paid(self) -> int | None:
        return add_known(row.paid for row in self.rows if row.due is not None)

    @property
    def paid_tenths(self) -> int | None:
        return percent_tenths(self.paid, self.due) if self.due and self.paid is not None else None

    @property
    def trained(self) -> int:
        return sum(row.trained for row in self.rows)

    @property
    def posts(self) -> int:
        return sum(row.posts for row in self.rows)

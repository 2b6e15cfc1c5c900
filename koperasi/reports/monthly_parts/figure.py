"""A figure of page one: its value, where it comes from, what it was before."""

from dataclasses import dataclass
from typing import Literal

from registry.formats import format_number, format_rupiah, format_tenths, percent_tenths
from registry.sentences import change_words

from .numbers import difference, percent_text


@dataclass(frozen=True, slots=True)
class SourceMix:
    """For how many cooperatives a figure comes from where; together they are all that are counted."""

    ledger: int = 0
    cooperative: int = 0
    ods: int = 0
    dinas: int = 0
    missing: int = 0

    @property
    def total(self) -> int:
        return self.known + self.missing

    @property
    def known(self) -> int:
        return self.ledger + self.cooperative + self.ods + self.dinas

    @property
    def words(self) -> str:
        """ "31 dari 888 dari pembukuan, 402 laporan, 455 belum": only sources that occur are named."""
        parts = [f"{format_number(self.ledger)} dari {format_number(self.total)} dari pembukuan"] if self.ledger else []
        named = (
            (self.cooperative, "laporan"),
            (self.ods, "ODS"),
            (self.dinas, "catatan dinas"),
            (self.missing, "belum"),
        )
        for number, word in named:
            if number:
                parts.append(
                    f"{format_number(number)} {word}"
                    if parts
                    else f"{format_number(number)} dari {format_number(self.total)} {word}"
                )
        return ", ".join(parts) or "belum ada koperasi"


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a figure: "perempuan", 7572."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Before:
    """The same figure a month earlier; `reporters` if the number of reporting cooperatives differed."""

    part: int
    whole: int | None = None
    reporters: int | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the six.

    `part` of `whole`; kind "count" prints the part large, "percent" the percent. `unit` names what is counted
    ("koperasi", "orang", "jabatan", "rupiah"). `whole` None: a plain count, its base is the reporting
    cooperatives. `series`: the last seven months, oldest first, this one last; percents in tenths.
    `definition` names the rule and its source. `changed`: why the month before cannot be compared.
    `up_is_good` False: a rise is warned of.
    """

    key: str
    name: str
    kind: Literal["count", "percent"]
    part: int | None
    whole: int | None
    unit: str
    definition: str
    source: SourceMix
    series: tuple[int | None, ...]
    before: Before | None = None
    breakdown: tuple[Share, ...] = ()
    changed: Literal["", "definition", "total"] = ""
    up_is_good: bool = True

    @property
    def value(self) -> int | None:
        """The large number: a count, or tenths of a percent."""
        return self._value_of(self.part, self.whole)

    def _value_of(self, part: int | None, whole: int | None) -> int | None:
        if self.kind == "count" or part is None:
            return part
        return percent_tenths(part, whole or 0)

    @property
    def value_text(self) -> str:
        if self.value is None:
            return "…"
        return percent_text(self.value) if self.kind == "percent" else format_number(self.value)

    @property
    def base_text(self) -> str:
        """What stands under the large number: its denominator."""
        if self.value is None:
            return "belum ada data"
        if self.whole is None:
            return f"{self.unit} di {format_number(self.source.known)} koperasi"
        if self.unit == "rupiah":
            return f"dari {format_rupiah(self.whole)}"
        if self.kind == "percent":
            return f"{format_number(self.part or 0)} dari {format_number(self.whole)} {self.unit}"
        return f"dari {format_number(self.whole)} {self.unit}"

    @property
    def breakdown_text(self) -> str:
        if not self.breakdown:
            return ""
        written = format_rupiah if self.unit == "rupiah" else format_number
        text = ", ".join(f"{share.label} {written(share.count)}" for share in self.breakdown)
        return f"{text[0].upper()}{text[1:]}."

    @property
    def change(self) -> int | None:
        """Against the month before, in units or tenths of a point; None if there is nothing to compare
        with.
        """
        if self.before is None or self.changed:
            return None
        return difference(self.value, self._value_of(self.before.part, self.before.whole))

    @property
    def direction(self) -> Literal["up", "down", "same", "none"]:
        if self.change is None:
            return "none"
        return "same" if self.change == 0 else "up" if self.change > 0 else "down"

    @property
    def worse(self) -> bool:
        return self.change is not None and self.change != 0 and (self.change > 0) != self.up_is_good

    @property
    def change_text(self) -> str:
        if self.changed:
            return "tidak dibandingkan"
        if self.change is None:
            return "belum ada pembanding"
        if self.kind == "percent":
            size = format_tenths(abs(self.change)).replace(",0", "")
            return "tetap" if self.change == 0 else f"{'naik' if self.change > 0 else 'turun'} {size} poin"
        return change_words(self.change, self.unit)

    @property
    def before_text(self) -> str:
        """ "sebelumnya 69,8 %, 57 koperasi melapor" or why there is no comparison."""
        if self.changed:
            reason = "definisi" if self.changed == "definition" else "jumlah koperasi"
            return f"{reason} berubah"
        if self.before is None:
            return ""
        value = self._value_of(self.before.part, self.before.whole)
        text = (
            "belum ada data"
            if value is None
            else percent_text(value)
            if self.kind == "percent"
            else format_number(value)
        )
        reporters = self.before.reporters
        moved = reporters is not None and reporters != self.source.known
        return f"sebelumnya {text}" + (f", {format_number(reporters or 0)} koperasi melapor" if moved else "")

    @property
    def series_title(self) -> str:
        """The line in words, for those who hear the page."""
        words = [
            ("belum ada data" if v is None else percent_text(v) if self.kind == "percent" else format_number(v))
            for v in self.series
        ]
        return f"{self.name}, tujuh bulan: {', '.join(words)}"

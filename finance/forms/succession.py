"""What is typed at a hand-over: to whom, the cash on the table, why it differs, why somebody is not there."""

from dataclasses import dataclass, field

from django.http import QueryDict

from finance.forms.dues import LARGEST_COUNT, NOTES
from registry.formats import Unreadable, parse_rupiah
from registry.models import Grant
from registry.numbers import TooLong, clean_line


@dataclass
class SuccessionForm:
    """The form as it came in. `outgoing` and `incoming` are the treasurers one may choose from; all typed is kept."""

    data: QueryDict
    outgoing: list[Grant]
    incoming: list[Grant]
    absent: bool
    errors: list[str] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)
    sent: bool = True

    def __post_init__(self) -> None:
        self.to = self._chosen("kepada", self.incoming)
        self.of = self._chosen("dari", self.outgoing)
        for name, key in [*((f"lembar-{note}", str(note)) for note in NOTES), ("koin", "coins")]:
            self.notes[key] = self._count(name, 1_000 if key == "coins" else 1)
        self.reason = self._line("sebab", "Sebab selisih")
        self.absence = self._line("alasan", "Sebab tidak hadir") if self.absent else ""
        if not self.sent:
            self.errors = []
        elif self.to is None:
            self.errors.append("Pilih siapa yang menerima.")
        elif self.of is None:
            self.errors.append("Pilih bendahara yang digantikan.")

    def _chosen(self, name: str, choices: list[Grant]) -> Grant | None:
        """The one picked; the only one there is, before anything was picked."""
        typed = self.data.get(name, "")
        if not self.sent or len(choices) == 1:
            return choices[0] if len(choices) == 1 else None
        return next((one for one in choices if str(one.pk) == typed), None)

    def _count(self, name: str, scale: int) -> int:
        typed = self.data.get(name, "").strip() or "0"
        try:
            count = parse_rupiah(typed)
        except Unreadable:
            count = -1
        if 0 <= count <= LARGEST_COUNT * scale:
            return count
        self.errors.append(f"Hitungan uang tidak terbaca: {clean_line(typed)[:20]}. Tulis jumlah lembar dengan angka.")
        return 0

    def _line(self, name: str, label: str) -> str:
        try:
            return clean_line(self.data.get(name, ""), 200)
        except TooLong as error:
            self.errors.append(f"{label}: {error.sentence}")
            return clean_line(self.data.get(name, ""))

    @property
    def counted(self) -> int:
        return sum(count if note == "coins" else int(note) * count for note, count in self.notes.items())

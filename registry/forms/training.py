"""What the dinas types about bimtek: budget lines, sessions, whom to invite, scores, what is asked of coverage."""

from collections.abc import Sequence
from datetime import date, timedelta

from django import forms

from registry.formats import format_rupiah
from registry.forms.confirming import ConfirmsWarnings
from registry.forms.fields import ChoiceField, CountField, DateField, LineField, RupiahField
from registry.models import BudgetLine, Officer, Place, Position, Programme, TrainingSession
from registry.reports.coverage import Asked, source_names
from registry.reports.training import POSTS, spent_on
from registry.training import rule, topics

FIRST_YEAR = 2015
MOST_PEOPLE = 2_000
Status = BudgetLine.Status


class BudgetForm(forms.Form):
    source = ChoiceField(label="Sumber dana", choices=[("", "Pilih sumber"), *BudgetLine.Source.choices])
    year = CountField(label="Tahun anggaran", least=FIRST_YEAR)
    name = LineField(label="Nama kegiatan", max_length=160)
    ceiling_rupiah = RupiahField(label="Pagu (Rp)", least=1)

    def __init__(self, *args, today: date, taken: Sequence[BudgetLine] = (), **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.taken = {(one.year, one.source, one.name.casefold()) for one in taken}
        self.fields["year"].most = today.year + 2
        self.fields["year"].prepare_value = lambda value: value  # a year is written without a dot

    def clean(self) -> dict:
        found = super().clean()
        if (found.get("year"), found.get("source"), found.get("name", "").casefold()) in self.taken:
            self.add_error("name", "Kegiatan dengan nama, sumber, dan tahun ini sudah tercatat.")
        return found


class ApprovalForm(forms.Form):
    """The 'ketok palu' of a budget line, or what became of it later. `opened`: sessions were opened on it."""

    status = ChoiceField(label="Keadaan", choices=Status.choices, widget=forms.RadioSelect)
    approved_on = DateField(label="Tanggal ketok palu", required=False)
    document = LineField(
        label="Nomor dokumen", max_length=80, required=False, help_text="Nomor DPA, DPPA, atau surat penetapannya."
    )

    def __init__(self, *args, today: date, opened: bool, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.opened = opened
        self.fields["approved_on"].not_after = today

    def clean(self) -> dict:
        found = super().clean()
        waits = found.get("status") in (Status.PLANNED, Status.CANCELLED)
        if waits and self.opened:
            self.add_error("status", "Sesi sudah dibuka dengan anggaran ini. Keadaannya tidak dapat mundur.")
        if waits or self.errors:
            return found | {"approved_on": None if waits else found.get("approved_on")}
        if not found.get("approved_on"):
            self.add_error("approved_on", "Tulis tanggal anggaran ini disahkan.")
        if not found.get("document"):
            self.add_error("document", "Tulis nomor dokumen yang mengesahkannya.")
        return found


class SessionForm(ConfirmsWarnings, forms.Form):
    topic = ChoiceField(label="Topik")
    planned_on = DateField(label="Tanggal")
    place = LineField(label="Tempat", max_length=160)
    capacity = CountField(label="Kapasitas (orang)", least=1, most=MOST_PEOPLE)
    budget = ChoiceField(label="Anggaran", required=False)
    cost_rupiah = RupiahField(label="Biaya sesi (Rp)", required=False)
    title = LineField(label="Judul", max_length=160, required=False, help_text="Kosong: nama topiknya.")
    until = DateField(label="Sampai tanggal", required=False, help_text="Isi bila lebih dari sehari.")
    speakers = LineField(label="Narasumber", max_length=240, required=False)

    def __init__(
        self, *args, today: date, lines: Sequence[BudgetLine], session: TrainingSession | None = None, **kwargs
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.session = today, session
        self.lines = {str(line.pk): line for line in lines}
        self.fields["topic"].choices = [("", "Pilih topik"), *((one.code, one.name) for one in topics().values())]
        shown = [
            (key, f"{line} ({line.get_status_display().lower()})")
            for key, line in self.lines.items()
            if line.status != Status.CANCELLED
        ]
        self.fields["budget"].choices = [("", "Belum ada anggaran"), *shown]
        for name in ("planned_on", "until"):
            self.fields[name].not_before = date(FIRST_YEAR, 1, 1)
            self.fields[name].not_after = today + timedelta(days=3 * 365)

    def clean(self) -> dict:
        found = super().clean()
        first, last = found.get("planned_on"), found.get("until")
        if first and last and last < first:
            self.add_error("until", "Hari terakhir lebih awal daripada hari pertama.")
        if first and last and (last - first).days > 30:
            self.add_error("until", "Satu sesi paling lama 30 hari.")
        line = self.lines.get(found.get("budget") or "")
        opened = bool(self.session and self.session.state in rule("needs_approval"))
        if opened and not (line and line.pays):
            self.add_error("budget", "Sesi ini sudah dibuka, jadi anggarannya harus yang sudah ketok palu.")
        if line and self._over(line) and rule("over_ceiling_open") == "refuse" and opened:
            self.add_error("cost_rupiah", self._over(line))
        return found

    def find_warnings(self) -> list[tuple[str, str]]:
        typed, warnings = self.cleaned_data, []
        line = self.lines.get(typed.get("budget") or "")
        if line and (sentence := self._over(line)):
            warnings.append(("cost_rupiah", sentence))
        if line and line.year != typed["planned_on"].year:
            warnings.append(("budget", f"Anggaran ini untuk tahun {line.year}."))
        if typed["planned_on"] < self.today and not self.session:
            warnings.append(("planned_on", "Tanggal ini sudah lewat."))
        return warnings

    def _over(self, line: BudgetLine) -> str:
        """A sentence when all sessions of the line cost more than its ceiling."""
        total = spent_on(line, self.session.pk if self.session else None) + (self.cleaned_data.get("cost_rupiah") or 0)
        if total <= line.ceiling_rupiah:
            return ""
        return f"Biaya semua sesi {format_rupiah(total)}, melebihi pagu {format_rupiah(line.ceiling_rupiah)}."

    @property
    def values(self) -> dict:
        typed = self.cleaned_data
        topic = topics()[typed["topic"]]
        names = ("topic", "planned_on", "until", "place", "capacity", "speakers")
        return {name: typed[name] for name in names} | {
            "title": typed["title"] or topic.name, "hours": topic.hours, "cost_rupiah": typed["cost_rupiah"] or 0,
            "budget": self.lines.get(typed["budget"] or ""),
        }  # fmt: skip


# --- Questions asked by address -----------------------------------------------------------------------


class _Filter(forms.Form):
    def __init__(self, data, *, districts: Sequence[Place], **kwargs) -> None:
        super().__init__(data, **kwargs)
        self.fields["kecamatan"].choices = [("", "Semua kecamatan"), *((one.code, one.name) for one in districts)]
        for bound in self.fields.values():
            bound.widget.attrs["class"] = "in"
            if isinstance(bound.widget, forms.Select):
                bound.widget.attrs["data-auto"] = ""


def _search(words: str) -> LineField:
    return LineField(
        label="Cari",
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": words}),
    )


POST_CHOICES = [(post, Position(post).label) for post in POSTS]


class InviteForm(_Filter):
    """Whom to invite; without a post those the topic is meant for."""

    cari = _search("Nama atau koperasi")
    jabatan = ChoiceField(
        label="Jabatan", required=False, choices=[("", "Sasaran topik"), ("semua", "Semua jabatan"), *POST_CHOICES]
    )
    kecamatan = ChoiceField(label="Kecamatan", required=False)
    pernah = ChoiceField(
        label="Riwayat",
        required=False,
        choices=[("", "Belum pernah ikut bimtek"), ("topik", "Belum pernah ikut topik ini"), ("semua", "Semua")],
    )

    def posts(self, topic: str) -> Sequence[str]:
        asked = self.cleaned_data["jabatan"]
        if asked == "semua":
            return POSTS
        return [asked] if asked else topics()[topic].posts


class CoverageForm(_Filter):
    """What is asked of coverage."""

    jabatan = ChoiceField(label="Jabatan", required=False, choices=[("", "Semua jabatan"), *POST_CHOICES])
    kecamatan = ChoiceField(label="Kecamatan", required=False)
    topik = ChoiceField(label="Topik", required=False)
    sumber = ChoiceField(label="Sumber dana", required=False)
    tahun = ChoiceField(label="Tahun", required=False)
    program = ChoiceField(label="Program", required=False)
    tampil = ChoiceField(
        label="Daftar",
        required=False,
        choices=[("", "Belum terlatih"), ("sudah", "Sudah terlatih")],
        widget=forms.HiddenInput,
    )

    def __init__(self, data, *, programmes: Sequence[Programme], years: Sequence[int], **kwargs) -> None:
        super().__init__(data, **kwargs)
        every = [(one.code, one.name) for one in topics().values()]
        self.fields["topik"].choices = [("", "Semua topik"), *every, ("lain", "Topik lain")]
        self.fields["sumber"].choices = [("", "Semua sumber dana"), *source_names().items()]
        self.fields["tahun"].choices = [("", "Semua tahun"), *((str(year), str(year)) for year in years)]
        self.fields["program"].choices = [("", "Semua program"), *((one.code, one.short_name) for one in programmes)]

    @property
    def asked(self) -> Asked:
        typed = self.cleaned_data
        year = int(typed["tahun"]) if typed["tahun"] else None
        return Asked(
            typed["jabatan"], typed["kecamatan"], typed["topik"], typed["sumber"], date(year, 1, 1) if year else None,
            date(year, 12, 31) if year else None, typed["program"],
        )  # fmt: skip

    @property
    def words(self) -> list[tuple[str, str]]:
        """The filters set, as label and value: they stand on paper and in files."""
        return [
            (self.fields[name].label, str(dict(self.fields[name].choices)[value]))
            for name, value in self.cleaned_data.items()
            if value and name != "tampil"
        ]


# --- At the door, and after ----------------------------------------------------------------------------


class ScoreField(CountField):
    def __init__(self, label: str) -> None:
        super().__init__(label=label, most=100, required=False)
        self.widget.attrs |= {"class": "in", "size": "4"}


class ScoresForm(forms.Form):
    """The grid of scores: two numbers of 0 to 100 for each participant."""

    def __init__(self, *args, people: Sequence, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.people = list(people)
        for one in self.people:
            for part, label, value in (
                ("awal", "Nilai awal", one.row.pre_score),
                ("akhir", "Nilai akhir", one.row.post_score),
            ):
                name = f"{part}_{one.row.pk}"
                self.fields[name] = ScoreField(f"{label} {one.officer.name}")
                self.initial[name] = value

    @property
    def rows(self) -> list[dict]:
        return [
            {"person": one, "pre": self[f"awal_{one.row.pk}"], "post": self[f"akhir_{one.row.pk}"]}
            for one in self.people
        ]

    @property
    def scores(self) -> dict[int, tuple[int | None, int | None]]:
        typed = self.cleaned_data
        return {one.row.pk: (typed[f"awal_{one.row.pk}"], typed[f"akhir_{one.row.pk}"]) for one in self.people}


class WalkInForm(forms.Form):
    """Somebody who came without an invitation, among those found by name."""

    officer = ChoiceField(label="Peserta tanpa undangan")

    def __init__(self, *args, found: Sequence[Officer], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.found = {str(one.pk): one for one in found}
        self.fields["officer"].choices = [(key, str(one)) for key, one in self.found.items()]

    def clean_officer(self) -> Officer:
        return self.found[self.cleaned_data["officer"]]


class WithdrawForm(forms.Form):
    reason = LineField(label="Mengapa ditarik", max_length=160)

"""Choosing what of two entries of one person is kept: the number, and each field in which they differ."""

from datetime import date

from django import forms

from members.actions.merging import CHOSEN
from members.models import Member
from registry.formats import format_date
from registry.forms.fields import ChoiceField
from registry.numbers import format_phone

AGAIN = dict.fromkeys(("required", "invalid"), "Buka ulang halaman ini.")
LABELS = {
    "name": "Nama lengkap", "national_id": "NIK", "sex": "Jenis kelamin", "birth_date": "Tanggal lahir",
    "birth_place": "Tempat lahir", "address": "Alamat", "rt_rw": "RT/RW", "phone": "Nomor HP", "occupation": "Pekerjaan",
    "kind": "Jenis anggota", "joined_on": "Tanggal masuk",
}  # fmt: skip


class MergeForm(forms.Form):
    """`one` and `other` are the entries, `masked` their masked NIKs ("" without one)."""

    version_one = forms.IntegerField(widget=forms.HiddenInput, error_messages=AGAIN)
    version_other = forms.IntegerField(widget=forms.HiddenInput, error_messages=AGAIN)

    def __init__(self, *args, one: Member, other: Member, masked: tuple[str, str], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.one, self.other, self.masked = one, other, masked
        self.initial = {**self.initial, "version_one": one.version, "version_other": other.version}
        self.fields["number"] = ChoiceField(
            label="Nomor yang dipakai",
            choices=[(str(member.number), f"{member.number_text}{_left(member)}") for member in (one, other)],
            widget=forms.RadioSelect,
            initial=str(self._first_choice().number),
            help_text="Nomor yang lain tidak dipakai lagi selama digabung. Kuitansinya tetap berlaku.",
        )
        for name in LABELS:
            if self._differs(name):
                self.fields[name] = ChoiceField(
                    label=LABELS[name], choices=self._choices(name), widget=forms.RadioSelect, initial=self._best(name)
                )

    @property
    def common(self) -> list[tuple[str, str]]:
        """What both say, or only one of them: kept without asking."""
        pairs = ((name, self._shown(name, self.one) or self._shown(name, self.other)) for name in LABELS)
        return [(LABELS[name], shown) for name, shown in pairs if shown and name not in self.fields]

    def survivor_and_merged(self) -> tuple[Member, Member]:
        keeps_one = self.cleaned_data["number"] == str(self.one.number)
        return (self.one, self.other) if keeps_one else (self.other, self.one)

    def versions(self) -> tuple[int, int]:
        """The versions the person saw, of survivor and merged."""
        one, other = self.cleaned_data["version_one"], self.cleaned_data["version_other"]
        return (one, other) if self.survivor_and_merged()[0] is self.one else (other, one)

    def taken(self) -> frozenset[str]:
        """The fields whose value comes from the entry that is merged."""
        survivor, merged = self.survivor_and_merged()
        mark = "other" if merged is self.other else "one"
        chosen = {name for name in LABELS if name in self.fields and self.cleaned_data[name] == mark}
        only = {
            name
            for name in (*CHOSEN, "national_id")
            if name not in self.fields and self._shown(name, merged) and not self._shown(name, survivor)
        }
        return frozenset(chosen | only)

    def _first_choice(self) -> Member:
        """Who is still a member; of two, the older entry."""
        return min(self.one, self.other, key=lambda member: (not member.is_current, member.joined_on, member.number))

    def _differs(self, name: str) -> bool:
        one, other = self._shown(name, self.one), self._shown(name, self.other)
        return bool(one and other and one != other)

    def _choices(self, name: str) -> list[tuple[str, str]]:
        return [("one", self._shown(name, self.one)), ("other", self._shown(name, self.other))]

    def _best(self, name: str) -> str:
        """Proposed: the earlier day of joining, the longer name, and else what the proposed number says."""
        if name == "joined_on":
            return "one" if self.one.joined_on <= self.other.joined_on else "other"
        if name == "name" and len(self.one.name) != len(self.other.name):
            return "one" if len(self.one.name) > len(self.other.name) else "other"
        return "one" if self._first_choice() is self.one else "other"

    def _shown(self, name: str, member: Member) -> str:
        if name == "national_id":
            return self.masked[0] if member is self.one else self.masked[1]
        value = getattr(member, name)
        if isinstance(value, date):
            return format_date(value)
        if name == "phone":
            return format_phone(value)
        words = getattr(member, f"get_{name}_display", None)
        return str(words() if words else value or "")


def _left(member: Member) -> str:
    return "" if member.is_current else ", sudah berhenti"

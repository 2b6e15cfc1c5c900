"""What the dinas types about a decision that ends a cooperative or brings it back."""

from collections.abc import Sequence
from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from registry.formats import format_date
from registry.forms.choosing import DataListInput
from registry.forms.confirming import ConfirmsWarnings
from registry.forms.fields import ChoiceField, DateField, DocumentField, LineField
from registry.lifecycle import Kind, deadlines, refusal
from registry.models import Cooperative
from registry.reports.lifecycle import Life


class CooperativeField(LineField):
    """A cooperative by its name, with the kecamatan where two have the same. Value: a `Cooperative`."""

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("widget", DataListInput())
        super().__init__(max_length=220, **kwargs)

    def use(self, offered: Sequence[Cooperative]) -> None:
        self.by_words: dict[str, Cooperative | None] = {self.words(one).casefold(): one for one in offered}
        for one in offered:  # the name alone is enough where it is the only one; None: it is not
            name = one.name.casefold()
            self.by_words[name] = None if name in self.by_words else one
        self.widget.options = [self.words(one) for one in offered]

    def words(self, one: Cooperative) -> str:
        return f"{one.name} ({one.district.name})"

    def clean(self, value) -> Cooperative | None:
        text = super().clean(value)
        if not text:
            return None
        found = self.by_words.get(text.casefold())
        if found is None and text.casefold() in self.by_words:
            raise ValidationError("Ada beberapa koperasi bernama ini. Pilih dari daftar, dengan kecamatannya.")
        if found is None:
            raise ValidationError("Tidak ada koperasi berbadan hukum dengan nama itu di dinas ini.")
        return found


class DecisionForm(ConfirmsWarnings, forms.Form):
    """One decision of the kind given; what cannot be is refused at its field, what is unusual is asked once."""

    into = CooperativeField(label="Bergabung ke koperasi", help_text="Ketik beberapa huruf, lalu pilih.")
    decided_on = DateField(label="Tanggal")
    decided_by = ChoiceField(label="Diputuskan oleh", widget=forms.RadioSelect)
    letter = LineField(label="Nomor surat", max_length=80)
    document = DocumentField(label="Berkas surat (PDF atau foto)", help_text="Boleh menyusul.")
    note = LineField(label="Catatan", max_length=240, required=False)

    def __init__(self, *args, kind: Kind, life: Life, offered: Sequence[Cooperative], today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.life, self.today = kind, life, today
        self.fields["decided_on"].label = kind.date
        self.fields["decided_on"].not_after = today
        self.fields["decided_on"].help_text = kind.hint
        words = {"meeting": "Rapat anggota", "government": "Pemerintah"}
        self.fields["decided_by"].choices = [(code, words[code]) for code in kind.by if code in words]
        if len(kind.by) == 1:
            del self.fields["decided_by"]
        if kind.code == "dissolved":
            self.fields["letter"].label = "Nomor Berita Negara"
        if kind.code == "merged":
            self.fields["into"].use(offered)
        else:
            del self.fields["into"]

    @property
    def who(self) -> str:
        return self.cleaned_data.get("decided_by") or self.kind.by[0]

    def clean_decided_on(self) -> date:
        on = self.cleaned_data["decided_on"]
        if sentence := refusal(self.life.steps, self.life.profile, self.kind, on, self.today):
            raise ValidationError(sentence)
        return on

    def find_warnings(self) -> list[tuple[str, str]]:
        """Legal periods that were not kept, and a government's decision without notice: said, not refused."""
        on, code = self.cleaned_data["decided_on"], self.kind.code
        found = []
        for one in deadlines(self.life.steps):
            late, early = on > one.ends_on, on < one.ends_on
            if (one.term.code, code) in (("objection", "objection"), ("decision", "liquidation")) and late:
                found.append(("decided_on", f"{one.term.name} sudah lewat pada {format_date(one.ends_on)}."))
            if (one.term.code, code) == ("creditors", "dissolved") and early:
                found.append(("decided_on", f"{one.term.name} baru berakhir {format_date(one.ends_on)}."))
        if code == "liquidation" and self.who == "government" and self.life.position not in ("notice", "objection"):
            found.append(("decided_by", "Pemberitahuan rencana pembubaran kepada koperasi belum tercatat."))
        return found


class TakeBackForm(forms.Form):
    reason = LineField(label="Alasan", max_length=160, help_text="Misalnya salah koperasi, atau salah tanggal.")

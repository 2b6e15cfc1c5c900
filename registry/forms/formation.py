"""What the dinas types about formations: one step of one or many cooperatives, how they are followed, what is asked of the board."""

from collections.abc import Sequence
from datetime import date

from django import forms

from registry.formation import Step, stages
from registry.forms.confirming import ConfirmsWarnings
from registry.forms.fields import ChoiceField, DateField, DocumentField, LineField
from registry.models import Blocker, Cooperative, Formation, Place, Programme
from registry.numbers import Verdict, check_cooperative_nik, check_legal_decree, check_nib, check_npwp

# Numbers that have a rule; other numbers are taken as they stand on the paper.
CHECKS = {"decree": check_legal_decree, "npwp": check_npwp, "nib": check_nib, "cooperative_nik": check_cooperative_nik}
EARLIEST = date(1947, 7, 12)  # the first cooperative congress


class FollowForm(forms.Form):
    model = ChoiceField(label="Model pembentukan", choices=Formation.Model.choices, widget=forms.RadioSelect)
    priority = forms.BooleanField(label="Prioritas", required=False)
    priority_reference = LineField(
        label="Dasar prioritas",
        max_length=160,
        required=False,
        help_text="Misalnya instruksi bupati atau surat, dengan tanggalnya.",
    )

    def clean(self) -> dict:
        found = super().clean()
        if found.get("priority") and not found.get("priority_reference"):
            self.add_error("priority_reference", "Tulis siapa yang memerintahkan, atau nomor suratnya.")
        if not found.get("priority"):
            found["priority_reference"] = ""
        return found


class StepForm(ConfirmsWarnings, forms.Form):
    """One kind of step, taken by some cooperatives on one day, each with its own number, with one document for all.

    `contradictions` are sentences by cooperative for the day that was typed; the view asks for them and calls `refuse`.
    """

    done_on = DateField(label="Tanggal")
    party = LineField(label="Pihak", max_length=120, required=False)
    document = DocumentField(label="Berkas bukti")
    note = LineField(label="Catatan", max_length=240, required=False)

    def __init__(
        self, *args, step: Step, cooperatives: Sequence[Cooperative], known: dict, today: date, **kwargs
    ) -> None:
        super().__init__(*args, **kwargs)
        self.step, self.cooperatives, self.known = step, list(cooperatives), known
        self.fields["done_on"].not_after, self.fields["done_on"].not_before = today, EARLIEST
        if step.party_label:
            self.fields["party"].label = step.party_label
        else:
            del self.fields["party"]
        self.fields["document"].help_text = "PDF atau foto, paling besar 12 MB." + (
            " Satu berkas berlaku untuk semua koperasi yang dipilih." if len(self.cooperatives) > 1 else ""
        )
        for one in self.cooperatives:
            if step.number_label:
                self.fields[f"nomor_{one.pk}"] = LineField(label=step.number_label, max_length=80, required=False)
            if len(self.cooperatives) > 1:
                self.fields[f"hambat_{one.pk}"] = ChoiceField(
                    label="Terhambat", required=False, choices=[("", "Tidak terhambat"), *Blocker.What.choices]
                )

        for name, field in self.fields.items():
            if name.startswith(("nomor_", "hambat_")):
                field.widget.attrs["class"] = "in"

    @property
    def rows(self) -> list[dict]:
        """The lines of the table of many cooperatives."""
        fields = {one.pk: (f"nomor_{one.pk}", f"hambat_{one.pk}") for one in self.cooperatives}
        return [
            {
                "cooperative": one,
                "number": self[fields[one.pk][0]] if fields[one.pk][0] in self.fields else None,
                "blocked": self[fields[one.pk][1]] if fields[one.pk][1] in self.fields else None,
            }
            for one in self.cooperatives
        ]

    @property
    def common(self) -> list:
        return [self[name] for name in self.fields if not name.startswith(("nomor_", "hambat_"))]

    @property
    def moving(self) -> list[Cooperative]:
        """Those that take the step: nothing blocks them."""
        return [one for one in self.cooperatives if not self.cleaned_data.get(f"hambat_{one.pk}")]

    @property
    def blocked(self) -> list[tuple[Cooperative, str]]:
        found = [(one, self.cleaned_data.get(f"hambat_{one.pk}")) for one in self.cooperatives]
        return [(one, what) for one, what in found if what]

    @property
    def numbers(self) -> dict[int, str]:
        found = {one.pk: self.cleaned_data.get(f"nomor_{one.pk}", "") for one in self.cooperatives}
        return {pk: number for pk, number in found.items() if number}

    def clean(self) -> dict:
        found = super().clean()
        if self.errors:
            return found
        for one in self.moving:
            self._check_number(one)
        no_document = not found.get("document") and not all(
            self.known.get(one.pk, {}).get("evidence") for one in self.moving
        )
        if self.step.proof == "evidence" and self.moving and no_document and not found.get("note"):
            self.add_error(
                "document", "Langkah ini perlu bukti: unggah berkasnya, atau tulis di catatan mengapa belum ada."
            )
        return found

    def _check_number(self, one: Cooperative) -> None:
        name = f"nomor_{one.pk}"
        typed = self.cleaned_data.get(name, "")
        if not typed:
            if self.step.proof == "number" and not self.known.get(one.pk, {}).get("number"):
                self.add_error(name, f"{self.step.number_label} belum diisi.")
            return
        check = CHECKS.get(self.step.code)
        if check is None:
            return
        verdict: Verdict = check(typed)
        if not verdict.ok:
            self.add_error(name, " ".join(verdict.errors))
        self.cleaned_data[name] = verdict.value
        self.fields[name].warnings = list(verdict.warnings)

    def refuse(self, contradictions: dict[int, str]) -> None:
        """Say which days contradict another one."""
        for one in self.cooperatives:
            if sentence := contradictions.get(one.pk):
                named = f"{one.short_name}: {sentence}" if len(self.cooperatives) > 1 else sentence
                self.add_error("done_on", named)

    def find_warnings(self) -> list[tuple[str, str]]:
        """Steps that come before and are missing: said, not refused."""
        found = []
        for one in self.moving:
            missing = [
                before for before in self.step.after if before not in self.known.get(one.pk, {}).get("taken", ())
            ]
            if missing:
                found.append(
                    (
                        "",
                        f"{one.short_name}: langkah sebelumnya belum tercatat ({', '.join(self.known['names'][code] for code in missing)}).",
                    )
                )
        return found


class BoardForm(forms.Form):
    """The filters of the board, as they stand in its address."""

    cari = LineField(
        label="Cari",
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Nama atau desa"}),
    )
    kecamatan = ChoiceField(label="Kecamatan", required=False)
    model = ChoiceField(label="Model", required=False, choices=[("", "Semua model"), *Formation.Model.choices])
    program = ChoiceField(label="Program", required=False)
    tahap = ChoiceField(label="Tahap", required=False)
    hambatan = ChoiceField(
        label="Hambatan", required=False, choices=[("", "Dengan atau tanpa hambatan"), ("ada", "Terhambat")]
    )
    prioritas = ChoiceField(
        label="Prioritas", required=False, choices=[("", "Dengan atau tanpa prioritas"), ("ya", "Prioritas saja")]
    )

    def __init__(self, data, *, districts: Sequence[Place], programmes: Sequence[Programme]) -> None:
        super().__init__(data)
        self.fields["kecamatan"].choices = [("", "Semua kecamatan"), *((one.code, one.name) for one in districts)]
        self.fields["program"].choices = [("", "Semua program"), *((one.code, one.short_name) for one in programmes)]
        self.fields["tahap"].choices = [("", "Semua tahap"), *((one.code, one.name) for one in stages().values())]
        self.fields["tahap"].widget = forms.HiddenInput()
        for bound in self.fields.values():
            bound.widget.attrs["class"] = "in"
            if isinstance(bound.widget, forms.Select):
                bound.widget.attrs["data-auto"] = ""

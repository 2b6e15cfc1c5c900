"""What the dinas types when a neighbouring village joins a programme's cooperative."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from registry.forms.choosing import VillageField
from registry.forms.fields import DateField, DocumentField, LineField
from registry.models import Agency, Place


class JoinVillageForm(forms.Form):
    """A village nobody serves yet. `free` are the codes of those."""

    village = VillageField(label="Desa atau kelurahan tetangga")
    joined_on = DateField(label="Bergabung sejak", help_text="Tanggal musyawarah yang memutuskannya.")
    document = DocumentField(
        label="Berita acara (PDF atau foto)", required=True, help_text="Keputusan kedua desa atau kelurahan."
    )

    def __init__(self, *args, agency: Agency, free: set[str], today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.free = free
        field = self.fields["village"]
        field.use(agency)
        field.widget.options = [field.words(one) for code, one in field.by_code.items() if code in free]
        self.fields["joined_on"].not_after = today

    def clean_village(self) -> Place:
        village = self.cleaned_data["village"]
        if village.pk not in self.free:
            raise ValidationError(f"{village.full_name} sudah dilayani koperasi lain dalam program ini.")
        return village


class PartVillageForm(forms.Form):
    reason = LineField(label="Alasan", max_length=160, help_text="Misalnya desa itu mendirikan koperasi sendiri.")

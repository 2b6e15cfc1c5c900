"""What people type about a member's family, heirs and business."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from members.actions import Business
from members.forms.people import refuse_national_id
from members.models import Heir, Member, MemberBusiness
from registry.forms.fields import ChoiceField, DateField, LineField, NameField, PhoneField, RupiahField, VerdictField
from registry.models import Cooperative, Kbli
from registry.numbers import check_kbli, check_nib

LARGEST_SALES = 1_000_000_000_000_000
LATER_YEARS = 10  # sales of longer ago say nothing about today


class ExitRequestForm(forms.Form):
    """A member asks to leave, or the family reports a death."""

    reason = ChoiceField(
        label="Sebab",
        choices=[(value, label) for value, label in Member.ExitReason.choices if value != Member.ExitReason.DISMISSED],
        widget=forms.RadioSelect,
    )
    on = DateField(label="Tanggal permohonan", picker=True)
    note = LineField(
        label="Catatan", max_length=200, required=False, help_text="Misalnya nomor surat, atau siapa yang melapor."
    )

    def __init__(self, *args, member: Member, today: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial, self.fields["on"].not_after = today, today
        self.fields["on"].not_before = member.joined_on

    def clean_note(self) -> str:
        refuse_national_id(self.cleaned_data["note"])
        return self.cleaned_data["note"]


class RefusalForm(forms.Form):
    """Why a request is refused: the member is told."""

    answer = LineField(label="Alasan penolakan", max_length=200)

    def clean_answer(self) -> str:
        refuse_national_id(self.cleaned_data["answer"])
        return self.cleaned_data["answer"]


class HouseholdForm(forms.Form):
    """With whom a member lives: the number of the head, its own for a household of its own."""

    head = LineField(
        label="Nomor anggota kepala keluarga", max_length=12, help_text="Contoh: A-0012. Tulis nomornya sendiri bila ia kepala keluarga."
    )  # fmt: skip

    def __init__(self, *args, cooperative: Cooperative, **kwargs) -> None:
        self.cooperative = cooperative
        super().__init__(*args, **kwargs)

    def clean_head(self) -> Member:
        text = self.cleaned_data["head"].upper().removeprefix("A-").strip()
        if not (text.isascii() and text.isdigit() and len(text) <= 7):
            raise ValidationError("Tulis nomor anggota, contoh A-0012.")
        found = Member.objects.of(self.cooperative).current().filter(number=int(text)).first()
        if found is None:
            raise ValidationError("Tidak ada anggota dengan nomor itu yang belum berhenti.")
        found.cooperative = self.cooperative
        return found


class HeirForm(forms.Form):
    """Whom a member names as heir."""

    name = NameField(label="Nama ahli waris")
    relation = ChoiceField(label="Hubungan", choices=Heir.Relation.choices, widget=forms.RadioSelect)
    phone = PhoneField(label="Nomor HP", required=False)

    def clean_name(self) -> str:
        refuse_national_id(self.cleaned_data["name"])
        return self.cleaned_data["name"]


class BusinessForm(forms.Form):
    """The business a member runs. Its scale is not asked: it follows from the sales."""

    name = LineField(label="Nama atau jenis usaha", max_length=120, help_text="Contoh: warung sembako, jahit, bengkel.")
    product = LineField(label="Produk utama", max_length=120, required=False)
    kbli = VerdictField(
        label="KBLI", check=check_kbli, required=False, max_length=10, help_text="Lima angka, bila diketahui."
    )
    nib = VerdictField(label="NIB", check=check_nib, required=False, max_length=20, help_text="13 angka dari OSS.")
    sales_rupiah = RupiahField(label="Penjualan setahun", required=False)
    sales_year = forms.IntegerField(
        label="Tahun penjualan", required=False, widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
        error_messages={"invalid": "Tulis tahun, contoh 2025."},
    )  # fmt: skip

    def __init__(self, *args, today: date, stored: MemberBusiness | None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        if stored:
            self.initial = {name: getattr(stored, name) for name in self.fields if getattr(stored, name) is not None}

    def clean(self) -> dict:
        data = super().clean() or self.cleaned_data
        for name in ("name", "product"):
            try:
                refuse_national_id(data.get(name) or "")
            except ValidationError as error:
                self.add_error(name, error)
        sales, year = data.get("sales_rupiah"), data.get("sales_year")
        if sales is not None and sales > LARGEST_SALES:
            self.add_error("sales_rupiah", "Jumlah ini terlalu besar. Periksa lagi angkanya.")
        if year is not None and not self.today.year - LATER_YEARS <= year <= self.today.year:
            self.add_error("sales_year", f"Tulis tahun {self.today.year - LATER_YEARS} sampai {self.today.year}.")
        if sales is not None and year is None and "sales_year" not in self.errors:
            data["sales_year"] = self.today.year - 1
        if sales is None:
            data["sales_year"] = None
        if data.get("kbli") and not Kbli.objects.filter(code=data["kbli"]).exists():
            self.add_error("kbli", "Kode ini tidak ada di daftar KBLI. Kosongkan bila ragu.")
        return data

    def business(self) -> Business:
        data = self.cleaned_data
        return Business(**{name: data[name] for name in self.fields if name in data})

"""What the person reads in the old book: the day, what the savings add up to, and the money they lie in."""

from datetime import date

from django import forms

from finance.models import Books
from registry.formats import format_date, format_rupiah
from registry.forms.fields import DateField, RupiahField
from registry.forms.imports import UploadForm


class OpeningUploadForm(UploadForm):
    """The list, both sums and the money. The sums are checked against the list when it is stored, and the money here."""

    as_of = DateField(label="Saldo per tanggal", picker=True, help_text="Hari pertama buku di sini, atau sesudahnya.")
    pokok = RupiahField(label="Jumlah simpanan pokok menurut buku lama")
    wajib = RupiahField(label="Jumlah simpanan wajib menurut buku lama")
    cash = RupiahField(label="Dari jumlah itu, uang kas", required=False)
    bank = RupiahField(label="Dari jumlah itu, saldo bank", required=False)
    field_order = ("as_of", "pokok", "wajib", "cash", "bank", "berkas")

    def __init__(self, *args, today: date, books: Books, **kwargs) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.books = books
        self.fields["as_of"].not_after = today

    def clean_as_of(self) -> date:
        """Raise where the books take no entry on that day."""
        as_of, books = self.cleaned_data["as_of"], self.books
        if as_of < books.opened_on:
            opened = format_date(books.opened_on)
            raise forms.ValidationError(
                f"Buku di sini dimulai {opened}. Saldo dari hari-hari sebelumnya dicatat per {opened}."
            )
        if books.closed_through and as_of <= books.closed_through:
            raise forms.ValidationError(
                f"Bulan itu sudah ditutup sampai {format_date(books.closed_through)}. Pakai tanggal sesudahnya."
            )
        return as_of

    def clean(self) -> dict:
        data: dict = super().clean() or self.cleaned_data
        if not {"pokok", "wajib", "cash", "bank"} <= data.keys():
            return data
        saved, money = data["pokok"] + data["wajib"], (data["cash"] or 0) + (data["bank"] or 0)
        if saved != money:
            self.add_error(
                "cash",
                f"Kas dan bank {format_rupiah(money)}, padahal simpanan {format_rupiah(saved)}. Keduanya harus sama; "
                "selisihnya diselesaikan dulu di buku lama.",
            )
        return data

    @property
    def options(self) -> dict:
        """What is kept with the list; JSON values only."""
        data = self.cleaned_data
        amounts = {name: data[name] or 0 for name in ("pokok", "wajib", "cash", "bank")}
        return {"as_of": data["as_of"].isoformat(), **amounts}


class OldBookForm(OpeningUploadForm):
    """The same again, when the list is here already and what was typed was wrong."""

    berkas = None  # type: ignore[assignment]  # Django's way to leave a field out

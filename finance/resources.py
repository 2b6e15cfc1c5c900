"""The list of an old book as a sheet: people as the member list has them, and what each had saved."""

from collections.abc import Sequence
from dataclasses import replace

from members.resources import MemberImport
from registry.sheets.columns import Column
from registry.sheets.resource import SheetField
from registry.sheets.widgets import RupiahWidget

# What a treasurer's list holds comes first; what only new people need, after it.
ORDER = ("number", "name", "joined_on", "pokok", "wajib", "sex", "status", "birth_date", "national_id")


class AmountField(SheetField):
    """A column the file must have; an empty cell of it is nothing saved."""

    def column(self, key: str) -> Column:
        return replace(super().column(key), required=True)

    def clean_column(
        self, values: Sequence, beside: Sequence | None = None, known: dict | None = None
    ) -> tuple[list, dict[int, str]]:
        cleaned, errors = super().clean_column(values, beside, known)
        return [0 if value is None and place not in errors else value for place, value in enumerate(cleaned)], errors


class OpeningImport(MemberImport):
    """The savings so far, of people in the member book and of people who come into it with the list."""

    pokok = AmountField(
        "Simpanan pokok", RupiahWidget(),
        synonyms=("Pokok", "Pokok (Rp)", "Simp pokok", "Simpanan pokok (Rp)", "Saldo pokok", "Saldo simpanan pokok", "SP"),
        example=100_000, help="Pokok yang sudah dibayar sampai tanggal saldo. Kosong berarti nol.",
    )  # fmt: skip
    wajib = AmountField(
        "Simpanan wajib", RupiahWidget(),
        synonyms=("Wajib", "Wajib (Rp)", "Simp wajib", "Simpanan wajib (Rp)", "Saldo wajib", "Saldo simpanan wajib", "SW"),
        example=240_000, help="Seluruh wajib yang sudah dibayar sampai tanggal saldo. Kosong berarti nol.",
    )  # fmt: skip

    class Meta(MemberImport.Meta):
        pass

    needs_sex = False  # only of people who are not in the book yet

    @classmethod
    def import_columns(cls) -> list[Column]:
        columns = {one.key: one for one in super().import_columns()}
        return [columns.pop(key) for key in ORDER] + list(columns.values())

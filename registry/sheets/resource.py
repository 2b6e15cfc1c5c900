"""A list declared once: its columns for import, export, template and the file of faulty rows.

    class MemberResource(SheetResource):
        name = SheetField("Nama", NameWidget(), synonyms=("Nama lengkap", "Nama anggota"), required=True,
        example="Siti") joined_on = SheetField("Tanggal masuk", DateWidget(), synonyms=("Tgl masuk",))

        class Meta:
            model = Member
            natural_key = ("number",)

Only declared SheetFields are columns: an uploaded id or tenant can never reach a row. The tenant comes from
`scope`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from import_export import resources
from import_export.fields import Field

from registry.sheets.columns import Column
from registry.sheets.rows import DataRow, values_of
from registry.sheets.widgets import PlaceWidget, SheetWidget, TextWidget, is_empty
from registry.sheets.writing import template_file, write_csv, write_xlsx

# What decides whose row it is never comes from a file.
FORBIDDEN = frozenset(
    {
        "id",
        "pk",
        "agency",
        "agency_id",
        "cooperative",
        "cooperative_id",
        "tenant",
        "user",
        "user_id",
        "created_by",
    }
)
BATCH = 5_000
REPEATING = 20_000  # different values of a column remembered from batch to batch; birthdays have about as many


class SheetField(Field):
    """A column of a list. heading: what people read. attribute: where the value lives (default: the field's
    name).

    The other arguments describe the column; see `registry.sheets.columns.Column`.
    """

    def __init__(
        self,
        heading: str,
        widget: SheetWidget | None = None,
        *,
        attribute: str | None = None,
        synonyms: Sequence[str] = (),
        required: bool = False,
        example: object = "",
        help: str = "",
        choices: Sequence[str] = (),
        group_words: Sequence[str] = (),
        group_test=None,
        width: int | None = None,
        kind: str = "",
        beside: str = "",
        readonly: bool = False,
    ):
        super().__init__(attribute=attribute, column_name=heading, widget=widget or TextWidget(), readonly=readonly)
        self.required, self.beside = required, beside
        self._column = {
            "label": heading,
            "synonyms": tuple(synonyms),
            "required": required,
            "example": example,
            "help": help,
            "kind": kind or self.widget.kind,
            "group_words": tuple(group_words),
            "group_test": group_test,
            "choices": tuple(choices or getattr(self.widget, "labels", {}).values()),
            "width": width,
        }

    def column(self, key: str) -> Column:
        return Column(key=key, **self._column)

    def clean(self, row, **kwargs):
        value = super().clean(row, **kwargs)
        if self.required and is_empty(value):
            raise ValueError(f"{self.column_name} wajib diisi.")
        return value

    def clean_column(
        self, values: Sequence, beside: Sequence | None = None, known: dict | None = None
    ) -> tuple[list, dict[int, str]]:
        """As the widget's, with the heading in front of each sentence and "wajib diisi" where it is empty."""
        cleaned, errors = self.widget.clean_column(values, beside, known)
        told = {position: f"{self.column_name}: {sentence}" for position, sentence in errors.items()}
        if self.required and None in cleaned:
            for position, value in enumerate(cleaned):
                if value is None and position not in told:
                    told[position] = f"{self.column_name} wajib diisi."
        return cleaned, told


class _OnlyDeclared(type(resources.ModelResource)):
    """Takes out the model fields django-import-export adds by itself, and refuses forbidden columns."""

    def __new__(cls, name, bases, attrs):
        for key, value in attrs.items():
            if isinstance(value, SheetField) and value.attribute is None:
                value.attribute = key
        own = [key for key, value in attrs.items() if isinstance(value, SheetField)]
        made = super().__new__(cls, name, bases, attrs)
        for key in [key for key, one in made.fields.items() if not isinstance(one, SheetField)]:
            del made.fields[key]
        order = [key for key in made.fields if key not in own] + own  # the library puts them in the model's order
        made.fields = type(made.fields)((key, made.fields[key]) for key in order)
        taken = {key for key, one in made.fields.items() if {key, one.attribute} & FORBIDDEN and not one.readonly}
        if taken:
            raise TypeError(f"{name}: {', '.join(sorted(taken))} must never come from a file")
        made._meta.import_id_fields = list(getattr(made._meta, "natural_key", ()))
        return made


@dataclass
class CleanBatch:
    """Some thousand rows, cleaned column by column.

    numbers: line numbers in the file. columns: key -> values, aligned with `numbers` (None where empty or
    wrong). errors: line number -> sentences. cells: the rows as they stood in the file.
    """

    numbers: list[int]
    columns: dict[str, list]
    errors: dict[int, list[str]] = field(default_factory=dict)
    cells: list[list] = field(default_factory=list)

    def good(self) -> Iterator[tuple]:
        """(line number, values in the order of `columns`) of the rows without errors."""
        for values in zip(self.numbers, *self.columns.values(), strict=True):
            if values[0] not in self.errors:
                yield values[0], values[1:]


class SheetResource(resources.ModelResource, metaclass=_OnlyDeclared):
    """Base of all lists. scope: the tenant's attributes, e.g. {"cooperative": c, "agency": a}; required to
    import.
    """

    class Meta:
        skip_unchanged = True
        report_skipped = True
        skip_html_diff = True
        use_transactions = False  # the action that imports has its own savepoint

    def __init__(self, scope: dict | None = None, **kwargs):
        super().__init__(**kwargs)
        self.scope = scope

    # --- Rows in ---

    @classmethod
    def columns(cls) -> list[Column]:
        return [one.column(key) for key, one in cls.fields.items()]

    @classmethod
    def import_columns(cls) -> list[Column]:
        return [one.column(key) for key, one in cls.fields.items() if not one.readonly]

    def clean_batches(self, rows: Iterable[DataRow], size: int = BATCH) -> Iterator[CleanBatch]:
        """Clean rows of `find_table` column by column, `size` at a time, for the set-based importer."""
        rows = iter(rows)
        known: dict[str, dict] = {}
        while batch := list(islice(rows, size)):
            yield self._clean_batch(batch, known)

    def _clean_batch(self, rows: list[DataRow], known: dict[str, dict]) -> CleanBatch:
        """`known` holds, by column, what was read before: dates, places and choices repeat over the whole list."""
        numbers = [row.number for row in rows]
        clean = CleanBatch(numbers, {}, cells=[row.cells for row in rows])
        for key, one in self.fields.items():
            if one.readonly:
                continue
            values = values_of(rows, key)
            beside = values_of(rows, one.beside) if one.beside else None
            answers = known.setdefault(key, {}) if one.widget.repeats else {}
            clean.columns[key], errors = one.clean_column(values, beside, answers)
            if len(answers) > REPEATING:
                answers.clear()
            for position, sentence in errors.items():
                clean.errors.setdefault(numbers[position], []).append(sentence)
        self.check_batch(clean)
        return clean

    def check_batch(self, batch: CleanBatch) -> None:
        """For rules over several columns; add sentences to `batch.errors`. Nothing by default."""

    def get_queryset(self):
        return super().get_queryset().filter(**self._tenant())

    def init_instance(self, row=None):
        return self._meta.model(**self._tenant())

    def _tenant(self) -> dict:
        if not self.scope:
            raise ValueError("A list is read or written only within a scope (whose rows are they?)")
        return self.scope

    def get_instance(self, instance_loader, row):
        return super().get_instance(instance_loader, row) if self.get_import_id_fields() else None

    def after_import(self, dataset, result, **kwargs):
        """Not the base class's reset of sequences: the app does not own them, and keys are identity
        columns.
        """

    # --- Rows out ---

    def export_rows(self, queryset: Iterable) -> Iterator[list]:
        """Each object as cells: numbers and dates stay themselves. A queryset is streamed."""
        shown = [(one, self._dehydrate(key)) for key, one in self.fields.items()]
        stream = queryset.iterator(chunk_size=2_000) if hasattr(queryset, "iterator") else queryset
        for instance in stream:
            yield [own(instance) if own else one.widget.render(one.get_value(instance)) for one, own in shown]

    def _dehydrate(self, key: str):
        return getattr(self, f"dehydrate_{key}", None)

    def write_xlsx(self, target, queryset, *, title: str, made: str = "", notes: Sequence[str] = ()) -> int:
        """The list as an Excel file; see `writing.write_xlsx`."""
        rows = self.export_rows(queryset)
        return write_xlsx(target, title=title, columns=self.columns(), rows=rows, notes=notes, made=made)

    def write_csv(self, target, queryset) -> int:
        """The list as CSV; see `writing.write_csv`."""
        return write_csv(target, columns=self.columns(), rows=self.export_rows(queryset))

    @classmethod
    def write_template(cls, target, *, title: str, notes: Sequence[str] = ()) -> None:
        """The empty list to fill in."""
        template_file(target, title=title, columns=cls.import_columns(), notes=notes)


def set_places(resource: SheetResource, matcher) -> None:
    """Give every place column of this resource the agency's places (a class attribute cannot know them)."""
    for one in resource.fields.values():
        if isinstance(one.widget, PlaceWidget):
            one.widget.matcher = matcher

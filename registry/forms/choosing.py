"""Fields whose values are rows: a village by what people type, activity codes by number or title."""

import re
from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from registry.forms.fields import LineField
from registry.models import Agency, Kbli, Place, PlaceAlias
from registry.numbers import check_kbli
from registry.sheets.places import PlaceMatcher, UnclearPlace

__all__ = ["DataListInput", "KbliField", "VillageField", "agency_places", "place_matcher"]


class DataListInput(forms.TextInput):
    """A text input with suggestions; without script, and with an unknown value, it is a plain text input."""

    def __init__(self, options=(), attrs=None) -> None:
        super().__init__({"autocomplete": "off", **(attrs or {})})
        self.options = options

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        listed = f"pilihan-{name}"
        control = super().render(name, value, {**(attrs or {}), "list": listed}, renderer)
        return control + _datalist(listed, self.options)


def _datalist(id_: str, options: Iterable[str]) -> SafeString:
    rows = format_html_join("", '<option value="{}"></option>', ((option,) for option in options))
    return format_html('<datalist id="{}">{}</datalist>', id_, rows)


def agency_places(agency: Agency) -> list[Place]:
    """Return the kecamatan and villages of an agency's territory, in the order of their codes."""
    return list(Place.objects.filter(code__startswith=f"{agency.place_id}.").order_by("code"))


def place_matcher(agency: Agency, places: list[Place] | None = None) -> PlaceMatcher:
    """Return a matcher that knows this agency's places and their other spellings. One or two queries."""
    places = agency_places(agency) if places is None else places
    aliases = PlaceAlias.objects.filter(place__code__startswith=f"{agency.place_id}.").values_list("place_id", "alias")
    return PlaceMatcher([(place.code, place.name, place.parent_id) for place in places], aliases)


class VillageField(LineField):
    """A kelurahan or desa by name, code or other spelling, with the kecamatan where the name is not unique.

    Value: a `Place`, or None. Give it the agency's places with `use(agency)` when the form is made.
    """

    def __init__(self, **kwargs) -> None:
        kwargs.setdefault("widget", DataListInput())
        super().__init__(max_length=120, **kwargs)

    def use(self, agency: Agency) -> None:
        places = agency_places(agency)
        self.by_code = {place.code: place for place in places}
        self.matcher = place_matcher(agency, places)
        villages = [place for place in places if place.code.count(".") == 3]
        self.widget.options = [self.words(place) for place in villages]

    def words(self, place: Place) -> str:
        return f"{place.name} ({self.by_code[place.parent_id].name})"

    def clean(self, value) -> Place | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return self.by_code[self.matcher.village(text)]
        except UnclearPlace as unclear:
            raise ValidationError(unclear.sentence) from unclear

    def prepare_value(self, value):
        return self.words(value) if isinstance(value, Place) else value


class _KbliInputs(forms.MultiWidget):
    def __init__(self, count: int) -> None:
        labels = ["Kode KBLI usaha utama", *(f"Kode KBLI usaha lain {number}" for number in range(1, count))]
        inputs = [
            forms.TextInput({"list": "daftar-kbli", "autocomplete": "off", "aria-label": label}) for label in labels
        ]
        super().__init__(inputs)
        self.options: list[Kbli] = []

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        inputs = super().render(name, value, attrs, renderer)
        options = _datalist("daftar-kbli", map(str, self.options))
        return format_html('<span class="stack-s">{}</span>{}', inputs, options)

    def decompress(self, value) -> list:
        return []

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_


class KbliField(forms.Field):
    """Business activities, the main one first, by code, title, or several codes in one input ("47112, 64142").

    Value: a list of `Kbli`, without doubles. The vintage may be named ("47112 KBLI 2020"); else the latest one counts.
    """

    def __init__(self, *, inputs: int = 5, **kwargs) -> None:
        self.inputs = inputs
        kwargs.setdefault("widget", _KbliInputs(inputs))
        super().__init__(**kwargs)
        self.warnings: list[str] = []

    def use(self) -> None:
        """Read the table of codes; call once when the form is made."""
        self.known = list(Kbli.objects.all())
        self.widget.options = self.known

    def clean(self, value) -> list[Kbli]:
        typed = [str(text).replace("\0", "").strip() for text in value or [] if text]
        found: list[Kbli] = []
        problems: list[str] = []
        self.warnings = []
        for text in (part for entry in typed for part in _parts(entry)):
            code = self._find(text, problems)
            if code and code not in found:
                found.append(code)
        if problems:
            raise ValidationError(problems)
        if self.required and not found:
            raise ValidationError("Belum diisi.")
        return found

    def prepare_value(self, value):
        if isinstance(value, list) and value and isinstance(value[0], Kbli):
            shown = [str(code) for code in value]
            return shown + [""] * (self.inputs - len(shown))
        return value if value else [""] * self.inputs

    def _find(self, text: str, problems: list[str]) -> Kbli | None:
        if not text[:1].isdigit():
            named = [code for code in self.known if code.title.casefold() == text.casefold()]
            if len(named) == 1:
                return named[0]
            problems.append(f"Usaha “{text[:40]}” tidak ada di daftar KBLI. Tulis kodenya, contoh 47112.")
            return None
        number = re.match(r"\d+", text)[0]
        verdict = check_kbli(number)
        year = re.search(r"KBLI (\d{4})\)?$", text)
        fitting = [code for code in self.known if code.code == number and (not year or code.version == year[1])]
        if verdict.errors or not fitting:
            problems.append(" ".join(verdict.errors) or f"Kode KBLI {number[:8]} tidak ada di daftar.")
            return None
        self.warnings += verdict.warnings
        return max(fitting, key=lambda code: code.version)


def _parts(entry: str) -> list[str]:
    """ "47112, 64142" → both; "47112 Perdagangan eceran, bukan …" stays one."""
    if re.fullmatch(r"[\d\s,;]+", entry):
        return [part for part in re.split(r"[\s,;]+", entry) if part]
    return [entry]

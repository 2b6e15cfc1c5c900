"""Warnings that a named person may keep: shown once, with the typed values, and a button "Simpan juga".

    class ProfileForm(ConfirmsWarnings, forms.Form):
        def find_warnings(self) -> list[str]: ...       # rules over several fields

    form = ProfileForm(request.POST)
    if form.is_valid(): ...                             # False while warnings are open
    {% include "registry/parts/warnings.html" %}        # above the buttons

The confirmation names exactly the warnings that were read: other warnings, after another change, ask again.
"""

from hashlib import sha256

from django.core.exceptions import ValidationError

CONFIRM = "setujui"  # the name of the button; its value names the warnings


class ConfirmsWarnings:
    """Mix into a form, before `forms.Form`."""

    warnings: list[tuple[str, str]]

    def full_clean(self) -> None:
        self.warnings = []
        super().full_clean()

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.errors:
            return
        self.warnings = [
            (name, sentence) for name, field in self.fields.items() for sentence in getattr(field, "warnings", [])
        ]
        self.warnings += self.find_warnings()
        if self.warnings and self.data.get(self.add_prefix(CONFIRM)) != self.warnings_mark:
            self.add_error(
                None, ValidationError("Periksa peringatan di bawah ini, lalu pilih Simpan juga.", code="warnings")
            )

    def find_warnings(self) -> list[tuple[str, str]]:
        """Return (field name or "", sentence) for rules over several fields. Called when there is no error."""
        return []

    @property
    def warnings_mark(self) -> str:
        """Names the present warnings, for the confirming button."""
        return sha256(
            "\n".join(sorted(f"{name}: {sentence}" for name, sentence in self.warnings)).encode()
        ).hexdigest()[:20]

    @property
    def only_warnings(self) -> bool:
        """True when nothing but unconfirmed warnings keeps the form from being saved."""
        return bool(self.warnings) and all(error.code == "warnings" for error in self.non_field_errors().as_data())

    @property
    def labelled_warnings(self) -> list[tuple[str, str]]:
        """(label of the field or "", sentence), for the template."""
        return [
            (self.fields[name].label or "" if name in self.fields else "", sentence) for name, sentence in self.warnings
        ]

"""Frozen snapshots as JSON: a tree of frozen dataclasses out and in again, exactly.

Only plain values, dates, optionals, literals, tuples and dataclasses; anything else is a programmer's
error. Reading is strict: a published paper is never rebuilt from something that merely looks like its
snapshot.
"""

import json
import types
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

Snapshot = TypeVar("Snapshot")


def dump(snapshot: Any, form: int) -> str:
    """Canonical JSON: sorted keys, no spaces, dates in ISO 8601; `form` numbers the shape of the fields."""
    document = {"format": form, "report": asdict(snapshot)}
    return json.dumps(document, default=_iso, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def load(kind: type[Snapshot], text: str, form: int) -> Snapshot:
    """The snapshot of `dump`. Raises ValueError for another form, unknown or missing fields, wrong types."""
    document = json.loads(text)
    if not isinstance(document, dict) or document.get("format") != form:
        raise ValueError("This snapshot has a format this version does not know.")
    return _read(kind, document.get("report"))


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} does not belong in a snapshot")


def _read(kind: Any, value: Any) -> Any:
    """`value` as the annotated `kind`: dataclass, tuple, optional, literal, date, datetime or a plain
    value.
    """
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        inner = next(option for option in get_args(kind) if option is not type(None))
        return None if value is None else _read(inner, value)
    if origin is Literal:
        if value not in get_args(kind):
            raise ValueError(f"{value!r} is none of {get_args(kind)}")
        return value
    if origin is tuple:
        return _read_tuple(get_args(kind), value)
    if is_dataclass(kind):
        return _read_dataclass(kind, value)
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    if type(value) is not kind:
        raise ValueError(f"{value!r} is not {kind.__name__}")
    return value


def _read_tuple(kinds: Sequence[Any], value: Any) -> tuple:
    if not isinstance(value, list):
        raise ValueError("not a list")
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_read(kinds[0], item) for item in value)
    return tuple(_read(kind, item) for kind, item in zip(kinds, value, strict=True))


def _read_dataclass(kind: Any, value: Any) -> Any:
    hints = get_type_hints(kind)
    if not isinstance(value, dict) or not set(value) <= set(hints):
        raise ValueError(f"not the fields of {kind.__name__}")
    try:
        return kind(**{name: _read(hints[name], inner) for name, inner in value.items()})
    except TypeError as error:
        raise ValueError(f"a field of {kind.__name__} is missing") from error

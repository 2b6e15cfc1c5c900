"""Tables that repeat some columns of another one, kept equal by the database whoever writes the other.

What a role may not read lives in a table of its own. Where most columns may be read and a few may not, a model names
its source (`copy_of = "registry.Officer"`) and has those columns only; who may know the rest is granted the source.
The triggers run with the writer's own rights and behind the writer's own policies.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Model
from psycopg import sql

__all__ = ["copies", "copy_statements"]

_KEEP = """
CREATE OR REPLACE FUNCTION wall.{function}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO {copy} ({columns}) VALUES ({new});
  ELSIF TG_OP = 'UPDATE' THEN
    UPDATE {copy} SET {pairs} WHERE {copy}.{key} = OLD.{source_key} AND ({changed});
  ELSE
    DELETE FROM {copy} WHERE {copy}.{key} = OLD.{source_key};
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER a_copy_is_kept AFTER INSERT OR UPDATE OR DELETE ON {source} FOR EACH ROW EXECUTE FUNCTION wall.{function}();
ALTER TABLE {source} ENABLE ALWAYS TRIGGER a_copy_is_kept
"""
# Rows written before the trigger was there. The owner passes the wall for this statement; `manage.py wall` forces it anew.
_FILL = """
ALTER TABLE {source} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {copy} NO FORCE ROW LEVEL SECURITY;
INSERT INTO {copy} ({columns}) SELECT {read} FROM {source} ON CONFLICT ({key}) DO UPDATE SET {excluded}
"""


def copies() -> list[type[Model]]:
    """Return the models that are copies."""
    return [model for model in apps.get_models() if hasattr(model, "copy_of")]


def copy_statements() -> Iterator[sql.Composed]:
    """Yield, for every copy, its trigger on the source and the statement that makes it equal now. Both may run again."""
    for model in copies():
        parts = _parts(model)
        yield sql.SQL(_KEEP).format(**parts)
        yield sql.SQL(_FILL).format(**parts)


def _parts(model: type[Any]) -> dict[str, Any]:
    source, copy = apps.get_model(model.copy_of)._meta, model._meta
    pairs = [(copy.pk.column, source.pk.column)]
    pairs += [(field.column, field.column) for field in copy.local_fields if not field.primary_key]
    of = {own: sql.Identifier(theirs) for own, theirs in pairs}
    new = {own: sql.SQL("NEW.{}").format(theirs) for own, theirs in of.items()}
    others = [own for own in of if own != copy.pk.column]
    return {
        "function": sql.Identifier(f"keep_{copy.db_table}"),
        "source": sql.Identifier(source.db_table),
        "copy": sql.Identifier(copy.db_table),
        "key": sql.Identifier(copy.pk.column),
        "source_key": sql.Identifier(source.pk.column),
        "columns": sql.SQL(", ").join(map(sql.Identifier, of)),
        "read": sql.SQL(", ").join(of.values()),
        "new": sql.SQL(", ").join(new.values()),
        "pairs": sql.SQL(", ").join(sql.SQL("{} = {}").format(sql.Identifier(own), new[own]) for own in others),
        "changed": sql.SQL(" OR ").join(
            sql.SQL("OLD.{} IS DISTINCT FROM {}").format(of[own], new[own]) for own in others
        ),
        "excluded": sql.SQL(", ").join(sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(own)) for own in others),
    }

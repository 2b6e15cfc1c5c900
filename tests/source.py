"""The product's own source, for the tests that read it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("koperasi", "finance", "members", "registry")


@cache
def _modules() -> tuple[tuple[Path, str], ...]:
    paths = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
    return tuple((path.relative_to(ROOT), path.read_text()) for path in paths)


def modules() -> Iterator[tuple[Path, str]]:
    """Yield (path, text) of every Python file of the four storeys, migrations aside."""
    yield from _modules()


def room_of(path: Path) -> str:
    """`finance/actions/posting.py` → "actions"; `koperasi/management/commands/wall.py` → "management"."""
    return path.with_suffix("").parts[1] if len(path.parts) > 1 else ""


def strings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of every string that is not a docstring."""
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.lineno, node.value


def sql_files() -> Iterator[tuple[Path, str]]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.sql")):
            yield path.relative_to(ROOT), path.read_text()


def templates() -> Iterator[tuple[Path, str]]:
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in (".html", ".svg", ".txt"):
            yield path.relative_to(ROOT), path.read_text()

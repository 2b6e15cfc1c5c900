"""The house: imports go down, between the apps (import-linter) and between the rooms of one app (the syntax tree)."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.source import APPS, ROOT, modules

# Rooms from top to bottom; a room imports its own level and what lies below. Leaves (formats, numbers …) are below all.
ROOMS = [
    {"urls"},
    {"views"},
    {"imports", "jobs"},
    {"forms", "resources"},
    {"actions", "reports"},
    {"access", "audit"},
    {"models", "tables"},
    {"tenancy"},
]
LEVEL = {room: level for level, rooms in enumerate(ROOMS) for room in rooms}
# (from room, to module) that look upward and are not: with the reason.
ALLOWED_UPWARD: dict[tuple[str, str], str] = {}


def lint_imports(folder: Path) -> subprocess.CompletedProcess:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def test_imports_go_down_between_the_storeys():
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout
    assert "1 kept, 0 broken" in done.stdout


def test_an_upward_import_is_found(tmp_path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for app in APPS:
        (tmp_path / app).mkdir()
        (tmp_path / app / "__init__.py").write_text("")
    (tmp_path / "registry/models.py").write_text("def late():\n    from finance import actions\n")
    (tmp_path / "finance/actions.py").write_text("")
    assert lint_imports(tmp_path).returncode == 1


def upward(path: Path, source: str) -> list[str]:
    """Return the imports of a file that lead to a higher room of the same app."""
    parts = path.with_suffix("").parts
    app, room = parts[0], parts[1] if len(parts) > 1 else ""
    found = []
    for module in imported(source, parts):
        target = module.split(".")
        if target[0] != app or len(target) < 2 or room not in LEVEL or target[1] not in LEVEL:
            continue
        if LEVEL[target[1]] < LEVEL[room] and (room, module) not in ALLOWED_UPWARD:
            found.append(f"{path}: {room} imports {module}")
    return found


def imported(source: str, parts: tuple[str, ...]) -> list[str]:
    """Return absolute names of everything a file imports, in functions too."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = list(parts[: len(parts) - node.level]) if node.level else []
            stem = ".".join([*base, *(node.module.split(".") if node.module else [])])
            found += [f"{stem}.{name.name}" for name in node.names]
    return found


def test_imports_go_down_between_the_rooms_of_an_app():
    walked = [(path, source) for path, source in modules() if path.parts[0] != "koperasi"]
    assert [wrong for path, source in walked for wrong in upward(path, source)] == []
    assert len(walked) >= 60


@pytest.mark.parametrize(
    ("path", "source"),
    [("finance/models/dues.py", "from finance.actions import record_dues"), ("finance/actions/x.py", "from ..views import page"),
     ("members/forms.py", "def f():\n    from members import views"), ("registry/tenancy/x.py", "from registry.models import User")],
)  # fmt: skip
def test_a_planted_upward_room_is_found(path, source):
    assert upward(Path(path), source)


def test_only_the_four_storeys_hold_code():
    """Beside them stand only what tools and operators expect."""
    others = {"tests", "deploy", "bench", ".ci", "docs"}
    tops = {
        path.parts[0]
        for path in (file.relative_to(ROOT) for file in ROOT.glob("*/**/*.py"))
        if not path.parts[0].startswith((".v", ".d", "node"))
    }
    assert tops - others == set(APPS)

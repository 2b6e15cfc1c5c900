"""An import from the upload into the book through the queue and a worker process of its own. No browser is driven."""

import os
import re
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from members.models import Member
from members.reports import unopened_national_ids
from registry.models import File, ImportBatch
from tests.cast import Someone
from tests.database import at_database
from tests.messy import build_member_list

START = "/kota-serang/koperasi/melati/anggota/impor/"


def run_worker(stage) -> None:
    """Start the worker as an operator does, on the stage's database and files; it ends when the queue is empty."""
    address = at_database(os.environ["DATABASE_URL"], stage.name)
    folder = Path(settings.MEDIA_ROOT).parent
    run = subprocess.run(
        [sys.executable, "manage.py", "procrastinate", "worker", "--one-shot"], cwd=settings.BASE_DIR, timeout=120,
        env=os.environ | {"DATABASE_URL": address, "KOPERASI_DATA": str(folder), "KEYS_FILE": str(settings.KEYS_FILE), "DEMO": "1",
                          "SECRET_KEY": settings.SECRET_KEY},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]


def page_of_job(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_list_goes_through_the_queue_and_a_worker_into_the_book(stage, tmp_path):
    path = tmp_path / "anggota.xlsx"
    build_member_list(path, rows=40, bad=3)
    client = Client()
    client.cookies["sessionid"] = stage.session("yusuf")
    with stage.database():
        answer = client.post(START, {"berkas": SimpleUploadedFile("anggota.xlsx", path.read_bytes())})
        assert answer.status_code == 302
        waiting = page_of_job(client, answer.url)
        assert "Lihat hasilnya" not in waiting
    run_worker(stage)
    with stage.database():
        done = page_of_job(client, answer.url)
        preview = re.search(rf'href="({START}[^"]+)"', done)[1]
        assert "Simpan 37 baris yang benar" in page_of_job(client, preview)
        stored = client.post(f"{preview}simpan/")
        assert stored.status_code == 302
    run_worker(stage)
    with stage.database():
        assert "37 anggota baru" in page_of_job(client, stored.url)
        assert "Berkas aslinya sudah dihapus pada" in page_of_job(client, preview)
        with Someone("yusuf").acting() as (_, melati):
            assert Member.objects.filter(cooperative=melati).count() == 10 + 37
            assert unopened_national_ids(melati) == []
            batch = ImportBatch.objects.get(cooperative=melati)
            original = File.objects.get(pk=batch.file_id)
    assert original.gone_at
    assert not (Path(settings.MEDIA_ROOT) / original.path).exists()

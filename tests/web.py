"""A real web server for tests that need one: granian in processes of its own, as `./run` starts it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from tests.database import at_database

PATIENCE = 60  # seconds
ROOT = Path(__file__).resolve().parent.parent


class Web:
    """Granian on the database `name`, its files in `folder`, all its processes in one group; `static` gathers the static files."""

    def __init__(self, name: str, folder: str, *, static: bool = False) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        environment = os.environ | {
            "DATABASE_URL": at_database(os.environ["DATABASE_URL"], name), "ALLOWED_HOSTS": "localhost", "SECRET_KEY": settings.SECRET_KEY, "DEMO": "1",
            "KEYS_FILE": str(settings.KEYS_FILE), "KOPERASI_DATA": folder, "DJANGO_SETTINGS_MODULE": "koperasi.settings",
        }  # fmt: skip
        if static:
            gather = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
            subprocess.run(gather, env=environment, cwd=ROOT, check=True, capture_output=True)
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "koperasi.wsgi:application", "--host", "127.0.0.1",
                   "--port", str(self.port), "--workers", "1", "--blocking-threads", "2", "--no-access-log"]  # fmt: skip
        self.log = Path(folder) / "web.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        until(self._answers, "the server answers")

    def _answers(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError(f"the server stopped by itself:\n{self.log.read_text()[-2000:]}")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        """SIGKILL every process of it at once, as the kernel does when memory runs out."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(PATIENCE)


def until(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.05)

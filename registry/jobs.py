"""Long work. A `Job` row is the truth; the queue carries only numbers, after COMMIT.

    job = jobs.ask("members.import", place=request.place, user=request.user, now=request.now, arguments={...})

The worker looks the grant up again when the job runs (access may have ended meanwhile), binds it, and calls the
function registered for the kind:

    @jobs.kind("members.import", title="Impor anggota")
    def import_members(work: Work) -> None:
        for batch in ...:
            work.progress(40, "4.000 dari 10.000 baris")
        work.finish("287 anggota masuk", file=file, result={"rows": 287})

Each call of `work.transaction()` opens one bound transaction; progress is committed at once, so that the page sees it.
"""

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from registry.access import Actor, Place, context_of, load_grants
from registry.models import File, Job, User
from registry.periods import today_jakarta
from registry.tenancy import NOBODY, bind

log = logging.getLogger(__name__)


class Stop(Exception):
    """The job cannot go on; `sentence` tells the person why, in Indonesian, `result` where to go on (`url`, `label`)."""

    def __init__(self, sentence: str, result: dict | None = None) -> None:
        self.sentence, self.result = sentence, result or {}
        super().__init__(sentence)


@dataclass(frozen=True)
class Kind:
    title: str
    run: Callable[["Work"], None]


KINDS: dict[str, Kind] = {}


def kind(name: str, *, title: str) -> Callable:
    """Register the function that does jobs of this kind. `title` stands on the progress page."""

    def register(function: Callable[["Work"], None]) -> Callable[["Work"], None]:
        KINDS[name] = Kind(title, function)
        return function

    return register


def ask(name: str, *, place: Place, user: User, now: datetime, arguments: dict | None = None) -> Job:
    """Write a job down and send its number to the queue once the transaction commits. `arguments` hold no names or NIKs."""
    assert name in KINDS, f"unknown kind of job: {name}"
    job = Job.objects.create(
        agency=place.agency,
        cooperative=place.cooperative,
        number=secrets.token_hex(8),
        kind=name,
        arguments=arguments or {},
        requested_by=user.pk,
        grant=place.grant,
        made_at=now,
    )
    numbers = {
        "number": job.number,
        "user_id": user.pk,
        "grant_id": place.grant.pk,
        "cooperative_id": job.cooperative_id,
    }
    transaction.on_commit(lambda: run.defer(**numbers))
    return job


class Work:
    """A running job: its arguments, the place it acts in, and ways to report."""

    def __init__(self, number: str, user_id: int, grant_id: int, cooperative_id: int | None) -> None:
        self.number, self.now = number, timezone.now()
        self.today = today_jakarta(self.now)
        with transaction.atomic():
            grant = next((g for g in load_grants(user_id, self.today) if g.pk == grant_id), None)
            if grant is None:
                raise Stop("Akses Anda sudah berakhir sebelum pekerjaan ini sempat dijalankan.")
            self._context = context_of(grant, _cooperative(grant, cooperative_id))
            self.place = Place(grant.agency, _cooperative(grant, cooperative_id), grant)
            bind(self._context)
            self.job = Job.objects.get(number=number)
            bind(NOBODY)
        self.arguments = self.job.arguments
        self.actor = Actor(user_id, grant.user_name, grant.kind, grant.agency_id, cooperative_id)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Open one transaction bound to the requester's grant."""
        with transaction.atomic():
            bind(self._context)
            yield

    def progress(self, percent: int, message: str = "") -> None:
        """Show how far the job is. Call it outside `transaction()`: it commits by itself."""
        self._save(state=Job.State.RUNNING, progress=min(99, percent), message=message)

    def finish(self, message: str, *, file: File | None = None, result: dict | None = None) -> None:
        self._save(
            state=Job.State.DONE,
            progress=100,
            message=message,
            file=file,
            result=result or {},
            finished_at=timezone.now(),
        )

    def fail(self, sentence: str, result: dict | None = None) -> None:
        self._save(state=Job.State.FAILED, message=sentence[:240], result=result or {}, finished_at=timezone.now())

    def _save(self, **values) -> None:
        with self.transaction():
            Job.objects.filter(number=self.number).update(**values)


def _cooperative(grant, cooperative_id: int | None):
    if cooperative_id is None or grant.cooperative_id == cooperative_id:
        return grant.cooperative
    from registry.models import Cooperative

    return Cooperative.objects.select_related("district", "village").get(pk=cooperative_id, agency_id=grant.agency_id)


@app.task(name="registry.run_job", queue="default")
def run(number: str, user_id: int, grant_id: int, cooperative_id: int | None) -> None:
    """Do one job. A failure is written into the job for the person, and logged for the operator."""
    try:
        work = Work(number, user_id, grant_id, cooperative_id)
    except Stop:
        log.warning("job %s: access ended before it ran", number)
        return
    if work.job.state == Job.State.DONE:
        return
    work.progress(1)
    try:
        KINDS[work.job.kind].run(work)
    except Stop as stop:
        work.fail(stop.sentence, stop.result)
    except Exception:
        log.exception("job %s (%s) failed", number, work.job.kind)
        work.fail("Pekerjaan ini berhenti karena gangguan pada sistem. Tidak ada data yang berubah. Silakan ulangi.")

"""Private files: random names below MEDIA_ROOT, reached only through a row behind the wall."""

import hashlib
import os
import secrets
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from registry.access import Actor, Place
from registry.models import Cooperative, File
from registry.pictures import CONTENT_TYPE


@transaction.atomic
def store_file(
    *, place: Place, name: str, content: bytes, content_type: str, actor: Actor, now: datetime, published: bool = False
) -> File:
    """Keep `content` as a private file of the place and return its row. `name` is what a person downloads: no names of people.

    `published`: part of a published report, which the head of region may read too.
    """
    return _store(place.agency, place.cooperative, name, content, content_type, actor, now, published)


@transaction.atomic
def store_picture(*, cooperative: Cooperative, name: str, content: bytes, actor: Actor, now: datetime) -> File:
    """Keep a picture of a cooperative, as `registry.pictures.drawn_anew` made it, and return its row."""
    return _store(cooperative.agency, cooperative, name, content, CONTENT_TYPE, actor, now, False)


def _store(agency, cooperative, name: str, content: bytes, content_type: str, actor: Actor, now, published) -> File:
    path = write_content(content)
    return File.objects.create(
        agency=agency,
        cooperative=cooperative,
        path=path,
        name=name,
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        made_at=now,
        made_by=actor.user_id,
        published=published,
    )


def write_content(content: bytes) -> str:
    """Write a private file under a random name and return its path below MEDIA_ROOT: the caller keeps it in a row."""
    path = f"{secrets.token_hex(2)}/{secrets.token_hex(16)}"
    target = Path(settings.MEDIA_ROOT) / path
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return path


def read_content(path: str) -> bytes:
    """Return what `write_content` wrote. Raises FileNotFoundError when the disk lost it."""
    return (Path(settings.MEDIA_ROOT) / path).read_bytes()


def read_file(file: File) -> bytes:
    """Return a stored file's content. Raises FileNotFoundError when it was deleted, or the disk lost it."""
    return read_content(file.path)


def delete_content(file: File, now: datetime) -> None:
    """Delete a stored file's content when this transaction commits; its row stays and says when. Twice changes nothing."""
    path = Path(settings.MEDIA_ROOT) / file.path
    if file.gone_at is None:
        file.gone_at = now
        file.save(update_fields=["gone_at"])
    transaction.on_commit(lambda: path.unlink(missing_ok=True))

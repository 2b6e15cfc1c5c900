"""Keeping the papers of cooperatives, and the check by another person than who uploaded them."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from registry import audit
from registry.access import Actor
from registry.actions.files import write_content
from registry.documents import kinds_on
from registry.models import Cooperative, Document, GrantKind

State = Document.State


class AlreadyReplaced(Exception):
    """Somebody else uploaded the successor of this document meanwhile."""


@transaction.atomic
def keep_document(
    *, cooperative: Cooperative, kind: str, fields: Mapping, content: bytes, content_type: str, replaces: Document | None,
    actor: Actor, now: datetime, today: date,
) -> Document:  # fmt: skip
    """Keep an uploaded paper, which waits for its check. `fields`: number, title, issuer, issued_on, valid_until, grade.

    Raises `AlreadyReplaced`. What its own pengurus upload marks the cooperative's data as fresh.
    """
    paper = Document(
        cooperative=cooperative, agency_id=cooperative.agency_id, kind=kind, replaces=replaces, content_type=content_type,
        path=write_content(content), size=len(content), sha256=hashlib.sha256(content).hexdigest(), **fields,
    )  # fmt: skip
    keep_documents(papers=[paper], actor=actor, now=now, today=today)
    return paper


@transaction.atomic
def keep_documents(*, papers: Sequence[Document], actor: Actor, now: datetime, today: date) -> None:
    """Keep papers whose content is stored already, of one kind, in two statements. Raises `AlreadyReplaced`."""
    if not papers:
        return
    own = GrantKind(actor.kind).in_cooperative
    for paper in papers:
        paper.by_cooperative, paper.rules = own, kinds_on(today).name
        paper.made_by, paper.made_by_name, paper.made_at = actor.user_id, actor.name, now
    try:
        with transaction.atomic():
            Document.objects.bulk_create(papers, batch_size=500)
    except IntegrityError as error:
        if "a_document_is_replaced_once" in str(error):
            raise AlreadyReplaced from error
        raise
    audit.record_each(
        "upload_document", [paper.cooperative_id for paper in papers], actor=actor, now=now, subject=papers[0].kind,
        fresh_on=today if own else None,
    )  # fmt: skip


@transaction.atomic
def check_documents(*, documents: Sequence[Document], accept: bool, note: str, actor: Actor, now: datetime) -> None:
    """Verify documents, or return them with the reason. Raises `ValueError` for one's own or checked ones.

    A returned document counts no longer: what it replaced is in force again.
    """
    if any(one.made_by == actor.user_id or one.state != State.WAITING for one in documents):
        raise ValueError("a document is checked once, by another person than who uploaded it")
    state = State.VERIFIED if accept else State.RETURNED
    newer = Document.objects.filter(cooperative=OuterRef("cooperative"), replaces=OuterRef("pk"))
    waiting = Document.objects.filter(pk__in=[one.pk for one in documents], state=State.WAITING).exclude(
        Exists(newer.exclude(state=State.RETURNED))
    )
    changed = waiting.update(
        state=state, checked_by=actor.user_id, checked_by_name=actor.name, checked_at=now, checked_note=note
    )
    if changed != len(documents):
        raise ValueError("somebody else checked or replaced it meanwhile")
    audit.record_each(
        "check_document", [one.cooperative_id for one in documents], actor=actor, now=now, subject=state, fresh_on=None
    )  # fmt: skip

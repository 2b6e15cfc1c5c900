"""Publishing: what was said is frozen, with the files made from it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from registry import audit
from registry.access import Actor, Place
from registry.actions.files import store_file
from registry.models import Agency, PublishedReport, Signatory

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class AlreadyPublished(Exception):
    """Somebody else published this revision first."""


@dataclass(frozen=True)
class Papers:
    """The finished files: what a person downloads is called `name` plus its ending."""

    name: str
    pdf: bytes
    xlsx: bytes


@transaction.atomic
def publish_report(
    *,
    place: Place,
    period: date,
    revision: int,
    code: str,
    snapshot: dict,
    sha256: str,
    papers: Papers,
    reason: str,
    actor: Actor,
    now: datetime,
) -> PublishedReport:
    """Freeze a monthly report: its snapshot and both files. `reason` says why a revision replaces an earlier one;
    it is written beside that one.

    Raises `AlreadyPublished` when the revision exists, ValueError when it is not the next one or lacks its reason.
    """
    known = (
        PublishedReport.objects.filter(agency=place.agency, kind="monthly", period=period).order_by("-revision").first()
    )
    if known and known.revision >= revision:
        raise AlreadyPublished
    if revision != (known.revision + 1 if known else 1) or (revision > 1 and not reason):
        raise ValueError("a revision follows the one before it, with a reason")
    files = [
        store_file(
            place=place,
            name=f"{papers.name}.{ending}",
            content=content,
            content_type=kind,
            actor=actor,
            now=now,
            published=True,
        )
        for ending, content, kind in (("pdf", papers.pdf, "application/pdf"), ("xlsx", papers.xlsx, XLSX))
    ]
    try:
        with transaction.atomic():
            published = PublishedReport.objects.create(
                agency=place.agency, period=period, revision=revision, code=code, snapshot=snapshot, sha256=sha256,
                pdf=files[0], xlsx=files[1], published_at=now, published_by=actor.user_id, published_by_name=actor.name,
            )  # fmt: skip
    except IntegrityError as error:  # two people at the same moment
        raise AlreadyPublished from error
    if known:
        PublishedReport.objects.filter(agency=place.agency, pk=known.pk).update(withdrawn_reason=reason)
    audit.record(
        "publish_report",
        actor=actor,
        now=now,
        subject=f"{period:%Y-%m}",
        reason=reason,
        revision=revision,
        sha256=sha256,
    )
    return published


@transaction.atomic
def name_signatory(*, agency: Agency, fields: dict, actor: Actor, now: datetime) -> Signatory:
    """Enter who signs the agency's papers from a day on; whoever signed before stays in the papers already published."""
    signatory = Signatory.objects.create(agency=agency, **fields)
    audit.record("name_signatory", actor=actor, now=now, subject=signatory.post, valid_from=signatory.valid_from)
    return signatory

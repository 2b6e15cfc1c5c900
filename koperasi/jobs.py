"""Long work of the roof: publishing the monthly report, printing certificates."""

from datetime import date

from django.conf import settings
from django.urls import reverse

from koperasi.reports.board import Board
from koperasi.reports.figures import Period
from koperasi.reports.fill_monthly import TOLD, PaperFacts, fill, numbers_mark, signatory_on
from koperasi.reports.monthly import MonthlyReport, from_json, to_json
from koperasi.reports.monthly_pdf import monthly_pdf
from koperasi.reports.monthly_xlsx import monthly_xlsx
from koperasi.reports.published import earlier_reports, latest, report_of, stored
from koperasi.reports.training_papers import certificates_paper, certificates_pdf
from registry.actions import AlreadyPublished, Papers, publish_report
from registry.actions.files import store_file
from registry.codes import new_code
from registry.jobs import Stop, Work, kind
from registry.models import Certificate, TrainingSession
from registry.paper import PaperError
from registry.reports.training import MOST_PRINTED

REPORT = "report.monthly"
CERTIFICATES = "training.certificates"
FAULT = "Laporan tidak diterbitkan: "


@kind(REPORT, title="Menerbitkan laporan bulanan")
def publish_monthly(work: Work) -> None:
    """Count, check, print, freeze. Printing runs outside the transaction; what was counted is what is frozen.

    Arguments: `month` ("2026-10"), `revision`, `decisions` (sentences or None), `letter`, `reason`, and `numbers`, the
    fingerprint of what the person saw: other numbers by now are not published unseen.
    """
    month, revision = date.fromisoformat(f"{work.arguments['month']}-01"), work.arguments["revision"]
    with work.transaction():
        report = _counted(work, month, revision)
    work.progress(30, "Angka sudah dihitung dan cocok. Menyusun PDF.")
    try:
        pdf = monthly_pdf(report).content
    except PaperError as error:
        raise Stop(str(error)) from error
    work.progress(85, "PDF selesai. Menulis lembar kerja.")
    papers = Papers(f"laporan-{work.place.agency.slug}-{month:%Y-%m}-r{revision}", pdf, monthly_xlsx(report))
    try:
        with work.transaction():
            published = publish_report(
                place=work.place, period=month, revision=revision, code=report.code, snapshot=stored(report), sha256=report.digest,
                papers=papers, reason=work.arguments["reason"], actor=work.actor, now=work.now,
            )  # fmt: skip
    except AlreadyPublished as error:
        raise Stop("Laporan ini sudah diterbitkan orang lain. Buka halaman laporan untuk melihatnya.") from error
    work.finish(
        f"{report.title} sudah terbit.",
        file=published.pdf,
        result={
            "url": reverse("report", args=[work.place.agency.slug, month.year, month.month]),
            "label": "Buka laporan",
        },
    )


def _counted(work: Work, month: date, revision: int) -> MonthlyReport:
    """The snapshot, checked. Raises `Stop` when a check fails or the numbers are no longer those on the page."""
    agency = work.place.agency
    signatory = signatory_on(agency, work.today)
    if signatory is None:
        raise Stop(f"{FAULT}penanda tangan belum diisi.")
    previous = latest(agency, month)
    if (previous.revision if previous else 0) + 1 != revision:
        raise Stop("Laporan ini sudah diterbitkan orang lain. Buka halaman laporan untuk melihatnya.")
    board = Board(agency, Period.of(month, work.today), told=TOLD)
    code = new_code(agency.pk, "agency")
    decisions = work.arguments["decisions"]
    report = fill(
        board,
        PaperFacts(
            signatory=signatory, published_at=work.now, code=code, check_url=f"{settings.PUBLIC_URL}/k/{code}/", revision=revision,
            letter_number=work.arguments["letter"], decisions=None if decisions is None else tuple(decisions),
            before=report_of(previous) if previous else None, reason=work.arguments["reason"], earlier=earlier_reports(agency, month),
        ),
    )  # fmt: skip
    failed = [check.text for check in report.checks if not check.holds]
    if failed:
        raise Stop(f"{FAULT}pemeriksaan ini tidak cocok: {'; '.join(failed)}.")
    if numbers_mark(report) != work.arguments["numbers"]:
        raise Stop(f"{FAULT}ada angka yang berubah sejak pratinjau dibuka. Periksa pratinjau sekali lagi.")
    return from_json(to_json(report))


@kind(CERTIFICATES, title="Mencetak sertifikat bimtek")
def print_certificates(work: Work) -> None:
    """Print every certificate of a session that counts into one file; of many, the part asked for. Arguments: `session`, `part` (from 0)."""
    agency, first = work.place.agency, work.arguments["part"] * MOST_PRINTED
    with work.transaction():
        session = TrainingSession.objects.get(agency=agency, pk=work.arguments["session"])
        counting = Certificate.objects.filter(agency=agency, session=session, withdrawn_on__isnull=True)
        rows = list(counting[first : first + MOST_PRINTED])
        paper = certificates_paper(agency, session, rows, work.today)
    if not rows:
        raise Stop("Belum ada sertifikat untuk sesi ini.")
    if paper is None:
        raise Stop("Sertifikat belum dicetak: penanda tangan belum diisi.")
    work.progress(20, f"Menyusun {len(rows)} sertifikat.")
    try:
        content = certificates_pdf(paper).content
    except PaperError as error:
        raise Stop(str(error)) from error
    with work.transaction():
        stored = store_file(
            place=work.place, name=f"sertifikat-bimtek-{session.planned_on:%Y-%m-%d}.pdf", content=content, content_type="application/pdf",
            actor=work.actor, now=work.now,
        )  # fmt: skip
    work.finish(
        f"{len(rows)} sertifikat siap dicetak.", file=stored,
        result={"url": reverse("registry:file", args=[agency.slug, stored.pk]), "label": "Buka sertifikat"},
    )  # fmt: skip

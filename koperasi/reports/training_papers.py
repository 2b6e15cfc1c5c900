"""Papers of bimtek: invitations and the sheet to sign, certificates, coverage (R5). Plain values in, PDF out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from koperasi.reports.fill_monthly import letterhead, signatory_on
from koperasi.reports.monthly import AgencyHead, Signatory
from registry.models import Agency, Certificate, TrainingSession
from registry.paper import PaperFile, render_pdf
from registry.reports.coverage import DEFINITION, Coverage
from registry.training import topics

MOST_NAMED = 300  # names on paper; the spreadsheet has them all


@dataclass(frozen=True, slots=True)
class ListLine:
    """One person of a list. `check_url` and `code` are the personal invitation's, "" on a sheet to sign."""

    name: str
    post: str
    cooperative: str
    district: str
    phone: str
    code: str = ""
    check_url: str = ""
    answer: str = ""


@dataclass(frozen=True)
class ListPaper:
    """The invitations of a session, or its sheet to sign. Carries who printed it and when: it names people."""

    agency: AgencyHead
    session: TrainingSession
    title: str
    lines: tuple[ListLine, ...]
    to_sign: bool
    printed_by: str
    printed_at: datetime


def list_pdf(paper: ListPaper) -> PaperFile:
    """The list on the dinas' paper. Raises PaperError."""
    return render_pdf(
        "paper/training_list.html", {"l": paper, "agency": paper.agency, "s": paper.session}, stylesheets=["letter.css", "training.css"],
        paper=paper.agency.paper, title=f"{paper.title} {paper.session.title}",
    )  # fmt: skip


# --- Certificates -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CertificatePage:
    """One certificate as it is printed; the words are those kept with it."""

    row: Certificate
    number: str
    check_url: str
    check_address: str


@dataclass(frozen=True)
class CertificatesPaper:
    """All certificates of a session in one file."""

    agency: AgencyHead
    session: TrainingSession
    signatory: Signatory
    contents: tuple[str, ...]
    pages: tuple[CertificatePage, ...]


def certificates_paper(
    agency: Agency, session: TrainingSession, rows: Sequence[Certificate], day: date
) -> CertificatesPaper | None:
    """Put together what is printed; None when nobody is entered who signs on `day`."""
    signatory = signatory_on(agency, day)
    if signatory is None:
        return None
    base = settings.PUBLIC_URL.split("://", 1)[-1]
    pages = [CertificatePage(row, row.number, f"{settings.PUBLIC_URL}/k/{row.code}/", f"{base}/k") for row in rows]
    contents = topics()[session.topic].contents if session.topic in topics() else ()
    return CertificatesPaper(letterhead(agency), session, signatory, contents, tuple(pages))


def certificates_pdf(paper: CertificatesPaper) -> PaperFile:
    """One landscape page for each. Raises PaperError."""
    title = f"Sertifikat {paper.session.title}"
    return render_pdf(
        "paper/certificate.html", {"c": paper, "agency": paper.agency, "s": paper.session}, stylesheets=["certificate.css"], paper="A4", title=title
    )  # fmt: skip


# --- Coverage (R5) ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class CoveragePaper:
    """Coverage with the named list, as of `today`. `words`: the filters, as label and value."""

    agency: AgencyHead
    found: Coverage
    words: tuple[tuple[str, str], ...]
    trained: bool
    lines: tuple[ListLine, ...]
    left_out: int
    today: date
    printed_by: str
    printed_at: datetime
    signatory: Signatory | None
    definition: str = DEFINITION


def coverage_pdf(paper: CoveragePaper) -> PaperFile:
    """R5 on the dinas' paper. Raises PaperError."""
    return render_pdf(
        "paper/coverage.html", {"p": paper, "agency": paper.agency}, stylesheets=["letter.css", "training.css"],
        paper=paper.agency.paper, title="Cakupan bimtek",
    )  # fmt: skip

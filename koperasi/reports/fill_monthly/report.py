"""The snapshot, put together from its parts."""

import hashlib
from dataclasses import replace

from koperasi.reports.board import Board, definition
from koperasi.reports.monthly import (
    Correction,
    Figure,
    Letter,
    MonthlyReport,
)
from registry.models import FigureKind
from registry.periods import today_jakarta

from .blockers import blockers, decisions
from .cooperatives import annex, buildings, freshness
from .count import Count
from .districts import district, dues_row
from .extras import paper_only
from .paper import PaperFacts, agency_head
from .six import MEASURE, figure

TOLD = tuple(FigureKind.values)  # a board for this report reads all reported figures


def fill(board: Board, paper: PaperFacts, *, complete: bool = True) -> MonthlyReport:
    """The snapshot. With `complete` also what only paper shows: comparison, series, arrears, map, stages, training."""
    count = Count(board, paper.earlier, complete)
    report = MonthlyReport(
        agency=agency_head(board),
        letter=Letter(number=paper.letter_number, dated_on=today_jakarta(paper.published_at)),
        signatory=paper.signatory,
        month=board.period.month,
        data_on=board.period.as_of,
        published_at=paper.published_at,
        revision=paper.revision,
        code=paper.code,
        check_url=paper.check_url,
        figures=tuple(figure(count, key) for key in MEASURE),
        districts=tuple(district(count, code, lines) for code, lines in count.groups.items()),
        dues=tuple(dues_row(count, code, lines) for code, lines in count.groups.items()),
        freshness=freshness(count),
        annex=annex(count),
        compared_on=board.period.back(1).as_of if complete else None,
        buildings=buildings(count),
        building_note="Menurut catatan terakhir dinas sampai tanggal data.",
        blockers=blockers(count),
        decisions=decisions(paper.decisions, board, count.open_blockers),
        definitions=_definitions(board),
        **(paper_only(count) if complete else {}),
    )
    return _with_corrections(report, paper)


def _definitions(board: Board) -> tuple[str, ...]:
    rule = board.rule
    return (
        f"{rule.name}: {rule.definition} Sumber: {rule.source}.",
        f"Anggota: dari pembukuan; tanpa pembukuan, dari laporan terakhir. {board.source('anggota').words}.",
        f"Iuran wajib: {board.source('wajib').words}. Koperasi yang belum membuka setoran bulan ini belum ada datanya.",
        definition(board, "rat"),
        "Melapor: mencatat uang di sini atau melaporkan angka bulan ini. Modal sendiri: simpanan pokok, wajib, cadangan, hibah "
        f"(UU 25/1992 Pasal 41). Volume usaha dan SHU: sejak 1 Januari {board.period.as_of.year}, belum diaudit.",
    )


def _with_corrections(report: MonthlyReport, paper: PaperFacts) -> MonthlyReport:
    """A revision says what moved against the one before, figure by figure."""
    if paper.before is None:
        return report
    pairs = zip(paper.before.figures, report.figures, strict=True)
    moved = [
        Correction(new.name, _said(old), _said(new), paper.reason) for old, new in pairs if _said(old) != _said(new)
    ]
    return replace(
        report,
        corrections=tuple(moved)
        or (Correction("Isi laporan", f"revisi {paper.before.revision}", f"revisi {report.revision}", paper.reason),),
    )


def _said(figure: Figure) -> str:
    return f"{figure.value_text} ({figure.base_text})"


def numbers_mark(report: MonthlyReport) -> str:
    """A short fingerprint of what a person checks before publishing: the six figures and the sums per kecamatan."""
    figures_ = [
        (one.part, one.whole, [(share.label, share.count) for share in one.breakdown]) for one in report.figures
    ]
    rows = [
        (row.code, row.cooperatives, row.active, row.inactive, row.members, row.men, row.women, row.rat)
        for row in report.districts
    ]
    dues = [(row.code, row.reporting, row.due, row.paid) for row in report.dues]
    return hashlib.sha256(repr((figures_, rows, dues)).encode()).hexdigest()[:16]

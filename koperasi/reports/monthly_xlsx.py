"""The workbook twin of the monthly report: the same snapshot, the same numbers, to be sorted and summed.

Five sheets: Ringkasan, Per kecamatan, Iuran, Hambatan, Lampiran. Numbers are numbers (percents in points:
71.2), text goes through `safe_cell` so that no name becomes a formula, what is not reported is an empty
cell. Each sheet names its date, its definition and the snapshot. The same snapshot gives the same bytes:
the file is dated by the publishing.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import xlsxwriter

from koperasi.reports.monthly import MonthlyReport, SourceMix
from registry.formats import format_date_long, format_month_head, format_number
from registry.periods import add_months, in_jakarta
from registry.sentences import guarded_count
from registry.sheets.writing import safe_cell

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
KINDS = {"number": '#,##0;(#,##0);"–"', "percent": '0.0" %"', "text": "@"}
LONGEST = 32_767  # characters in a cell
RDK_HEADS = (
    "Koperasi",
    "Aktif",
    "Tidak aktif",
    "Belum dinilai",
    "Anggota",
    "Anggota L",
    "Anggota P",
    "RAT",
    "Manajer",
    "Karyawan",
    "Modal sendiri (Rp)",
    "Modal luar (Rp)",
    "Aset (Rp)",
    "Volume usaha (Rp)",
    "SHU (Rp)",
)


@dataclass(frozen=True, slots=True)
class Tenths:
    """A percent in a column of counts: tenths, printed "71,2 %"."""

    tenths: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column: heading, kind (text, number, percent in tenths) and width in characters."""

    head: str
    kind: str = "number"
    width: float = 12


def monthly_xlsx(report: MonthlyReport) -> bytes:
    """Snapshot → XLSX bytes."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, OPTIONS)
    made_at = in_jakarta(report.published_at).replace(tzinfo=None)
    book.set_properties({"title": report.title, "author": report.agency.name, "created": made_at})
    pen = _Pen(book, report, made_at)
    _summary(pen, report)
    _districts(pen, report)
    _dues(pen, report)
    _blockers(pen, report)
    _annex(pen, report)
    book.close()
    return target.getvalue()


class _Pen:
    """Writes sheets from top to bottom, every one with the same head."""

    def __init__(self, book: xlsxwriter.Workbook, report: MonthlyReport, made_at: datetime):
        self.book, self.report, self.made_at = book, report, made_at
        base = {"font_name": "Arial", "font_size": 10, "valign": "top"}
        self.title = book.add_format({**base, "bold": True, "font_size": 14})
        self.note = book.add_format({**base, "font_color": "#51606b"})
        self.section = book.add_format({**base, "bold": True, "font_color": report.agency.brand})
        self.head = book.add_format({**base, "bold": True, "bottom": 1, "text_wrap": True, "bg_color": "#f2f5f6"})
        self.cells = {kind: book.add_format({**base, "num_format": code}) for kind, code in KINDS.items()}
        self.sums = {
            kind: book.add_format({**base, "num_format": code, "bold": True, "top": 1}) for kind, code in KINDS.items()
        }

    def sheet(self, name: str, title: str, definition: str) -> None:
        """Begin a sheet: title, date and snapshot, definition."""
        report = self.report
        self.page, self.row, self.frozen = self.book.add_worksheet(name), 0, False
        self.page.set_landscape()
        self.page.set_paper(9)
        self.page.fit_to_pages(1, 0)
        self.line(title, self.title)
        demo = " · data contoh, bukan data resmi" if report.agency.demo else ""
        self.line(
            f"{report.agency.region} · data per {format_date_long(report.data_on)} · {report.stamp}{demo}",
            self.note,
        )
        self.line(f"Periksa: {report.check_address} · kode {report.code}", self.note)
        self.line(definition, self.note)
        self.row += 1

    def line(self, text: str, form=None) -> None:
        self.page.write_string(self.row, 0, safe_cell(text)[:LONGEST], form or self.cells["text"])
        self.row += 1

    def table(
        self, heading: str, columns: Sequence[Column], rows: Iterable[Sequence], total: Sequence | None = None
    ) -> None:
        """A table with its heading; the first of a sheet sets widths and freezes everything above its
        rows.
        """
        if heading:
            self.line(heading, self.section)
        for at, column in enumerate(columns):
            self.page.write_string(self.row, at, safe_cell(column.head), self.head)
        if not self.frozen:
            for at, column in enumerate(columns):
                self.page.set_column(at, at, column.width)
            self.page.freeze_panes(self.row + 1, 0)
            self.page.repeat_rows(self.row)
            self.frozen = True
        self.row += 1
        for cells in rows:
            self._write(cells, columns, self.cells)
        if total is not None:
            self._write(total, columns, self.sums)
        self.row += 1

    def _write(self, cells: Sequence, columns: Sequence[Column], forms: dict) -> None:
        for at, (value, column) in enumerate(zip(cells, columns, strict=True)):
            form = forms[column.kind]
            if value is None or value == "":
                self.page.write_blank(self.row, at, None, form)
            elif isinstance(value, Tenths):
                self.page.write_number(self.row, at, value.tenths / 10, forms["percent"])
            elif isinstance(value, str):
                self.page.write_string(self.row, at, safe_cell(value)[:LONGEST], forms["text"])
            else:
                self.page.write_number(self.row, at, value / 10 if column.kind == "percent" else value, form)
        self.row += 1


def _text(head: str, width: float = 24) -> Column:
    return Column(head, "text", width)


def _summary(pen: _Pen, report: MonthlyReport) -> None:
    pen.sheet("Ringkasan", report.title, f"{report.agency.scope}. Definisi tiap angka ada di kolom Definisi.")
    months = [add_months(report.month.replace(day=1), -back) for back in range(6, -1, -1)]
    columns = [
        _text("Angka", 34),
        Column("Nilai"),
        Column("Bagian"),
        Column("Dari"),
        _text("Satuan", 11),
        _text("Perubahan", 22),
        _text("Sebelumnya", 26),
        _text("Rincian", 34),
        _text("Definisi", 50),
        _text("Sumber data", 44),
        *(Column(f"{format_month_head(month)} {month.year}") for month in months),
    ]
    rows = [
        (
            f.name,
            _point(f.kind, f.value),
            f.part,
            f.whole,
            f.unit,
            f.change_text,
            f.before_text,
            f.breakdown_text,
            f.definition,
            f.source.words,
            *(_point(f.kind, value) for value in f.series),
        )
        for f in report.figures
    ]
    pen.table("Enam angka", columns, rows)
    pen.line("Kalimat", pen.section)
    for sentence in (report.lead_sentence, *report.sentences):
        pen.line(sentence)
    pen.row += 1
    _lists(pen, report)
    _sources(pen, report)
    pen.line("Definisi", pen.section)
    for text in report.definitions:
        pen.line(text)


def _point(kind: str, value: int | None) -> int | Tenths | None:
    """A value of a figure: the column holds counts and percents."""
    return Tenths(value) if kind == "percent" and value is not None else value


def _lists(pen: _Pen, report: MonthlyReport) -> None:
    """The smaller tables of the report, in its order."""
    if report.decisions:
        pen.table(
            "Keputusan yang dimohon",
            [_text("Keputusan")],
            [(decision.text,) for decision in report.decisions],
        )
    if report.corrections:
        heads = [_text(head) for head in ("Bagian", "Tertulis", "Seharusnya", "Alasan")]
        pen.table(
            "Ralat terhadap terbitan sebelumnya",
            heads,
            [(c.what, c.before, c.after, c.reason) for c in report.corrections],
        )
    if report.map:
        count = [_text("Golongan"), _text("Huruf"), Column(f"Jumlah {report.map.unit}")]
        pen.table(
            report.map.heading,
            count,
            [(kind.name, kind.letter, number) for kind, number in report.map.legend],
            ("Jumlah", "", len(report.map.areas)),
        )
        places = [_text("Wilayah"), _text("Kecamatan"), Column("Nomor"), _text("Huruf")]
        pen.table("Wilayah di peta", places, [(a.name, a.district, a.number, a.letter) for a in report.map.areas])
    if report.stages:
        pen.table(
            "Tahapan yang sudah dilalui",
            [_text("Tahap"), Column("Koperasi")],
            [(s.name, s.count) for s in report.stages],
        )
    training = [
        _text("Jabatan"),
        Column("Terlatih"),
        Column("Belum"),
        Column("Jumlah"),
        Column("Terlatih sebelumnya"),
    ]
    pen.table(
        "Bimtek: pemegang jabatan yang terlatih",
        training,
        [(t.post, t.trained, t.untrained, t.total, t.before) for t in report.training],
        _training_total(report),
    )
    pen.table(
        "Gedung operasional menurut status",
        [_text("Status"), Column("Koperasi")],
        [(b.label, b.count) for b in report.buildings],
        ("Jumlah", report.building_total),
    )
    for note in filter(None, (report.training_note, report.building_note)):
        pen.line(note, pen.note)
    pen.table(
        "Kesegaran data",
        [_text("Data terakhir"), Column("Koperasi")],
        [(age.label, age.count) for age in report.freshness.ages],
    )
    silent = [(row.district, len(row.cooperatives), ", ".join(row.cooperatives)) for row in report.freshness.silent]
    if silent:
        pen.table("Belum melapor", [_text("Kecamatan"), Column("Jumlah"), _text("Koperasi")], silent)


def _training_total(report: MonthlyReport) -> tuple:
    total = report.training_total
    return (total.post, total.trained, total.untrained, total.total, total.before)


def _sources(pen: _Pen, report: MonthlyReport) -> None:
    """Where each figure comes from, in cooperatives."""
    heads = ("Pembukuan", "Laporan koperasi", "ODS", "Catatan dinas", "Belum ada data", "Jumlah")
    columns = [_text("Sumber data (koperasi)"), *(Column(head) for head in heads)]
    pen.table("Sumber data tiap angka", columns, [(f.name, *_mix(f.source)) for f in report.figures])


def _mix(source: SourceMix) -> tuple[int, ...]:
    return (source.ledger, source.cooperative, source.ods, source.dinas, source.missing, source.total)


def _districts(pen: _Pen, report: MonthlyReport) -> None:
    pen.sheet(
        "Per kecamatan",
        "Rekapitulasi Data Koperasi (RDK) per kecamatan",
        "Kosong: belum dilaporkan. Urut menurut kode wilayah. " + report.checks_sentence,
    )
    columns = [
        Column("No", width=6),
        _text("Kecamatan"),
        *(Column(head, width=20 if "Rp" in head else 11) for head in RDK_HEADS),
    ]
    rows = [(at, row.name, *row.numbers) for at, row in enumerate(report.districts, start=1)]
    pen.table("", columns, rows, ("", "Jumlah", *report.district_total.numbers))
    if report.district_change and report.compared_on:
        pen.table(
            f"Perubahan sejak {format_date_long(report.compared_on)}",
            columns,
            [("", "Perubahan", *report.district_change)],
        )
    for comparison in report.comparisons:
        heads = [
            Column("No"),
            _text("Kecamatan"),
            Column("Bagian"),
            Column("Dari"),
            Column("Persen", "percent"),
        ]
        pairs = zip(report.districts, comparison.parts, strict=True)
        rows = [
            (at, row.name, *pair, tenths)
            for at, ((row, pair), tenths) in enumerate(zip(pairs, comparison.percents, strict=True), start=1)
        ]
        pen.table(f"Perbandingan: {comparison.heading}", heads, rows)


def _dues(pen: _Pen, report: MonthlyReport) -> None:
    pen.sheet(
        "Iuran",
        f"Iuran dan tunggakan per kecamatan, {report.month_text}",
        "Tagihan dan pembayaran bulan ini; tunggakan semua bulan menurut umurnya. "
        "Hanya koperasi yang melapor. "
        'Kelompok di bawah 5 orang ditulis "< 5".',
    )
    columns = [
        Column("No", width=6),
        _text("Kecamatan"),
        Column("Melapor"),
        Column("Koperasi"),
        Column("Tagihan (Rp)", width=18),
        Column("Terbayar (Rp)", width=18),
        Column("Terbayar (%)", "percent"),
        Column("Tunggakan 1–3 bulan (Rp)", width=18),
        Column("Tunggakan 4–6 bulan (Rp)", width=18),
        Column("Tunggakan lebih dari 6 bulan (Rp)", width=18),
        Column("Jumlah tunggakan (Rp)", width=18),
        Column("Menunggak (orang)"),
    ]
    rows = [(at, row.name, *_dues_cells(row)) for at, row in enumerate(report.dues, start=1)]
    pen.table("", columns, rows, ("", "Jumlah", *_dues_cells(report.dues_total)))


def _dues_cells(row) -> tuple:
    people = row.members_in_arrears
    small = people is not None and 0 < people < 5
    return (
        row.reporting,
        row.cooperatives,
        row.due,
        row.paid,
        row.paid_tenths,
        row.arrears_1_3,
        row.arrears_4_6,
        row.arrears_over_6,
        row.arrears,
        guarded_count(people) if small else people,
    )


def _blockers(pen: _Pen, report: MonthlyReport) -> None:
    pen.sheet(
        "Hambatan",
        "Hambatan yang menunggu instansi lain",
        "Satu koperasi dihitung satu kali, menurut hambatan terlama.",
    )
    columns = [
        Column("Koperasi"),
        _text("Hambatan", 40),
        _text("Nama koperasi", 60),
        _text("Yang harus bertindak", 34),
        _text("Tindakan", 40),
        _text("Diminta selesai", 18),
        Column("Terlama (hari)"),
    ]
    rows = [
        (
            b.count,
            b.title,
            ", ".join(b.cooperatives),
            b.agency,
            b.action,
            format_date_long(b.deadline) if b.deadline else "belum ditetapkan",
            b.oldest_days,
        )
        for b in report.blockers
    ]
    total = (
        report.blocked_count,
        f"koperasi terhambat dari {format_number(report.cooperative_count)}",
        "",
        "",
        "",
        "",
        None,
    )
    pen.table("", columns, rows, total)


def _annex(pen: _Pen, report: MonthlyReport) -> None:
    pen.sheet(
        "Lampiran",
        f"Keadaan tiap koperasi per {format_date_long(report.data_on)}",
        "Kosong: belum dilaporkan. Jumlah per kecamatan dihitung dari koperasi yang melaporkan tagihan dan pembayaran.",
    )
    columns = [
        Column("No", width=6),
        _text("Kecamatan"),
        _text("Koperasi", 40),
        _text(report.agency.village_word),
        _text("Status", 15),
        _text("Gedung", 15),
        _text("RAT", 15),
        Column("Anggota"),
        Column("Tagihan iuran (Rp)", width=16),
        Column("Terbayar (Rp)", width=16),
        Column("Terbayar (%)", "percent"),
        Column("Terlatih"),
        Column("Jabatan"),
        _text("Sumber data", 18),
    ]
    rows = [
        (
            a.number,
            group.name,
            a.name,
            a.village,
            a.status,
            a.building,
            a.rat,
            a.members,
            a.due,
            a.paid,
            a.paid_tenths,
            a.trained,
            a.posts,
            a.data,
        )
        for group in report.annex
        for a in group.rows
    ]
    pen.table("", columns, rows)
    sums = [
        _text("Kecamatan"),
        *(Column(head) for head in ("Koperasi", "Anggota", "Tagihan (Rp)", "Terbayar (Rp)")),
        Column("Terbayar (%)", "percent"),
        Column("Terlatih"),
        Column("Jabatan"),
    ]
    groups = [(g.name, len(g.rows), g.members, g.due, g.paid, g.paid_tenths, g.trained, g.posts) for g in report.annex]
    pen.table("Jumlah per kecamatan", sums, groups)

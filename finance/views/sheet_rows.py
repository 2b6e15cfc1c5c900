"""The lines of the Buku Setoran as its page shows them: ticks, settled people, colleagues who were faster, filters, RT/RW."""

from collections.abc import Iterator
from urllib.parse import quote

from finance.forms.dues import SheetForm
from finance.reports.sheet import MonthSheet, SheetRow, explain
from registry.formats import format_date, format_month, format_rupiah, format_time
from registry.periods import in_jakarta


def neighbours(found: MonthSheet, current: str) -> list[dict]:
    """One line for each RT/RW, with the address of its part of the sheet; none where everybody lives in one."""
    groups = found.neighbours
    if len(groups) < 2:
        return []
    month = f"bulan={found.month:%Y-%m}"
    return [
        {"group": group, "url": f"?{month}&rt={quote(group.value)}", "current": group.value == current}
        for group in groups
    ]


def tick_rows(found: MonthSheet, checked: dict[str, int], form: SheetForm | None, overtaken: dict) -> Iterator[dict]:
    for row in found.rows:
        if row.member_id in overtaken:
            yield _overtaken_row(row, found, *overtaken[row.member_id])
        elif not row.asked:
            yield _settled_row(row)
        else:
            note, state = explain(row, found.month)
            typed = checked.get(row.number)
            yield {
                "number": row.number,
                "name": row.name,
                "boxes": row.boxes,
                "amount": row.asked if typed is None else typed,
                "months": row.months,
                "checked": typed is not None,
                "typed": typed if typed not in (None, row.asked) else None,
                "value": row.tick,
                "note": _with_instalment(note, row),
                "note_state": state,
                "group": "tunggak" if row.arrears_months else "",
                "rt": row.rt_rw,
            }


def _with_instalment(note: str, row: SheetRow) -> str:
    if not row.pokok_now:
        return note
    words = f"cicilan pokok {format_rupiah(row.pokok_now)}"
    return f"{note}, {words}" if note else words[:1].upper() + words[1:]


def _settled_row(row: SheetRow) -> dict:
    done = "Lunas"
    if row.ahead_through:
        done = f"Di muka sampai {format_month(row.ahead_through)}"
    elif row.free:
        done = "Libur"
    elif row.settled_at:
        done = f"Dicatat {row.settled_by}, {format_date(in_jakarta(row.settled_at))}"
    return {
        "number": row.number,
        "name": row.name,
        "boxes": row.boxes,
        "amount": 0,
        "months": 0,
        "done": done,
        "group": "muka" if row.ahead_through else "",
        "rt": row.rt_rw,
    }


def _overtaken_row(row: SheetRow, found: MonthSheet, name: str, moment) -> dict:
    """A colleague recorded this member meanwhile: the tick now means "keep it as an advance"."""
    return {
        "number": row.number,
        "name": row.name,
        "boxes": row.boxes,
        "amount": row.amount or found.monthly_rupiah,
        "months": row.months or 1,
        "checked": False,
        "value": f"{row.number}.{row.amount or found.monthly_rupiah}.m",
        "note": f"Sudah dicatat {name} pukul {format_time(moment)}. Centang untuk menyimpan sebagai iuran di muka",
        "note_state": "soon",
        "rt": row.rt_rw,
    }


def chips(rows: list[dict]) -> list[dict]:
    counts = (
        ("Semua", "semua", len(rows)),
        ("Belum", "belum", sum(1 for row in rows if not row.get("done") and not row.get("checked"))),
        ("Menunggak", "tunggak", sum(1 for row in rows if row.get("group") == "tunggak")),
        ("Di muka", "muka", sum(1 for row in rows if row.get("group") == "muka")),
    )
    return [
        {"label": label, "url": "#daftar", "count": count, "filter": name, "current": name == "semua"}
        for label, name, count in counts
        if count or name in ("semua", "belum")
    ]

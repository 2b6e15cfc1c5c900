"""The sentences of reports, built from figures and nothing else: no free text, no adjective, no praise.

All numbers are counts unless a parameter says rupiah. "naik" and "turun" are neutral; whether up is good
the reader decides. Indonesian nouns have no plural. A sentence does not open with a long numeral: from
1.000 on it begins with "Sebanyak".
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from registry.formats import (
    MONTHS,
    NBSP,
    format_date_long,
    format_number,
    format_rupiah,
    format_tenths,
    percent_tenths,
)  # fmt: skip

__all__ = [
    "count_sentence", "change_words", "reporting_sentence", "spread_words", "percent_sentence_points",
    "blocked_sentence", "decision_sentence", "guarded_count",
]  # fmt: skip


def change_words(change: int, unit: str = "") -> str:
    """5, "koperasi" -> "naik 5 koperasi"; -3 -> "turun 3"; 0 -> "tetap"."""
    if change == 0:
        return "tetap"
    words = f"{'naik' if change > 0 else 'turun'} {format_number(abs(change))}"
    return f"{words} {unit}" if unit else words


def _opening(count: int) -> str:
    return f"Sebanyak {format_number(count)}" if count >= 1000 else format_number(count)


def count_sentence(
    count: int,
    total: int,
    what: str,
    before: int | None = None,
    month_before: date | None = None,
    *,
    changed: Literal["definition", "total"] | None = None,
    total_before: int | None = None,
    noun: str = "koperasi",
) -> str:
    """How many of `total` have done `what` ("membuka gerai"), against `before` in the month of
    `month_before`.

    "33 dari 67 koperasi sudah membuka gerai, naik 5 sejak September." Without `before` the sentence says
    that there is nothing to compare with; with `changed`, or a `total_before` other than `total`, that
    nothing is compared and why. All and none have forms of their own. Raises ValueError unless 0 <= count
    <= total, and for a `before` without its month.
    """
    if not 0 <= count <= total:
        raise ValueError("A count lies between 0 and its total.")
    if before is not None and month_before is None:
        raise ValueError("A comparison names its month.")
    if total_before is not None and total_before != total:
        changed = changed or "total"
    comparable = before if changed is None else None
    if total == 0:
        return f"Belum ada {noun} yang dihitung."
    if count == 0:
        return _none_sentence(what, comparable, noun)
    if count == total:
        return _all_sentence(total, what, comparable, noun)
    fact = f"{_opening(count)} dari {format_number(total)} {noun} sudah {what}"
    if changed:
        reason = "definisi" if changed == "definition" else f"jumlah {noun}"
        return f"{fact}; tidak dibandingkan karena {reason} berubah."
    if before is None or month_before is None:
        return f"{fact}; belum ada pembanding."
    return f"{fact}, {change_words(count - before)} sejak {MONTHS[month_before.month - 1]}."


def _none_sentence(what: str, before: int | None, noun: str) -> str:
    if before:  # "belum" would deny what was so a month ago
        return f"Tidak ada lagi {noun} yang {what}; bulan lalu {format_number(before)}."
    return f"Belum ada {noun} yang {what}."


def _all_sentence(total: int, what: str, before: int | None, noun: str) -> str:
    everyone = f"Semua {format_number(total)} {noun}" if total > 1 else f"Satu-satunya {noun}"
    since = f"; bulan lalu {format_number(before)}" if before is not None and before < total else ""
    return f"{everyone} sudah {what}{since}."


def spread_words(missing: Mapping[str, int], only_name: str = "") -> str:
    """Where those `missing` are; keys are kecamatan in the order of their codes, values how many in each.

    "terbanyak di Kecamatan Taktakan (3)", "terbanyak di Kecamatan Curug dan Kasemen (masing-masing 2)",
    "semuanya di Kecamatan Curug", "tersebar di 4 kecamatan", and for a single one "yaitu {only_name},
    Kecamatan Curug". Raises ValueError if nobody is missing.
    """
    counts = {district: count for district, count in missing.items() if count > 0}
    if not counts:
        raise ValueError("Nobody is missing.")
    most = max(counts.values())
    top = [district for district, count in counts.items() if count == most]
    if sum(counts.values()) == 1:
        return f"yaitu {only_name}, Kecamatan {top[0]}" if only_name else f"di Kecamatan {top[0]}"
    if len(counts) == 1:
        return f"semuanya di Kecamatan {top[0]}"
    if most > 1 and len(top) == 1:
        return f"terbanyak di Kecamatan {top[0]} ({format_number(most)})"
    if most > 1 and len(top) == 2:
        return f"terbanyak di Kecamatan {top[0]} dan {top[1]} (masing-masing {format_number(most)})"
    return f"tersebar di {format_number(len(counts))} kecamatan"


def reporting_sentence(reported: int, total: int, missing: Mapping[str, int], only_name: str = "") -> str:
    """Who reported: "61 dari 67 koperasi telah melapor; 6 belum, terbanyak di Kecamatan Taktakan (3)."

    `missing` and `only_name` as in `spread_words`. Raises ValueError if `missing` does not add up to the
    rest.
    """
    if not 0 <= reported <= total or sum(missing.values()) != total - reported:
        raise ValueError("Reported and missing do not add up to the total.")
    if total == 0:
        return "Belum ada koperasi yang wajib melapor."
    if reported == 0:
        return "Belum ada koperasi yang melapor."
    if reported == total:
        everyone = f"Semua {format_number(total)}" if total > 1 else "Satu-satunya"
        return f"{everyone} koperasi telah melapor."
    return (
        f"{_opening(reported)} dari {format_number(total)} koperasi telah melapor; "
        f"{format_number(total - reported)} belum, {spread_words(missing, only_name)}."
    )


def percent_sentence_points(
    part: int,
    whole: int,
    before: tuple[int, int] | None = None,
    *,
    rupiah: bool = False,
    reporters: int | None = None,
) -> str:
    """A share and its change, without a full stop: "71,2 % (318 dari 536), naik 1,4 poin".

    `before` is (part, whole) of the month compared with; the change is in points, from the tenths as
    printed. With `rupiah` both amounts are written as money; with `reporters` it is said that only those
    who reported are counted. Nothing to divide by: "belum ada data".
    """
    tenths = percent_tenths(part, whole)
    if tenths is None:
        return "belum ada data"
    written = format_rupiah if rupiah else format_number
    words = f"{_short_tenths(tenths)}{NBSP}% ({written(part)} dari {written(whole)})"
    if reporters is not None:
        words += f" pada {format_number(reporters)} koperasi yang melapor"
    tenths_before = percent_tenths(*before) if before else None
    if tenths_before is None:
        return f"{words}; belum ada pembanding"
    change = tenths - tenths_before
    if change == 0:
        return f"{words}, tetap"
    return f"{words}, {'naik' if change > 0 else 'turun'} {_short_tenths(abs(change))} poin"


def _short_tenths(tenths: int) -> str:
    return format_tenths(tenths).replace(",0", "")


def blocked_sentence(blocked: int, agencies: int, page: int | None = None) -> str:
    """How many cooperatives wait for how many other `agencies`, and the page that lists them.

    Raises ValueError if somebody is blocked by nobody.
    """
    if blocked == 0:
        return "Tidak ada koperasi yang menunggu instansi lain."
    if blocked < 0 or agencies < 1:
        raise ValueError("Who is blocked waits for somebody.")
    where = f" (halaman {page})" if page is not None else ""
    return (
        f"Sebanyak {format_number(blocked)} koperasi terhambat oleh urusan yang tidak dapat diselesaikan "
        f"koperasi sendiri dan menunggu tindakan {format_number(agencies)} instansi{where}."
    )


def decision_sentence(
    action: str, count: int, *, through: str, before: date, whose: str = "", noun: str = "koperasi"
) -> str:
    """One decision asked of the head of the region: verb and object first, for how many, through whom,
    before when.

    ("Menetapkan lahan aset kota", 7, through="BPKAD", before=…, whose="yang belum punya lahan") ->
    "Menetapkan lahan aset kota untuk 7 koperasi yang belum punya lahan, melalui BPKAD, sebelum 30 November
    2025." Raises ValueError unless there is an action, somebody it is for, and somebody it goes through.
    """
    if not action.strip() or not through.strip() or count < 1:
        raise ValueError("A decision has an action, somebody to act and somebody it is for.")
    whom = f"{noun} {whose}" if whose else noun
    opening = action.strip()[0].upper() + action.strip()[1:]
    deadline = format_date_long(before)
    return f"{opening} untuk {format_number(count)} {whom}, melalui {through}, sebelum {deadline}."


def guarded_count(people: int) -> str:
    """A count of people in a cell that could name someone: 1-4 become "< 5", 0 an en dash."""
    if people == 0:
        return "–"
    return f"<{NBSP}5" if people < 5 else format_number(people)

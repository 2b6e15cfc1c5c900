"""Who is behind, when somebody last prepared a word for them, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from finance.models import Reminder
from members.models import Member
from registry.formats import format_month, format_rupiah
from registry.models import Cooperative
from registry.periods import add_months

from .arrears import ArrearsRow, arrears

QUIET_DAYS = 7  # nobody is asked twice within them


@dataclass(frozen=True)
class Reminded:
    """One member who is behind: what is open, their telephone, and the last word prepared for them, if any."""

    row: ArrearsRow
    phone: str
    prepared_on: date | None
    prepared_by: str

    def is_quiet(self, today: date) -> bool:
        """Whether it is too early to prepare another word."""
        return self.prepared_on is not None and self.prepared_on > today - timedelta(days=QUIET_DAYS)


def reminders(*, cooperative: Cooperative, today: date) -> list[Reminded]:
    """Return everybody with wajib open from before this month, the longest first. Five queries, however many members."""
    rows = arrears(cooperative=cooperative, as_of=today).rows
    phones: Mapping[int, str] = dict(
        Member.objects.of(cooperative).filter(pk__in=[row.member_id for row in rows]).values_list("pk", "phone")
    )
    recent = Reminder.objects.filter(cooperative=cooperative, prepared_on__gt=today - timedelta(days=QUIET_DAYS))
    last = {one.member_id: one for one in recent.order_by("prepared_on", "pk")}
    return [
        Reminded(
            row,
            phones.get(row.member_id, ""),
            last[row.member_id].prepared_on if row.member_id in last else None,
            last[row.member_id].prepared_by_name if row.member_id in last else "",
        )
        for row in rows
    ]


def reminder_log(*, cooperative: Cooperative) -> list[Reminder]:
    """Return the last hundred words that were prepared, the newest first."""
    found = Reminder.objects.filter(cooperative=cooperative).select_related("member")
    return list(found.order_by("-prepared_at", "-pk")[:100])


def reminder_text(*, row: ArrearsRow, cooperative: str, officer: str, today: date) -> str:
    """Return the words for one member: thanks first, the amount, that it may come in parts; nobody is accused."""
    last = format_month(add_months(today, -1))
    since = format_month(row.since)
    months = f"bulan {since}" if row.months == 1 else f"{row.months} bulan, {since} sampai {last}"
    return (
        f"Yth. Bapak/Ibu {row.name}, terima kasih sudah menjadi bagian dari {cooperative}. "
        f"Simpanan wajib {months}, sebesar {format_rupiah(row.rupiah)}, belum kami terima. "
        "Simpanan itu tetap milik Bapak/Ibu; boleh disetor kapan saja dan boleh bertahap. "
        f"Bila sudah disetor, mohon abaikan pesan ini dan kabari kami. Terima kasih. {officer}"
    ).replace("\u00a0", " ")

"""`verify`: recompute every stored sum from the postings, and walk digests and seals. Trust nothing that was kept."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from finance.models import EntryDigest, Period
from registry.models import Cooperative

# Each check returns rows that should not be: (what, number or key, detail).
CHECKS: dict[str, str] = {
    "ringkasan akun": """
        SELECT 'akun ' || code || ' bulan ' || to_char(month, 'YYYY-MM'), kept_d || '/' || kept_c || ' seharusnya ' || d || '/' || c FROM (
          SELECT code, month, sum(d)::bigint AS d, sum(c)::bigint AS c, sum(kd)::bigint AS kept_d, sum(kc)::bigint AS kept_c FROM (
            SELECT a.code, date_trunc('month', p.posted_on)::date AS month, p.rupiah AS d, 0::bigint AS c, 0::bigint AS kd, 0::bigint AS kc
            FROM finance_posting p JOIN finance_account a ON a.cooperative_id = p.cooperative_id AND a.id = p.debit_id WHERE p.cooperative_id = %(c)s
            UNION ALL
            SELECT a.code, date_trunc('month', p.posted_on)::date, 0, p.rupiah, 0, 0
            FROM finance_posting p JOIN finance_account a ON a.cooperative_id = p.cooperative_id AND a.id = p.credit_id WHERE p.cooperative_id = %(c)s
            UNION ALL
            SELECT account_code, month, 0, 0, debit_rupiah, credit_rupiah FROM finance_accountmonth WHERE cooperative_id = %(c)s
          ) x GROUP BY code, month) y WHERE d <> kept_d OR c <> kept_c""",
    "saldo anggota": """
        SELECT 'anggota ' || m.number_text, kp || '/' || kw || ' seharusnya ' || pokok || '/' || wajib FROM (
          SELECT member_id, sum(pokok)::bigint AS pokok, sum(wajib)::bigint AS wajib, sum(kp)::bigint AS kp, sum(kw)::bigint AS kw FROM (
            SELECT coalesce(g.merged_into_id, g.id) AS member_id, CASE WHEN c.code = '31000' THEN p.rupiah WHEN d.code = '31000' THEN -p.rupiah ELSE 0 END AS pokok,
                   CASE WHEN c.code = '32000' THEN p.rupiah WHEN d.code = '32000' THEN -p.rupiah ELSE 0 END AS wajib, 0 AS kp, 0 AS kw
            FROM finance_posting p JOIN finance_account d ON d.cooperative_id = p.cooperative_id AND d.id = p.debit_id
            JOIN finance_account c ON c.cooperative_id = p.cooperative_id AND c.id = p.credit_id
            JOIN members_member g ON g.cooperative_id = p.cooperative_id AND g.id = p.member_id
            WHERE p.cooperative_id = %(c)s
            UNION ALL SELECT member_id, 0, 0, pokok_rupiah, wajib_rupiah FROM finance_memberbalance WHERE cooperative_id = %(c)s
          ) x GROUP BY member_id) y JOIN members_member m ON m.cooperative_id = %(c)s AND m.id = y.member_id
        WHERE pokok <> kp OR wajib <> kw""",
    "kewajiban terbayar": """
        SELECT 'anggota ' || m.number_text || ' ' || o.kind || ' ' || to_char(o.period, 'YYYY-MM'), o.paid_rupiah || ' seharusnya ' || coalesce(a.rupiah, 0)
        FROM finance_obligation o JOIN members_member m ON m.cooperative_id = o.cooperative_id AND m.id = o.member_id
        LEFT JOIN (SELECT obligation_id, sum(rupiah)::bigint AS rupiah FROM finance_allocation WHERE cooperative_id = %(c)s GROUP BY 1) a
          ON a.obligation_id = o.id
        WHERE o.cooperative_id = %(c)s AND o.paid_rupiah <> coalesce(a.rupiah, 0)""",
    "libur": """
        SELECT 'anggota ' || m.number_text || ' ' || to_char(o.period, 'YYYY-MM'), o.due_rupiah - o.paid_rupiah || ' terutang padahal libur'
        FROM finance_obligation o JOIN members_member m ON m.cooperative_id = o.cooperative_id AND m.id = o.member_id
        WHERE o.cooperative_id = %(c)s AND o.kind = 'wajib' AND o.due_rupiah > o.paid_rupiah AND EXISTS (
          SELECT 1 FROM finance_duespause w LEFT JOIN members_member g ON g.cooperative_id = w.cooperative_id AND g.id = w.member_id
          WHERE w.cooperative_id = %(c)s AND w.withdrawn_at IS NULL AND o.period BETWEEN w.first_month AND w.last_month
            AND (w.member_id IS NULL OR coalesce(g.merged_into_id, g.id) = coalesce(m.merged_into_id, m.id)))""",
    "iuran jatuh tempo": """
        SELECT kind || ' ' || to_char(period, 'YYYY-MM'), kept || ' seharusnya ' || due FROM (
          SELECT kind, period, sum(due)::bigint AS due, sum(kept)::bigint AS kept FROM (
            SELECT kind, period, due_rupiah AS due, 0::bigint AS kept FROM finance_obligation WHERE cooperative_id = %(c)s
            UNION ALL SELECT kind, period, 0, rupiah FROM finance_duesdue WHERE cooperative_id = %(c)s) x GROUP BY 1, 2) y WHERE due <> kept""",
    "iuran terbayar pada waktunya": """
        SELECT kind || ' ' || to_char(period, 'YYYY-MM'), kept || ' seharusnya ' || paid FROM (
          SELECT kind, period, sum(paid)::bigint AS paid, sum(kept)::bigint AS kept FROM (
            SELECT o.kind, o.period, a.rupiah AS paid, 0::bigint AS kept
            FROM finance_allocation a JOIN finance_obligation o ON o.cooperative_id = a.cooperative_id AND o.id = a.obligation_id
            WHERE a.cooperative_id = %(c)s AND date_trunc('month', a.posted_on)::date <= o.period
            UNION ALL SELECT kind, period, 0, in_time_rupiah FROM finance_duesdue WHERE cooperative_id = %(c)s) x GROUP BY 1, 2) y
        WHERE paid <> kept""",
    "modal sendiri dan usaha": """
        SELECT 'bulan ' || to_char(month, 'YYYY-MM'), coalesce(kept, 'tidak ada') || ' seharusnya ' || coalesce(real, 'tidak ada') FROM (
          SELECT month, concat_ws('/', sum(sum(p)) OVER w, sum(sum(w)) OVER w, sum(sum(c)) OVER w, sum(sum(h)) OVER w, sum(b)) AS real FROM (
            SELECT date_trunc('month', e.posted_on)::date AS month,
                   CASE WHEN a.code IN ('31000', '31100') THEN rupiah ELSE 0 END AS p, CASE WHEN a.code = '32000' THEN rupiah ELSE 0 END AS w,
                   CASE WHEN a.code IN ('35000', '35100') THEN rupiah ELSE 0 END AS c, CASE WHEN a.code = '34000' THEN rupiah ELSE 0 END AS h,
                   CASE WHEN a.code >= '41000' AND a.code < '43000' THEN rupiah WHEN a.code = '12200' AND rupiah < 0 THEN -rupiah ELSE 0 END AS b
            FROM (SELECT posted_on, credit_id AS account_id, rupiah FROM finance_posting WHERE cooperative_id = %(c)s
                  UNION ALL SELECT posted_on, debit_id, -rupiah FROM finance_posting WHERE cooperative_id = %(c)s) e
            JOIN finance_account a ON a.cooperative_id = %(c)s AND a.id = e.account_id) side GROUP BY month WINDOW w AS (ORDER BY month)) moved
        FULL JOIN (SELECT month, concat_ws('/', pokok_rupiah, wajib_rupiah, cadangan_rupiah, hibah_rupiah, business_rupiah) AS kept
                   FROM finance_booksmonth WHERE cooperative_id = %(c)s) stored USING (month) WHERE kept IS DISTINCT FROM real""",
    "iuran terbayar": """
        SELECT kind || ' ' || to_char(period, 'YYYY-MM') || ' di ' || to_char(posted, 'YYYY-MM'), kept || ' seharusnya ' || paid FROM (
          SELECT kind, period, posted, sum(paid)::bigint AS paid, sum(kept)::bigint AS kept FROM (
            SELECT o.kind, o.period, date_trunc('month', a.posted_on)::date AS posted, a.rupiah AS paid, 0::bigint AS kept
            FROM finance_allocation a JOIN finance_obligation o ON o.cooperative_id = a.cooperative_id AND o.id = a.obligation_id
            WHERE a.cooperative_id = %(c)s
            UNION ALL SELECT kind, period, posted_month, 0, rupiah FROM finance_duespaid WHERE cooperative_id = %(c)s) x GROUP BY 1, 2, 3) y
        WHERE paid <> kept""",
    "pembayaran dan jurnal": """
        SELECT 'jurnal ' || e.year || '-' || e.number, y.rupiah || ' seharusnya ' || coalesce(p.rupiah, 0)
        FROM finance_payment y JOIN finance_receipt r ON r.cooperative_id = y.cooperative_id AND r.payment_id = y.id
        JOIN finance_entry e ON e.cooperative_id = y.cooperative_id AND e.id = y.entry_id
        LEFT JOIN (SELECT entry_id, member_id, sum(rupiah)::bigint AS rupiah FROM finance_posting WHERE cooperative_id = %(c)s GROUP BY 1, 2) p
          ON p.entry_id = y.entry_id AND p.member_id = y.member_id
        WHERE y.cooperative_id = %(c)s AND (y.rupiah <> coalesce(p.rupiah, 0) OR r.rupiah <> y.rupiah)""",
    "kas di kolektor": """
        SELECT 'akun 11130', kept || ' menurut buku, ' || held || ' menurut kolektor' FROM (
          SELECT coalesce(sum(CASE WHEN d.code = '11130' THEN p.rupiah ELSE 0 END - CASE WHEN c.code = '11130' THEN p.rupiah ELSE 0 END), 0)::bigint AS kept
          FROM finance_posting p JOIN finance_account d ON d.cooperative_id = p.cooperative_id AND d.id = p.debit_id
          JOIN finance_account c ON c.cooperative_id = p.cooperative_id AND c.id = p.credit_id
          WHERE p.cooperative_id = %(c)s AND '11130' IN (d.code, c.code)) book,
          (SELECT (SELECT coalesce(sum(y.rupiah), 0) FROM finance_payment y
                   WHERE y.cooperative_id = %(c)s AND y.channel = 'collector' AND NOT EXISTS (
                     SELECT 1 FROM finance_receipt r JOIN finance_receiptreplacement x ON x.cooperative_id = r.cooperative_id AND x.receipt_id = r.id
                     WHERE r.cooperative_id = y.cooperative_id AND r.payment_id = y.id))
                - (SELECT coalesce(sum(CASE WHEN reverses_id IS NULL THEN rupiah ELSE -rupiah END), 0) FROM finance_cashmove
                   WHERE cooperative_id = %(c)s AND kind = 'handover') AS held) people WHERE kept <> held""",
    "nomor kuitansi": """
        SELECT 'tahun ' || year, count(*) || ' kuitansi, nomor terakhir ' || max(number) FROM finance_receipt WHERE cooperative_id = %(c)s
        GROUP BY year HAVING count(*) <> max(number) OR min(number) <> 1""",
    "nomor jurnal": """
        SELECT 'tahun ' || year, count(*) || ' jurnal, nomor terakhir ' || max(number) FROM finance_entry WHERE cooperative_id = %(c)s
        GROUP BY year HAVING count(*) <> max(number) OR min(number) <> 1""",
    "sidik jurnal": """
        SELECT 'jurnal ' || e.year || '-' || e.number, CASE WHEN d.digest IS NULL THEN 'tanpa sidik' ELSE 'isi tidak sama dengan sidiknya' END
        FROM finance_entry e LEFT JOIN finance_entrydigest d ON d.cooperative_id = e.cooperative_id AND d.entry_id = e.id
        WHERE e.cooperative_id = %(c)s AND d.digest IS DISTINCT FROM ledger.entry_digest(e.cooperative_id, e.id)""",
    "anggota tiap bulan": """
        SELECT 'bulan ' || to_char(month, 'YYYY-MM'), coalesce(kept, 'tidak ada') || ' seharusnya ' || coalesce(real, 'tidak ada') FROM (
          SELECT month, concat_ws('/', sum(sum(joined - "left") FILTER (WHERE sex = 'L')) OVER w, sum(sum(joined - "left") FILTER (WHERE sex = 'P')) OVER w,
                                  sum(joined - "left")) AS real
          FROM (SELECT month, sex, joined, "left" FROM members_memberflow WHERE cooperative_id = %(c)s
                UNION ALL SELECT DISTINCT month, both_sexes.sex, 0, 0 FROM members_memberflow, (VALUES ('L'), ('P')) AS both_sexes(sex) WHERE cooperative_id = %(c)s) f
          GROUP BY month WINDOW w AS (ORDER BY month)) moved
        FULL JOIN (SELECT month, concat_ws('/', men, women, change) AS kept FROM members_membermonth WHERE cooperative_id = %(c)s) stored USING (month)
        WHERE kept IS DISTINCT FROM real""",
    "anggota pelaku usaha": """
        SELECT concat_ws(' ', sex, kind, scale), kept || ' seharusnya ' || real FROM (
          SELECT sex, kind, scale, sum(real)::bigint AS real, sum(kept)::bigint AS kept FROM (
            (SELECT DISTINCT ON (m.id) m.sex, m.kind, b.scale, 1 AS real, 0 AS kept FROM members_memberbusiness b
             JOIN members_member g ON g.cooperative_id = b.cooperative_id AND g.id = b.member_id
             JOIN members_member m ON m.cooperative_id = b.cooperative_id AND m.id = coalesce(g.merged_into_id, g.id)
             WHERE b.cooperative_id = %(c)s AND m.status <> 'exited' ORDER BY m.id, g.merged_into_id NULLS FIRST)
            UNION ALL SELECT sex, kind, scale, 0, members FROM members_businesscount WHERE cooperative_id = %(c)s) x GROUP BY 1, 2, 3) y
        WHERE kept <> real""",
    "arus anggota": """
        SELECT 'arus ' || sex, kept || ' seharusnya ' || real FROM (
          SELECT sex, sum(kept)::bigint AS kept, sum(real)::bigint AS real FROM (
            SELECT sex, 1 AS real, 0 AS kept FROM members_member
            WHERE cooperative_id = %(c)s AND status IN ('active', 'suspended') AND merged_into_id IS NULL
            UNION ALL SELECT sex, 0, joined - "left" FROM members_memberflow WHERE cooperative_id = %(c)s) x GROUP BY sex) y WHERE kept <> real""",
}


@dataclass(frozen=True)
class Finding:
    """Something that does not add up: which check, where, and what it is instead."""

    check: str
    where: str
    detail: str


def verify_cooperative(cooperative: Cooperative) -> list[Finding]:
    """Return everything wrong with a cooperative's books; an empty list means that all of it adds up."""
    findings: list[Finding] = []
    with connection.cursor() as cursor:
        for check, statement in CHECKS.items():
            cursor.execute(statement, {"c": cooperative.pk})
            findings += [Finding(check, where, detail) for where, detail in cursor.fetchall()]
    return [*findings, *_broken_seals(cooperative)]


def _broken_seals(cooperative: Cooperative) -> Iterator[Finding]:
    """Walk the chain of monthly seals: each is SHA-256 over the one before and the digests of its month."""
    previous = b""
    for period in Period.objects.filter(cooperative=cooperative).order_by("month"):
        digests = EntryDigest.objects.of_month(cooperative.pk, period.month)
        if Period.seal_over(previous, period.month, digests) != bytes(period.seal):
            yield Finding("segel", f"bulan {period.month:%Y-%m}", "segel tidak cocok lagi")
        previous = bytes(period.seal)

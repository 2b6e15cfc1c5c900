"""Who may do what with the money tables. Posted rows are inserted, never updated."""

from typing import Any

from registry.tenancy import Role
from registry.tenancy.tables import Kind, Table, table_of, tenant

_READ: dict[str, Any] = {"supervisor": "S", "case": "S"}
_TOTALS: dict[str, Any] = {"supervisor": "S", "case": "S", "field": "S", "dinas": "S", "executive": "S"}

TABLES: list[Table] = [
    tenant("finance.Books", officer="SIU", columns=("closed_through", "instalments_make_members"), **_READ),
    tenant("finance.BookYear", officer="SIU", columns=("last_entry", "last_receipt"), **_READ),
    tenant("finance.Account", officer="SI", **_READ),
    tenant("finance.Period", officer="SI", maker="closed_by", **_READ),
    tenant("finance.Entry", officer="SI", maker="maker_id", **_READ),
    tenant("finance.Posting", officer="SI", **_READ),
    tenant("finance.EntryDigest", officer="SI", **_READ),
    tenant("finance.DuesRate", officer="SI", **_READ),
    # What nobody paid on goes with the undone import of its member; the key of allocations holds the rest.
    tenant(
        "finance.Obligation",
        officer="SIUD",
        columns=("paid_rupiah", "due_rupiah"),
        deletable="paid_rupiah = 0",
        **_READ,
    ),
    tenant("finance.DueBeforeMerge", officer="SID", **_READ),
    tenant("finance.Payment", officer="SI", **_READ),
    tenant("finance.Allocation", officer="SI", **_READ),
    tenant("finance.Receipt", officer="SI", public="S", **_READ),
    tenant("finance.ReceiptReplacement", officer="SI", public="S", **_READ),
    tenant("finance.ReceiptLook", officer="S", public="SI", **_READ),
    # A member's word about a receipt: written by who holds its code, answered by pengawas or dinas, changed by nobody.
    tenant("finance.Objection", officer="S", supervisor="S", case="S", dinas="S", public="SI"),
    tenant(
        "finance.ObjectionAnswer",
        maker="answered_by",
        officer="S",
        supervisor="SI",
        case="S",
        dinas="SI",
        public="S",
    ),
    # The dinas writes addresses and officers, and the database their copies at the door.
    tenant(
        "finance.DoorPage",
        officer="SIU",
        columns=("code", "renewed_at", "address", "phone", "officers", "rates"),
        supervisor="S",
        case="S",
        dinas="SU",
        public="S",
    ),
    tenant("finance.Reminder", officer="SI", maker="prepared_by", supervisor="S", case="S"),
    tenant("finance.PayOut", officer="SI", **_READ),
    tenant("finance.PayOutReversal", officer="SI", **_READ),
    tenant("finance.RefundPart", officer="SIU", columns=("replaced_at",), **_READ),
    tenant("finance.CashCount", officer="SI", **_READ),
    tenant("finance.CashMove", officer="SI", **_READ),
    tenant("finance.Evidence", officer="SI", **_READ),
    tenant("finance.DuesPause", officer="SIU", columns=("withdrawn_at", "withdrawn_by", "withdrawn_reason"), **_READ),
    tenant("finance.DuesWaiver", officer="SIUD", columns=("restored_on",), **_READ),
    tenant("finance.Submission", officer="SI", **_READ),
    tenant("finance.ByLaws", officer="SI", maker="entered_by", **_READ),
    tenant("finance.HandOver", officer="SI", maker="offered_by", **_READ),
    # The pengawas witnesses; officers receive or take back. Nobody signs for another.
    Table(
        table_of("finance.HandOverSign"),
        Kind.TENANT,
        {Role.OFFICER: "SI", Role.SUPERVISOR: "SI", Role.CASE: "S"},
        maker="by",
        new_rows={Role.OFFICER: "duty = 'officer'", Role.SUPERVISOR: "duty = 'supervisor'"},
    ),
    tenant("finance.MemberBalance", officer="SIU", columns=("pokok_rupiah", "wajib_rupiah"), **_READ),
    tenant("finance.AccountMonth", officer="SIU", columns=("debit_rupiah", "credit_rupiah"), **_TOTALS),
    tenant(
        "finance.BooksMonth",
        officer="SIU",
        columns=("pokok_rupiah", "wajib_rupiah", "cadangan_rupiah", "hibah_rupiah", "business_rupiah"),
        **_TOTALS,
    ),
    tenant("finance.DuesDue", officer="SIU", columns=("obligations", "rupiah", "in_time_rupiah"), **_TOTALS),
    tenant("finance.DuesPaid", officer="SIU", columns=("rupiah",), **_TOTALS),
]

"""Money: the ledger, the dues, and the summaries kept with them. Whole rupiah everywhere."""

from .dues import (
    Allocation,
    CashCount,
    Channel,
    DuesKind,
    DuesRate,
    Obligation,
    Payment,
    Receipt,
    ReceiptReplacement,
    Submission,
)
from .exits import PayOut
from .ledger import EXIT_PAYABLE, Account, Books, BookYear, Entry, EntryDigest, EntryKind, Period, Posting
from .summaries import AccountMonth, DuesDue, DuesPaid, MemberBalance

__all__ = [
    "EXIT_PAYABLE",
    "Account",
    "AccountMonth",
    "Allocation",
    "BookYear",
    "Books",
    "CashCount",
    "Channel",
    "DuesDue",
    "DuesKind",
    "DuesPaid",
    "DuesRate",
    "Entry",
    "EntryDigest",
    "EntryKind",
    "MemberBalance",
    "Obligation",
    "PayOut",
    "Payment",
    "Period",
    "Posting",
    "Receipt",
    "ReceiptReplacement",
    "Submission",
]

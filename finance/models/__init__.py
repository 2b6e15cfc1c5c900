"""Money: the ledger, the dues, and the summaries kept with them. Whole rupiah everywhere."""

from .dues import (
    Allocation,
    CashCount,
    Channel,
    DueBeforeMerge,
    DuesKind,
    DuesRate,
    Obligation,
    Payment,
    Receipt,
    ReceiptReplacement,
    Submission,
)
from .exits import PayOut, PayOutReversal, RefundPart
from .ledger import EXIT_PAYABLE, Account, Books, BookYear, Entry, EntryDigest, EntryKind, Period, Posting
from .summaries import OWN_CAPITAL, AccountMonth, BooksMonth, DuesDue, DuesPaid, MemberBalance

__all__ = [
    "EXIT_PAYABLE",
    "Account",
    "OWN_CAPITAL",
    "AccountMonth",
    "Allocation",
    "BookYear",
    "Books",
    "BooksMonth",
    "CashCount",
    "Channel",
    "DueBeforeMerge",
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
    "PayOutReversal",
    "Payment",
    "Period",
    "Posting",
    "Receipt",
    "ReceiptReplacement",
    "RefundPart",
    "Submission",
]

"""Money: the ledger, the dues, and the summaries kept with them. Whole rupiah everywhere."""

from .bylaws import ByLaws
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
from .handover import HandOver, HandOverSign
from .ledger import EXIT_PAYABLE, Account, Books, BookYear, Entry, EntryDigest, EntryKind, Period, Posting
from .looks import ReceiptLook
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
    "ByLaws",
    "CashCount",
    "Channel",
    "DuesDue",
    "DuesKind",
    "DuesPaid",
    "DuesRate",
    "Entry",
    "EntryDigest",
    "EntryKind",
    "HandOver",
    "HandOverSign",
    "MemberBalance",
    "Obligation",
    "PayOut",
    "Payment",
    "Period",
    "Posting",
    "Receipt",
    "ReceiptLook",
    "ReceiptReplacement",
    "Submission",
]

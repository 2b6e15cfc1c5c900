"""Money: the ledger, the dues, and the summaries kept with them. Whole rupiah everywhere."""

from .bylaws import ByLaws
from .cash import CashMove, Evidence
from .doors import DoorPage
from .dues import (
    Allocation,
    CashCount,
    Channel,
    DueBeforeMerge,
    DuesKind,
    DuesPause,
    DuesRate,
    DuesWaiver,
    Obligation,
    Payment,
    Receipt,
    ReceiptReplacement,
    Submission,
)
from .exits import PayOut, PayOutReversal, RefundPart
from .handover import HandOver, HandOverSign
from .ledger import EXIT_PAYABLE, Account, Books, BookYear, Entry, EntryDigest, EntryKind, Period, Posting
from .looks import ReceiptLook
from .objections import Objection, ObjectionAnswer
from .reminders import Reminder
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
    "CashMove",
    "Channel",
    "DueBeforeMerge",
    "DoorPage",
    "DuesDue",
    "DuesKind",
    "DuesPaid",
    "DuesPause",
    "DuesRate",
    "DuesWaiver",
    "Entry",
    "EntryDigest",
    "EntryKind",
    "HandOver",
    "HandOverSign",
    "Evidence",
    "MemberBalance",
    "Objection",
    "ObjectionAnswer",
    "Obligation",
    "PayOut",
    "PayOutReversal",
    "Payment",
    "Period",
    "Posting",
    "Receipt",
    "ReceiptLook",
    "ReceiptReplacement",
    "RefundPart",
    "Reminder",
    "Submission",
]

"""Questions about money, answered by reading only. One query per concept: no two pages can disagree."""

from .arrears import Arrears, ArrearsRow, arrears, arrears_of
from .board import BoardBalance, savings_board
from .books import JournalPage, LedgerAccount, TrialBalance, journal, ledger_account, trial_balance
from .carried import CarriedList, carried_list
from .collections import Collection, DuesOverview, collection, dues_overview
from .exits import ExitAccount, exit_account
from .member import MemberSavings, member_savings, open_dues
from .objections import OpenObjections, count_open_objections, objections, open_objections
from .reminders import Reminded, reminders
from .sheet import MonthSheet, SheetRow, month_sheet
from .verification import Finding, verify_cooperative

__all__ = [
    "Arrears",
    "ArrearsRow",
    "CarriedList",
    "BoardBalance",
    "Collection",
    "DuesOverview",
    "ExitAccount",
    "Finding",
    "JournalPage",
    "LedgerAccount",
    "MemberSavings",
    "MonthSheet",
    "OpenObjections",
    "Reminded",
    "SheetRow",
    "TrialBalance",
    "arrears",
    "arrears_of",
    "carried_list",
    "collection",
    "count_open_objections",
    "dues_overview",
    "exit_account",
    "journal",
    "ledger_account",
    "member_savings",
    "month_sheet",
    "objections",
    "open_dues",
    "open_objections",
    "reminders",
    "savings_board",
    "trial_balance",
    "verify_cooperative",
]

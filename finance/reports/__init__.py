"""Questions about money, answered by reading only. One query per concept: no two pages can disagree."""

from .arrears import Arrears, ArrearsRow, arrears, arrears_of
from .books import JournalPage, LedgerAccount, TrialBalance, journal, ledger_account, trial_balance
from .bylaws import Rules, by_laws_effect, rate_effect, rules_on, suggested
from .carried import CarriedList, carried_list
from .collections import Collection, DuesOverview, collection, dues_overview
from .exits import ExitAccount, exit_account
from .handing_over import HandingOver, OpenItem, hand_overs, open_items
from .member import MemberSavings, member_savings, open_dues
from .sheet import MonthSheet, SheetRow, month_sheet
from .verification import Finding, verify_cooperative

__all__ = [
    "Arrears",
    "ArrearsRow",
    "CarriedList",
    "Collection",
    "DuesOverview",
    "ExitAccount",
    "Finding",
    "HandingOver",
    "JournalPage",
    "LedgerAccount",
    "MemberSavings",
    "MonthSheet",
    "OpenItem",
    "Rules",
    "SheetRow",
    "TrialBalance",
    "arrears",
    "arrears_of",
    "by_laws_effect",
    "carried_list",
    "collection",
    "dues_overview",
    "exit_account",
    "hand_overs",
    "journal",
    "ledger_account",
    "member_savings",
    "month_sheet",
    "open_dues",
    "open_items",
    "rate_effect",
    "rules_on",
    "suggested",
    "trial_balance",
    "verify_cooperative",
]

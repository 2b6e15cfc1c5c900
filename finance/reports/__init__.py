"""Questions about money, answered by reading only. One query per concept: no two pages can disagree."""

from .arrears import Arrears, ArrearsRow, arrears, arrears_of
from .books import JournalPage, LedgerAccount, TrialBalance, journal, ledger_account, trial_balance
from .bylaws import Rules, by_laws_effect, rate_effect, rules_on, suggested
from .carried import CarriedList, carried_list
from .cash import CashPlaces, Holder, cash_places, collectors, evidence_of, holders, known_collector
from .collections import Collection, DuesOverview, collection, dues_overview
from .exits import ExitAccount, exit_account
from .handing_over import HandingOver, OpenItem, hand_overs, open_hand_over, open_items
from .member import MemberSavings, member_savings, open_dues
from .objections import OpenObjections, count_open_objections, objections, open_objections
from .sheet import MonthSheet, SheetRow, month_sheet
from .verification import Finding, verify_cooperative

__all__ = [
    "Arrears",
    "ArrearsRow",
    "CarriedList",
    "CashPlaces",
    "Collection",
    "DuesOverview",
    "ExitAccount",
    "Finding",
    "HandingOver",
    "Holder",
    "JournalPage",
    "LedgerAccount",
    "MemberSavings",
    "MonthSheet",
    "OpenItem",
    "Rules",
    "OpenObjections",
    "SheetRow",
    "TrialBalance",
    "arrears",
    "arrears_of",
    "by_laws_effect",
    "carried_list",
    "cash_places",
    "collection",
    "collectors",
    "count_open_objections",
    "dues_overview",
    "evidence_of",
    "exit_account",
    "hand_overs",
    "holders",
    "known_collector",
    "journal",
    "ledger_account",
    "member_savings",
    "month_sheet",
    "objections",
    "open_dues",
    "open_hand_over",
    "open_items",
    "rate_effect",
    "rules_on",
    "suggested",
    "open_objections",
    "trial_balance",
    "verify_cooperative",
]

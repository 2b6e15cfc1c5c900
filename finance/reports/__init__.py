"""Questions about money, answered by reading only. One query per concept: no two pages can disagree."""

from .arrears import Arrears, ArrearsRow, arrears, arrears_of
from .board import BoardBalance, savings_board
from .books import JournalPage, LedgerAccount, TrialBalance, journal, ledger_account, trial_balance
from .bylaws import Rules, by_laws_effect, rate_effect, rules_on, suggested
from .carried import CarriedList, carried_list
from .cash import CashPlaces, Holder, cash_places, collectors, evidence_of, holders, known_collector
from .collections import Collection, DuesOverview, collection, dues_overview
from .exits import ExitAccount, Refund, exit_account, refunds
from .handing_over import HandingOver, OpenItem, hand_overs, open_hand_over, open_items
from .member import MemberSavings, member_savings, open_dues
from .objections import AtTheDoor, OpenObjections, at_the_door, objections, open_objections
from .own_data import Forgettable, OwnData, forgettable, own_data
from .pokok import OpenPokok, open_pokok, with_pokok
from .reminders import Reminded, reminders
from .sheet import MonthSheet, SheetRow, month_sheet
from .verification import Finding, verify_cooperative

__all__ = [
    "Arrears",
    "ArrearsRow",
    "AtTheDoor",
    "CarriedList",
    "BoardBalance",
    "CashPlaces",
    "Collection",
    "DuesOverview",
    "ExitAccount",
    "Finding",
    "Forgettable",
    "HandingOver",
    "Holder",
    "JournalPage",
    "LedgerAccount",
    "MemberSavings",
    "MonthSheet",
    "Refund",
    "OpenItem",
    "Rules",
    "OpenObjections",
    "OpenPokok",
    "OwnData",
    "Reminded",
    "SheetRow",
    "TrialBalance",
    "arrears",
    "arrears_of",
    "at_the_door",
    "by_laws_effect",
    "carried_list",
    "cash_places",
    "open_pokok",
    "with_pokok",
    "collection",
    "collectors",
    "dues_overview",
    "evidence_of",
    "exit_account",
    "forgettable",
    "hand_overs",
    "holders",
    "known_collector",
    "journal",
    "ledger_account",
    "member_savings",
    "month_sheet",
    "objections",
    "open_dues",
    "refunds",
    "open_hand_over",
    "open_items",
    "rate_effect",
    "rules_on",
    "suggested",
    "open_objections",
    "own_data",
    "reminders",
    "savings_board",
    "trial_balance",
    "verify_cooperative",
]

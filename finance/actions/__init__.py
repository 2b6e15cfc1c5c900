"""The table of contents of everything that can ever happen to money here."""

from .books import ChartMissing, RateExists, decide_by_laws, open_books, set_rate, start_books
from .cash import AlreadyTakenBack, move_cash, reverse_cash_move
from .closing import CannotClose, close_month
from .collecting import Recorded, record_dues
from .correcting import AlreadyReversed, correct_payment, reverse_payment
from .doors import open_door_page, renew_door_code
from .evidence import attach_evidence
from .exits import pay_out_exit, settle_exit
from .handing_over import offer_hand_over, receive_hand_over, withdraw_hand_over, witness_hand_over
from .looking import note_look
from .merging import merge_members, separate_members
from .objecting import answer_objection, raise_objection
from .obligations import ensure_obligations
from .opening import OpeningLine, record_opening_balances, reverse_opening_balances
from .opening_lists import ListSums, OldBook, OtherTotals, TakenOver, differing, stage_openings, take_over_list
from .owing import DuesLine
from .pausing import AlreadyWithdrawn, pause_dues, withdraw_pause
from .refunds import plan_refund, reverse_pay_out
from .refusals import AlreadyRecorded, CashDifference, ClosedMonth, Refused, ReusedKey, TooMuch
from .reminding import prepare_reminders

__all__ = [
    "AlreadyRecorded",
    "AlreadyReversed",
    "AlreadyTakenBack",
    "AlreadyWithdrawn",
    "CannotClose",
    "CashDifference",
    "ChartMissing",
    "ClosedMonth",
    "DuesLine",
    "ListSums",
    "OldBook",
    "OpeningLine",
    "OtherTotals",
    "RateExists",
    "Recorded",
    "Refused",
    "ReusedKey",
    "TakenOver",
    "TooMuch",
    "attach_evidence",
    "answer_objection",
    "close_month",
    "correct_payment",
    "decide_by_laws",
    "differing",
    "ensure_obligations",
    "note_look",
    "offer_hand_over",
    "move_cash",
    "merge_members",
    "open_books",
    "open_door_page",
    "pause_dues",
    "pay_out_exit",
    "plan_refund",
    "prepare_reminders",
    "receive_hand_over",
    "raise_objection",
    "record_dues",
    "record_opening_balances",
    "reverse_opening_balances",
    "reverse_pay_out",
    "reverse_cash_move",
    "renew_door_code",
    "reverse_payment",
    "separate_members",
    "set_rate",
    "settle_exit",
    "stage_openings",
    "start_books",
    "take_over_list",
    "withdraw_pause",
    "withdraw_hand_over",
    "witness_hand_over",
]

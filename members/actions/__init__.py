"""Everything that changes the member book. Each action runs in its own savepoint and writes one audit row."""

from .businesses import Business, remove_business, set_business
from .campaigning import start_campaign
from .families import TooManyHeirs, join_household, leave_household, name_heir, remove_heir
from .identities import reveal_national_id
from .importing import StagedCounts, lock_book, take_in, take_in_new, take_out
from .joining import AlreadyDecided, Asker, accept_request, ask_to_join, decline_request, forget_unanswered
from .leaving import AlreadyAsked, NothingAsked, ask_to_leave, refuse_to_let_go, withdraw_request
from .merging import CannotMerge, merge, offer_again, separate, tell_apart
from .people import (
    AlreadyExited,
    Applicant,
    Duplicate,
    DuplicateNationalId,
    DuplicateNationalIds,
    Person,
    StaleForm,
    admit,
    admit_many,
    amend,
    become_member,
    count_flow,
    exit_member,
    number_text,
    return_to_applicants,
)
from .personal_data import AlreadyAnswered, answer_correction, ask_for_correction, forget_leavers, record_own_data
from .staging import judge_again, stage_lines, whole_lists
from .suspending import NotSuspendable, reinstate_member, suspend_member

__all__ = [
    "record_own_data",
    "forget_leavers",
    "forget_unanswered",
    "ask_for_correction",
    "answer_correction",
    "AlreadyAnswered",
    "withdraw_request",
    "refuse_to_let_go",
    "ask_to_leave",
    "NothingAsked",
    "AlreadyAsked",
    "set_business",
    "remove_business",
    "remove_heir",
    "name_heir",
    "leave_household",
    "join_household",
    "TooManyHeirs",
    "Business",
    "AlreadyDecided",
    "AlreadyExited",
    "Applicant",
    "CannotMerge",
    "Asker",
    "Duplicate",
    "DuplicateNationalId",
    "DuplicateNationalIds",
    "NotSuspendable",
    "Person",
    "StagedCounts",
    "StaleForm",
    "accept_request",
    "admit",
    "admit_many",
    "amend",
    "ask_to_join",
    "become_member",
    "count_flow",
    "decline_request",
    "exit_member",
    "judge_again",
    "lock_book",
    "merge",
    "number_text",
    "reinstate_member",
    "offer_again",
    "return_to_applicants",
    "reveal_national_id",
    "separate",
    "stage_lines",
    "start_campaign",
    "suspend_member",
    "take_in",
    "take_in_new",
    "take_out",
    "tell_apart",
    "whole_lists",
]

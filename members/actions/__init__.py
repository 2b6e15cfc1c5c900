"""Everything that changes the member book. Each action runs in its own savepoint and writes one audit row."""

from .importing import StagedCounts, take_in, take_out
from .joining import AlreadyDecided, Asker, accept_request, ask_to_join, decline_request
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
    reveal_national_id,
)
from .staging import stage_lines
from .suspending import NotSuspendable, reinstate_member, suspend_member

__all__ = [
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
    "merge",
    "number_text",
    "reinstate_member",
    "offer_again",
    "return_to_applicants",
    "reveal_national_id",
    "separate",
    "stage_lines",
    "suspend_member",
    "take_in",
    "take_out",
    "tell_apart",
]

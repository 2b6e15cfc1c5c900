"""Everything that changes the member book. Each action runs in its own savepoint and writes one audit row."""

from .importing import StagedCounts, take_in, take_out
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
    "AlreadyExited",
    "Applicant",
    "Duplicate",
    "DuplicateNationalId",
    "DuplicateNationalIds",
    "NotSuspendable",
    "Person",
    "StagedCounts",
    "StaleForm",
    "admit",
    "admit_many",
    "amend",
    "become_member",
    "count_flow",
    "exit_member",
    "number_text",
    "reinstate_member",
    "return_to_applicants",
    "reveal_national_id",
    "stage_lines",
    "suspend_member",
    "take_in",
    "take_out",
]

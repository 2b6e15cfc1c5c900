"""Everything that can happen in the registry: agencies, cooperatives, facts about them, and who has access."""

from .access import (
    AlreadyHeld,
    BeyondTerm,
    InvitationGone,
    NotYours,
    UsernameTaken,
    accept_invitation,
    end_access,
    invite,
    prolong_access,
    restore_access,
    withdraw_invitation,
)
from .agencies import create_agency, invite_first_admin
from .cases import close_case, open_case
from .cooperatives import (
    NameExists,
    StaleForm,
    amend_cooperative,
    appoint_officer,
    close_blocker,
    end_term,
    open_blocker,
    record_building,
    record_rat,
    record_training,
    register_cooperative,
    report_figures,
)
from .formation import follow_formation, keep_evidence, take_step
from .groups import hold_event, keep_group, set_target
from .logins import (
    AccessElsewhere,
    confirm_totp_reset,
    enrol_fixed_totp,
    make_reset_link,
    reset_by_link,
)
from .published import AlreadyPublished, Papers, name_signatory, publish_report
from .sources import decide_sources, type_source

__all__ = [
    "AccessElsewhere",
    "AlreadyHeld",
    "AlreadyPublished",
    "BeyondTerm",
    "InvitationGone",
    "NameExists",
    "NotYours",
    "Papers",
    "StaleForm",
    "UsernameTaken",
    "accept_invitation",
    "amend_cooperative",
    "appoint_officer",
    "close_blocker",
    "close_case",
    "confirm_totp_reset",
    "create_agency",
    "decide_sources",
    "end_access",
    "end_term",
    "enrol_fixed_totp",
    "follow_formation",
    "hold_event",
    "invite",
    "invite_first_admin",
    "keep_evidence",
    "keep_group",
    "make_reset_link",
    "name_signatory",
    "open_blocker",
    "open_case",
    "prolong_access",
    "publish_report",
    "record_building",
    "record_rat",
    "record_training",
    "register_cooperative",
    "report_figures",
    "reset_by_link",
    "restore_access",
    "set_target",
    "take_step",
    "type_source",
    "withdraw_invitation",
]

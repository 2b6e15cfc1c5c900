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
from .buildings import add_photo, check_survey, keep_land, record_portal, survey_building
from .cases import close_case, open_case
from .cooperatives import (
    NameExists,
    StaleForm,
    amend_cooperative,
    close_blocker,
    open_blocker,
    record_rat,
    record_training,
    register_cooperative,
    report_figures,
)
from .formation import follow_formation, keep_evidence, take_step
from .groups import hold_event, keep_group, set_target
from .heads import change_head, seat_head
from .logins import (
    AccessElsewhere,
    confirm_totp_reset,
    enrol_fixed_totp,
    make_reset_link,
    reset_by_link,
)
from .nudging import prepare_nudges
from .officers import PostHeld, appoint_officer, correct_officer, declare, declare_together, end_term, judge_pair
from .published import AlreadyPublished, Papers, name_signatory, publish_report
from .sources import decide_sources, type_source
from .villages import VillageTaken, join_village, one_per_village, part_village

__all__ = [
    "AccessElsewhere",
    "AlreadyHeld",
    "AlreadyPublished",
    "BeyondTerm",
    "InvitationGone",
    "NameExists",
    "NotYours",
    "Papers",
    "PostHeld",
    "StaleForm",
    "UsernameTaken",
    "VillageTaken",
    "accept_invitation",
    "add_photo",
    "amend_cooperative",
    "appoint_officer",
    "change_head",
    "check_survey",
    "close_blocker",
    "close_case",
    "confirm_totp_reset",
    "correct_officer",
    "create_agency",
    "declare",
    "declare_together",
    "decide_sources",
    "end_access",
    "end_term",
    "enrol_fixed_totp",
    "follow_formation",
    "hold_event",
    "invite",
    "invite_first_admin",
    "join_village",
    "judge_pair",
    "keep_evidence",
    "keep_group",
    "keep_land",
    "make_reset_link",
    "name_signatory",
    "one_per_village",
    "open_blocker",
    "open_case",
    "part_village",
    "prepare_nudges",
    "prolong_access",
    "publish_report",
    "record_portal",
    "record_rat",
    "record_training",
    "register_cooperative",
    "report_figures",
    "reset_by_link",
    "restore_access",
    "seat_head",
    "set_target",
    "survey_building",
    "take_step",
    "type_source",
    "withdraw_invitation",
]

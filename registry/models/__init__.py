"""Who exists, who may act, what was done. Split by noun; import from here."""

from .accounts import Grant, GrantKind, Invitation, User
from .agencies import Agency, Signatory
from .audit import AuditEvent
from .cooperatives import Blocker, Cooperative, CooperativeKbli, OldSlug, Profile, Standing
from .facts import AnnualMeeting, BuildingRecord, BusinessDay, FigureKind, ReportedFigure, TrainingAttendance
from .files import File
from .formation import (
    Event,
    EventCooperative,
    Evidence,
    Formation,
    FormationGroup,
    FormationStep,
    YearTarget,
)
from .imports import ImportBatch, ImportRow
from .jobs import Job
from .officers import Officer, Organ, Position, Term
from .places import Kbli, Place, PlaceAlias, Programme
from .published import PublishedReport
from .training import BudgetLine, Certificate, Evaluation, Participant, TrainingSession

__all__ = [
    "Agency",
    "AnnualMeeting",
    "AuditEvent",
    "Blocker",
    "BudgetLine",
    "BuildingRecord",
    "BusinessDay",
    "Certificate",
    "Cooperative",
    "CooperativeKbli",
    "Evaluation",
    "Event",
    "EventCooperative",
    "Evidence",
    "FigureKind",
    "File",
    "Formation",
    "FormationGroup",
    "FormationStep",
    "Grant",
    "GrantKind",
    "ImportBatch",
    "ImportRow",
    "Invitation",
    "Job",
    "Kbli",
    "Officer",
    "OldSlug",
    "Organ",
    "Participant",
    "Place",
    "PlaceAlias",
    "Position",
    "Profile",
    "Programme",
    "PublishedReport",
    "ReportedFigure",
    "Signatory",
    "Standing",
    "Term",
    "TrainingAttendance",
    "TrainingSession",
    "User",
    "YearTarget",
]

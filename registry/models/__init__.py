"""Who exists, who may act, what was done. Split by noun; import from here."""

from .accounts import Grant, GrantKind, Invitation, User
from .agencies import Agency, Signatory
from .audit import AuditEvent
from .buildings import BuildingPhoto, BuildingSurvey, LandCandidate, PortalStatus
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

__all__ = [
    "Agency",
    "AnnualMeeting",
    "AuditEvent",
    "Blocker",
    "BuildingPhoto",
    "BuildingRecord",
    "BuildingSurvey",
    "BusinessDay",
    "Cooperative",
    "CooperativeKbli",
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
    "LandCandidate",
    "Officer",
    "OldSlug",
    "Organ",
    "Place",
    "PlaceAlias",
    "PortalStatus",
    "Position",
    "Profile",
    "Programme",
    "PublishedReport",
    "ReportedFigure",
    "Signatory",
    "Standing",
    "Term",
    "TrainingAttendance",
    "User",
    "YearTarget",
]

"""Who exists, who may act, what was done. Split by noun; import from here."""

from .accounts import Grant, GrantKind, Invitation, User
from .agencies import Agency, Signatory
from .audit import AuditEvent
from .buildings import BuildingPhoto, BuildingSurvey, LandCandidate, PortalStatus
from .cooperatives import Blocker, Cooperative, CooperativeKbli, OldSlug, Profile, Standing
from .documents import Document
from .facts import AnnualMeeting, BuildingRecord, BusinessDay, FigureKind, ReportedFigure, TrainingAttendance
from .files import File
from .formation import (
    CoveredVillage,
    Event,
    EventCooperative,
    Evidence,
    Following,
    Formation,
    FormationGroup,
    FormationStep,
    TakenStep,
    YearTarget,
)
from .imports import ImportBatch, ImportRow
from .jobs import Job
from .lifecycle import LifecycleStep
from .nudges import Nudge
from .officers import Declaration, Officer, Organ, PersonPair, Position, Term, VillageHead
from .places import Kbli, Place, PlaceAlias, Programme
from .published import PublishedReport
from .sources import ActivityDecision, SourceList, SourceStranger, SourceValue
from .training import BudgetLine, Certificate, Evaluation, Participant, TrainingSession

__all__ = [
    "ActivityDecision",
    "Agency",
    "AnnualMeeting",
    "AuditEvent",
    "Blocker",
    "BuildingPhoto",
    "BudgetLine",
    "BuildingRecord",
    "BuildingSurvey",
    "BusinessDay",
    "Certificate",
    "Cooperative",
    "CooperativeKbli",
    "CoveredVillage",
    "Declaration",
    "Document",
    "Evaluation",
    "Event",
    "EventCooperative",
    "Evidence",
    "FigureKind",
    "File",
    "Following",
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
    "LifecycleStep",
    "Nudge",
    "LandCandidate",
    "Officer",
    "OldSlug",
    "Organ",
    "PersonPair",
    "Participant",
    "Place",
    "PlaceAlias",
    "PortalStatus",
    "Position",
    "Profile",
    "Programme",
    "PublishedReport",
    "ReportedFigure",
    "Signatory",
    "SourceList",
    "SourceStranger",
    "SourceValue",
    "Standing",
    "TakenStep",
    "Term",
    "TrainingAttendance",
    "TrainingSession",
    "User",
    "VillageHead",
    "YearTarget",
]

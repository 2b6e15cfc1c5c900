"""Who may do what with the tables of the registry. Read by `manage.py wall`."""

from registry.tenancy import Role
from registry.tenancy.tables import (
    OWN_AGENCY,
    OWN_COOPERATIVE,
    Table,
    agency,
    auth,
    directory,
    reference,
    table_of,
    tenant,
)
from registry.tenancy.tables import Kind as Class

_COLLEAGUES_READ = {"officer": "S", "supervisor": "S", "case": "S", "field": "S"}
_EVERYBODY_READS = _COLLEAGUES_READ | {"executive": "S"}

TABLES: list[Table] = [
    *[reference(f"registry.{name}") for name in ("Place", "PlaceAlias", "Kbli", "Programme")],
    directory("registry.Agency", rule="id = wall.agency()"),
    directory("registry.Cooperative", writes="IUD"),  # D: undoing an import; whatever refers to it forbids it
    directory("registry.OldSlug", writes="I"),
    agency("registry.Signatory", dinas="SIU"),
    *auth("registry.User"),
    # A grant is read by its own person before any place is known; made by opening an invitation; ended by who gave it.
    Table(
        table_of("registry.Grant"),
        Class.AGENCY,
        {Role.OFFICER: "SU", Role.SUPERVISOR: "S", Role.DINAS: "SIU", Role.PUBLIC: "SI", Role.CASE: "S"},
        columns=("ended_on", "valid_to"),
        rules={
            Role.OFFICER: OWN_COOPERATIVE,
            Role.SUPERVISOR: OWN_COOPERATIVE,
            Role.PUBLIC: f"{OWN_AGENCY} AND code = wall.code()",
        },
        app="S",
        app_rule='user_id = wall."user"()',
        maker="user_id",
        new_rows={Role.DINAS: "kind = 'case'"},  # every other kind comes by opening an invitation
    ),
    Table(
        table_of("registry.Invitation"),
        Class.AGENCY,
        {Role.OFFICER: "SIU", Role.SUPERVISOR: "S", Role.DINAS: "SIU", Role.PUBLIC: "SU"},
        columns=("used_at", "withdrawn_at", "confirmed_by"),
        rules={Role.OFFICER: OWN_COOPERATIVE, Role.PUBLIC: f"{OWN_AGENCY} AND code = wall.code()"},
        maker="made_by",
    ),
    # Names and contacts: not for the head of region, who reads the copies without them (Standing, Term).
    tenant("registry.Profile", dinas="SIUD", **(_COLLEAGUES_READ | {"officer": "SU"})),
    tenant("registry.Officer", dinas="SIU", **(_COLLEAGUES_READ | {"officer": "SIU"})),
    tenant("registry.Standing", dinas="SIUD", **(_EVERYBODY_READS | {"officer": "SU"})),
    tenant("registry.Term", dinas="SIU", **(_EVERYBODY_READS | {"officer": "SIU"})),
    # Declarations touch on credit and convictions: for the dinas and the cooperative itself, not for the field.
    tenant("registry.Declaration", dinas="SIUD", officer="S", supervisor="S", case="S"),
    agency("registry.VillageHead", dinas="SIU"),
    agency("registry.PersonPair", maker="decided_by", dinas="SIUD"),
    tenant("registry.CooperativeKbli", dinas="SID", **_EVERYBODY_READS),
    tenant("registry.Blocker", dinas="SIU", **_EVERYBODY_READS),
    tenant("registry.ReportedFigure", maker="reported_by", dinas="SID", **(_EVERYBODY_READS | {"officer": "SI"})),
    tenant("registry.BusinessDay", dinas="SID", **_EVERYBODY_READS),  # written and taken back by the profile's trigger
    # What is a fact of the profile or of a RAT comes by their triggers, in the rights of whoever writes those.
    # Beside a step may stand who gave the counselling, and an account number: not for the head of region.
    tenant("registry.Formation", dinas="SIUD", **_COLLEAGUES_READ),
    tenant("registry.FormationStep", dinas="SIUD", **_COLLEAGUES_READ),
    tenant("registry.Following", dinas="SIUD", **_EVERYBODY_READS),
    tenant("registry.TakenStep", dinas="SIUD", **_EVERYBODY_READS),
    tenant("registry.Nudge", dinas="SI", officer="S", maker="prepared_by"),
    # Numbers of letters, and who wrote them down; figures read the day alone, from Standing.
    tenant("registry.LifecycleStep", maker="made_by", dinas="SID", **_COLLEAGUES_READ),
    tenant("registry.CoveredVillage", dinas="SIUD", **_EVERYBODY_READS),
    tenant("registry.EventCooperative", dinas="SID", **_COLLEAGUES_READ),
    agency("registry.Evidence", dinas="SI", maker="made_by"),
    agency("registry.Event", dinas="SIU"),
    agency("registry.FormationGroup", dinas="SIU"),
    agency("registry.YearTarget", dinas="SIU"),
    # What other keepers say, beside the profile: names among it, so not for the head of region.
    tenant("registry.SourceValue", dinas="SIUD", **_COLLEAGUES_READ),
    tenant("registry.ActivityDecision", dinas="SID", **_COLLEAGUES_READ),
    agency("registry.SourceList", dinas="SID", maker="made_by"),
    agency("registry.SourceStranger", dinas="SID"),
    tenant("registry.AnnualMeeting", dinas="SIU", **_EVERYBODY_READS),
    # Who holds a personal invitation comes in by it, and by nothing else; of a session the dinas may take a tick back.
    Table(
        table_of("registry.TrainingAttendance"),
        Class.TENANT,
        {Role(name): "S" for name in _EVERYBODY_READS} | {Role.DINAS: "SIUD", Role.PUBLIC: "SI"},
        rules={Role.PUBLIC: OWN_COOPERATIVE},
        new_rows={Role.PUBLIC: "session_id IS NOT NULL AND how = 'own'"},
        deletable="session_id IS NOT NULL",
    ),
    agency("registry.BudgetLine", dinas="SIU"),
    agency(
        "registry.TrainingSession",
        rules=dict.fromkeys(("officer", "supervisor", "case", "field", "public"), OWN_AGENCY),
        dinas="SIU",
        **_COLLEAGUES_READ,
        public="S",
    ),
    tenant(
        "registry.Participant",
        columns=("answer", "pre_score", "post_score", "evaluated"),
        dinas="SIU",
        **_COLLEAGUES_READ,
        public="SU",
    ),
    agency("registry.Evaluation", rules={"public": OWN_AGENCY}, dinas="S", public="I"),
    tenant(
        "registry.Certificate",
        columns=("withdrawn_on", "withdrawn_reason"),
        dinas="SIU",
        **_COLLEAGUES_READ,
        public="S",
    ),
    # A record goes only when the survey it was kept from is returned.
    tenant(
        "registry.BuildingRecord",
        dinas="SIUD",
        deletable="survey_id IS NOT NULL",
        **(_EVERYBODY_READS | {"field": "SI"}),
    ),
    # Names of owners and surveyors stand here: not for the head of region. A survey changes only by being checked.
    tenant(
        "registry.BuildingSurvey",
        dinas="SIU",
        maker="made_by",
        columns=("state", "checked_by", "checked_by_name", "checked_at", "checked_note"),
        **(_COLLEAGUES_READ | {"field": "SI"}),
    ),
    tenant(
        "registry.BuildingPhoto", dinas="SI", maker="made_by", **(_COLLEAGUES_READ | {"field": "SI", "officer": "SI"})
    ),
    tenant("registry.LandCandidate", dinas="SIU", **(_COLLEAGUES_READ | {"field": "SI"})),
    tenant("registry.PortalStatus", dinas="SI", **_COLLEAGUES_READ),
    # Papers name signatories and account numbers: not for the head of region. A new one waits, and changes only by its check.
    Table(
        table_of("registry.Document"),
        Class.TENANT,
        {Role(name): "S" for name in _COLLEAGUES_READ} | {Role.OFFICER: "SI", Role.DINAS: "SIU"},
        columns=("state", "checked_by", "checked_by_name", "checked_at", "checked_note"),
        maker="made_by",
        new_rows={
            Role.OFFICER: "state = 'waiting' AND by_cooperative",
            Role.DINAS: "state = 'waiting' AND NOT by_cooperative",
        },
    ),
    # Rows of an agency in which a cooperative may be named: its own people see and add their own.
    Table(
        table_of("registry.AuditEvent"),
        Class.AGENCY,
        {
            Role.OFFICER: "SI",
            Role.SUPERVISOR: "SI",
            Role.CASE: "SI",
            Role.FIELD: "I",
            Role.DINAS: "SI",
            Role.EXECUTIVE: "I",
            Role.PUBLIC: "I",
        },
        rules={
            Role.OFFICER: OWN_COOPERATIVE,
            Role.SUPERVISOR: OWN_COOPERATIVE,
            Role.CASE: OWN_COOPERATIVE,
            Role.FIELD: OWN_AGENCY,
            Role.PUBLIC: OWN_AGENCY,
        },
        maker="actor_id",
    ),
    *[
        Table(
            table_of(f"registry.{name}"),
            Class.AGENCY,
            {Role.OFFICER: letters, Role.DINAS: letters, Role.SUPERVISOR: letters, **more},
            rules={
                Role.OFFICER: OWN_COOPERATIVE,
                Role.SUPERVISOR: OWN_COOPERATIVE,
                Role.DINAS: f"{OWN_AGENCY} AND cooperative_id IS NULL",
                Role.EXECUTIVE: f"{OWN_AGENCY} AND published",  # of files: those of published reports, no others
            },
            maker=maker,
            columns=columns,
        )
        for name, maker, letters, more, columns in (
            ("File", "made_by", "SIUD", {Role.EXECUTIVE: "S"}, ("gone_at",)),  # of a file only that its content went
            ("Job", "requested_by", "SIU", {}, ()),
            ("ImportBatch", "made_by", "SIU", {}, ()),
            ("ImportRow", "", "SIUD", {}, ()),
        )
    ],
    # What was published never changes; only that a later revision replaces it, and why, is written beside it.
    agency(
        "registry.PublishedReport",
        maker="published_by",
        dinas="SIU",
        columns=("withdrawn_reason",),
        executive="S",
        public="S",
        rules={"public": f"{OWN_AGENCY} AND code = wall.code()"},
    ),
]

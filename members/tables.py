"""Who may do what with the tables of members. The dinas reads only the flow of numbers."""

from registry.tenancy.tables import Table, tenant

TABLES: list[Table] = [
    tenant("members.Member", officer="SIUD", supervisor="S", case="S"),
    tenant("members.Identity", officer="SIUD", supervisor="S", case="S"),
    tenant(
        "members.Merge",
        officer="SIU",
        columns=("separated_at", "separated_by_name", "before", "after"),
        supervisor="S",
        case="S",
    ),
    tenant("members.NotTheSame", officer="SID", supervisor="S", case="S"),
    tenant(
        "members.ExitRequest",
        officer="SIU",
        columns=("state", "decided_at", "decided_by_name", "answer"),
        supervisor="S",
        case="S",
    ),
    tenant(
        "members.CorrectionRequest",
        officer="SIU",
        columns=("answered_at", "answered_by_name", "corrected", "answer"),
        supervisor="S",
    ),
    tenant("members.Household", officer="SIUD", columns=("head_id", "address", "rt_rw"), supervisor="S", case="S"),
    tenant("members.Heir", officer="SID"),
    tenant("members.MemberBusiness", officer="SIUD", supervisor="S", case="S"),
    tenant(
        "members.BusinessCount",
        officer="SIU",
        columns=("members",),
        supervisor="S",
        case="S",
        field="S",
        dinas="S",
        executive="S",
    ),
    tenant("members.Campaign", officer="SI", supervisor="S", case="S", dinas="S"),
    # A stranger asks and reads what became of it; who asked is written blind, read by the cooperative, and deleted.
    tenant(
        "members.JoinRequest",
        officer="SU",
        columns=("state", "decided_at", "decided_by_name", "reason", "member_number"),
        supervisor="S",
        case="S",
        dinas="S",
        public="SI",
    ),
    tenant("members.JoinPerson", officer="SUD", columns=("cipher",), supervisor="S", public="I"),
    tenant("members.NumberCounter", officer="SIU"),
    tenant("members.MemberFlow", officer="SIU", supervisor="S", case="S", field="S", dinas="S", executive="S"),
    tenant(
        "members.MemberMonth",
        officer="SIU",
        columns=("men", "women", "change"),
        supervisor="S",
        case="S",
        field="S",
        dinas="S",
        executive="S",
    ),
]

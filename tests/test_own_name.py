"""Nobody writes in another person's name: raw SQL by every role that may insert, for every table that names its writer."""

import pytest

from koperasi.tables import TABLES
from registry.tenancy import Role
from tests.catalogue import raw
from tests.test_wall_attacks import Attacker, ids, run, stand  # noqa: F401

pytestmark = pytest.mark.usefixtures("everything")

MAKERS = {table.name: table for table in TABLES if table.maker}
# `stand` acts as person 1. {who} is the person written into the row.
INSERTS = {
    "registry_auditevent": "INSERT INTO registry_auditevent (agency_id, cooperative_id, kind, verb, subject, detail, reason, actor_id, actor_name, actor_kind, at) "
    "VALUES ({own_agency}, {own}, 'act', 'x', '', '{{}}', '', {who}, 'x', '', now())",
    "finance_entry": "INSERT INTO finance_entry (cooperative_id, year, number, posted_on, kind, text, maker_id, maker_name, recorded_at) "
    "VALUES ({own}, 2026, 997, '2026-02-01', 'cash', 'x', {who}, 'x', now())",
    "finance_period": "INSERT INTO finance_period (cooperative_id, month, closed_at, closed_by, checked_by, seal, cash_counted_rupiah) "
    "SELECT {own}, '2031-01-01', now(), {who}, min(user_id), '', 0 FROM registry_grant WHERE cooperative_id = {own} AND kind = 'supervisor'",
    "registry_invitation": "INSERT INTO registry_invitation (agency_id, cooperative_id, purpose, kind, name, districts, code, made_at, made_by, expires_at) "
    "VALUES ({own_agency}, {own}, 'join', 'treasurer', 'x', '[]', 'attack', now(), {who}, now())",
    "registry_grant": "INSERT INTO registry_grant (user_id, user_name, kind, agency_id, cooperative_id, districts, assigned, reason, valid_from, code) "
    "VALUES ({who}, 'x', 'case', {own_agency}, {own}, '[]', '[]', '', '2026-01-01', 'attack')",
    "registry_reportedfigure": "INSERT INTO registry_reportedfigure (cooperative_id, agency_id, figure, period, value, source, reported_at, reported_by) "
    "VALUES ({own}, {own_agency}, 'assets', '2031-01-01', 1, 'cooperative', now(), {who})",
    "registry_file": "INSERT INTO registry_file (agency_id, cooperative_id, path, name, content_type, size, sha256, made_at, made_by, published) "
    "VALUES ({own_agency}, {place}, 'attack', 'x', 'x', 1, '', now(), {who}, false)",
    "registry_evidence": "INSERT INTO registry_evidence (agency_id, title, file_id, made_by, made_by_name, made_at) "
    "VALUES ({own_agency}, 'x', 1, {who}, 'x', now())",
    "registry_lifecyclestep": "INSERT INTO registry_lifecyclestep (cooperative_id, agency_id, what, decided_on, decided_by, letter, note, before, after, made_by, made_by_name, made_at) "
    "VALUES ({own}, {own_agency}, 'notice', '2026-01-01', 'government', 'x', '', 'legal_entity', 'legal_entity', {who}, 'x', '2026-11-01')",
    "registry_nudge": "INSERT INTO registry_nudge (cooperative_id, agency_id, reason, text, prepared_on, prepared_at, prepared_by, prepared_by_name) "
    "VALUES ({own}, {own_agency}, 'silent', 'x', '2031-01-01', now(), {who}, 'x')",
    "registry_personpair": "INSERT INTO registry_personpair (agency_id, first_id, first_name, second_id, second_name, same, decided_on, decided_by, decided_by_name) "
    "VALUES ({own_agency}, least({own}, {victim}), 'x', greatest({own}, {victim}), 'x', true, '2026-01-01', {who}, 'x')",
    "registry_sourcelist": "INSERT INTO registry_sourcelist (agency_id, source, as_of, batch, sha256, theirs, matched, only_theirs, unusable, ours, only_ours, differing, headings, "
    "made_by, made_by_name, made_at) VALUES ({own_agency}, 'ods', '2031-01-01', 'attack', '', 0, 0, 0, 0, 0, 0, 0, '[]', {who}, 'x', now())",
    "registry_buildingsurvey": "INSERT INTO registry_buildingsurvey (cooperative_id, agency_id, surveyed_on, ownership, use, owner, road, certificate, building_kind, "
    "condition, water, internet, note, rules, warned, answer, made_by, made_by_name, made_at, state, checked_by_name, checked_note) "
    "VALUES ({own}, {own_agency}, '2031-01-01', 'own', '', '', '', '', '', '', '', '', '', 'v1', '[]', '', {who}, 'x', now(), 'waiting', '', '')",
    "registry_buildingphoto": "INSERT INTO registry_buildingphoto (cooperative_id, agency_id, path, size, sha256, taken_on, dated_by_camera, caption, made_by, "
    "made_by_name, made_at) VALUES ({own}, {own_agency}, 'attack', 1, '', '2031-01-01', false, '', {who}, 'x', now())",
    "registry_document": "INSERT INTO registry_document (cooperative_id, agency_id, kind, title, number, issuer, issued_on, grade, rules, path, content_type, size, sha256, "
    "by_cooperative, made_by, made_by_name, made_at, state, checked_by_name, checked_note) VALUES ({own}, {own_agency}, 'nib', '', '', '', '2026-01-01', '', 'v1', 'attack', "
    "'x', 1, '', {place} IS NOT NULL, {who}, 'x', now(), 'waiting', '', '')",
    "registry_job": "INSERT INTO registry_job (agency_id, cooperative_id, number, kind, arguments, state, progress, message, result, requested_by, grant_id, made_at) "
    "SELECT {own_agency}, {place}, 'attack', 'x', '{{}}', 'waiting', 0, '', '{{}}', {who}, min(id), now() FROM registry_grant",
    "registry_importbatch": "INSERT INTO registry_importbatch (agency_id, cooperative_id, number, kind, state, file_id, options, mapping, remembered, counts, notes, sentence, "
    "job, made_by, made_by_name, made_at) VALUES ({own_agency}, {place}, 'attack', 'x', 'reading', 1, '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '', '', {who}, 'x', now())",
    "finance_objectionanswer": "INSERT INTO finance_objectionanswer (cooperative_id, agency_id, objection_id, code, text, answered_at, answered_by, answered_by_name, "
    "answered_as) VALUES ({own}, {own_agency}, 1, 'attack', 'x', now(), {who}, 'x', 'supervisor')",
    "finance_reminder": "INSERT INTO finance_reminder (cooperative_id, member_id, prepared_on, prepared_at, prepared_by, prepared_by_name, months, rupiah) "
    "SELECT {own}, min(id), '2031-01-01', now(), {who}, 'x', 1, 1000 FROM members_member WHERE cooperative_id = {own}",
    "registry_publishedreport": "INSERT INTO registry_publishedreport (agency_id, kind, period, revision, code, snapshot, sha256, published_at, published_by, "
    "published_by_name, withdrawn_reason) VALUES ({own_agency}, 'monthly', '2031-01-01', 1, 'attack', '{{}}', '', now(), {who}, 'x', '')",
    "finance_bylaws": "INSERT INTO finance_bylaws (cooperative_id, valid_from, pokok_instalments, instalments_make_members, grace_days, suspend_after_months, "
    "refund_months, refund_instalments, decided_on, decision, entered_by, entered_by_name, entered_at) "
    "VALUES ({own}, '2031-01-01', 1, false, 0, 0, 0, 1, '2026-01-01', 'x', {who}, 'x', now())",
    "finance_handover": "INSERT INTO finance_handover (cooperative_id, number, way, outgoing_id, outgoing_name, incoming_id, incoming_name, offered_by, offered_by_name, "
    "offered_at, absence, notes, booked_rupiah, counted_rupiah, reason, bank_rupiah, open_items) "
    "VALUES ({own}, 99, 'absent', 8, 'x', 9, 'x', {who}, 'x', now(), 'x', '{{}}', 0, 0, '', 0, '[]')",
    "finance_handoversign": "INSERT INTO finance_handoversign (cooperative_id, hand_over_id, part, duty, by, by_name, by_label, at) "
    "VALUES ({own}, 1, '{part}', '{duty}', {who}, 'x', 'x', now())",
}  # fmt: skip
CASES = [(name, role) for name, table in MAKERS.items() for role, letters in table.grants.items() if "I" in letters]
# A file, a job or an import of an agency has no cooperative for the dinas; its people have their own.
OTHER_GUARDS = {"23503"}  # the own row is let through by the policy and then stopped by a key: there is no such file


def insert(role: Role, name: str, ids: dict, who: object) -> tuple[int, str]:  # noqa: F811
    place = "NULL" if role is Role.DINAS else ids["own"]
    with raw() as cursor:
        stand(
            cursor,
            Attacker(role, ids["own_agency"], None if role is Role.DINAS else ids["own"], str(ids["own"]), "attack"),
        )
        part, duty = ("witness", "supervisor") if role is Role.SUPERVISOR else ("received", "officer")
        return run(cursor, INSERTS[name].format(**ids, who=who, place=place, part=part, duty=duty))


def test_every_table_that_names_its_writer_is_attacked():
    assert set(INSERTS) == set(MAKERS)
    assert len(CASES) >= 22


@pytest.mark.parametrize(("name", "role"), CASES)
def test_a_row_in_another_persons_name_is_refused_and_ones_own_is_not(name, role, ids):  # noqa: F811
    refused = "23514" if name == "finance_period" else "42501"  # a closing is refused by its trigger before the policy
    assert insert(role, name, ids, 2) == (0, refused)
    assert insert(role, name, ids, "NULL")[1] in (refused, "23502")
    rows, refusal = insert(role, name, ids, 1)
    assert rows == 1 or refusal in OTHER_GUARDS, refusal


def test_a_person_of_the_dinas_gives_themselves_a_case_and_nothing_else(ids):  # noqa: F811
    statement = INSERTS["registry_grant"].replace("'case'", "'dinas_admin'")
    with raw() as cursor:
        stand(cursor, Attacker(Role.DINAS, ids["own_agency"]))
        assert run(cursor, statement.format(**ids, who=1)) == (0, "42501")


def test_past_the_wall_the_forged_row_goes_in(ids):  # noqa: F811
    """The negative control: what refuses it is the policy and nothing else."""
    with raw("owner") as cursor:
        cursor.execute("ALTER TABLE finance_entry NO FORCE ROW LEVEL SECURITY")
        assert run(cursor, INSERTS["finance_entry"].format(**ids, who=2, place=ids["own"])) == (1, "")

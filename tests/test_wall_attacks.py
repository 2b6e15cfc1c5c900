"""Raw SQL against the wall: what somebody who runs statements in one context can reach of another. Nothing."""

from dataclasses import dataclass

import psycopg
import pytest
from psycopg import sql

from registry.tenancy import Role, role_name
from registry.tenancy.tables import Kind
from tests.catalogue import raw, walled

pytestmark = pytest.mark.usefixtures("everything")

# What a refusal looks like. Anything else (a typing error in an attack, say) fails the test.
REFUSALS = {
    "42501": "insufficient privilege",
    "23503": "foreign key",
    "23001": "never changes",
    "23514": "check",
    "0A000": "built without XML",
}


@dataclass(frozen=True)
class Attacker:
    role: Role | None
    agency: int | None = None
    cooperative: int | None = None
    cooperatives: str = ""
    code: str = ""


@pytest.fixture(scope="module")
def ids(django_db_setup):
    """Ids of the attacker's cooperative (melati) and of the victims, read as the owner past the wall."""
    with raw("owner") as cursor:
        for table in walled():
            cursor.execute(sql.SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY").format(sql.Identifier(table.name)))
        cursor.execute("SELECT slug, id, agency_id FROM registry_cooperative")
        places = {slug: (pk, agency) for slug, pk, agency in cursor.fetchall()}
        victim, own = places["kenanga"][0], places["melati"][0]
        found = {
            "own": own,
            "own_agency": places["melati"][1],
            "victim": victim,
            "kab": places["mawar"][1],
            "mawar": places["mawar"][0],
        }
        for name, table in {
            "member": "members_member", "entry": "finance_entry", "posting": "finance_posting", "account": "finance_account",
            "obligation": "finance_obligation", "payment": "finance_payment", "receipt": "finance_receipt", "officer": "registry_officer",
        }.items():  # fmt: skip
            cursor.execute(
                sql.SQL("SELECT min(id) FROM {} WHERE cooperative_id = %s").format(sql.Identifier(table)), [victim]
            )
            found[name] = cursor.fetchone()[0]
            assert found[name], f"the victim has no row in {table}"
        cursor.execute("SELECT min(id), max(id) FROM finance_account WHERE cooperative_id = %s", [own])
        found["own_account"], found["own_other_account"] = cursor.fetchone()
        cursor.execute("SELECT min(id) FROM members_member WHERE cooperative_id = %s", [own])
        found["own_member"] = cursor.fetchone()[0]
        cursor.execute("SELECT code FROM finance_receipt WHERE cooperative_id = %s", [victim])
        found["code"] = cursor.fetchone()[0]
    return found


def attackers(ids: dict) -> dict[str, Attacker]:
    own, agency = ids["own"], ids["own_agency"]
    return {
        "officer": Attacker(Role.OFFICER, agency, own),
        "supervisor": Attacker(Role.SUPERVISOR, agency, own),
        "case": Attacker(Role.CASE, agency, own),
        "field": Attacker(Role.FIELD, agency, None, str(own)),
        "dinas": Attacker(Role.DINAS, ids["kab"]),
        "executive": Attacker(Role.EXECUTIVE, ids["kab"]),
        "public": Attacker(Role.PUBLIC, agency, own, code=ids["code"]),  # the victim's true code, at the wrong place
        "officer without context": Attacker(Role.OFFICER),
        "dinas without context": Attacker(Role.DINAS),
        "field without context": Attacker(Role.FIELD),
        "worker": Attacker(Role.WORKER, agency, own),
        "nobody": Attacker(None, agency, own, str(own)),
    }


def stand(cursor, attacker: Attacker) -> None:
    cursor.execute(
        sql.SQL("SET LOCAL ROLE {}").format(
            sql.Identifier(role_name(attacker.role)) if attacker.role else sql.SQL("NONE")
        )
    )
    for name, value in (("user", 1), ("agency", attacker.agency), ("cooperative", attacker.cooperative),
                        ("cooperatives", attacker.cooperatives), ("code", attacker.code)):  # fmt: skip
        cursor.execute(
            sql.SQL("SET LOCAL wall.{} = {}").format(
                sql.Identifier(name), sql.Literal("" if value is None else str(value))
            )
        )


READS = [
    "SELECT * FROM members_member WHERE cooperative_id = {victim}",
    "SELECT * FROM members_member WHERE id = {member}",
    "SELECT * FROM members_identity i JOIN members_member m ON m.id = i.member_id WHERE m.cooperative_id <> {own}",
    "SELECT m.* FROM members_member m RIGHT JOIN registry_cooperative c ON c.id = m.cooperative_id WHERE c.id = {victim} AND m.id IS NOT NULL",
    "SELECT * FROM finance_posting WHERE entry_id = {entry} UNION ALL SELECT * FROM finance_posting WHERE id = {posting}",
    "SELECT * FROM finance_receipt WHERE code = '{code}'",
    "SELECT * FROM finance_entry WHERE cooperative_id = {victim} FOR UPDATE",
    "SELECT * FROM finance_entry WHERE cooperative_id = {victim} OR true AND cooperative_id <> {own}",
    "WITH x AS MATERIALIZED (SELECT * FROM finance_posting) SELECT * FROM x WHERE cooperative_id <> {own}",
    "SELECT * FROM LATERAL (SELECT * FROM members_member) m WHERE m.cooperative_id <> {own}",
    "SELECT 1 FROM registry_cooperative c WHERE c.id = {victim} AND EXISTS (SELECT 1 FROM members_member m WHERE m.cooperative_id = c.id)",
    "SELECT sum(rupiah) FROM finance_posting WHERE cooperative_id = {victim} HAVING sum(rupiah) > 0",
    "SELECT * FROM finance_memberbalance WHERE member_id = {member}",
    "SELECT * FROM members_member WHERE cooperative_id = {victim} AND 1 / (id - {member}) = 0",
    "SELECT * FROM members_member WHERE cooperative_id = {victim} AND name::int = 1",
    "SELECT ledger.entry_text({victim}, {entry}) AS t WHERE ledger.entry_text({victim}, {entry}) IS NOT NULL",
    "SELECT ledger.entry_digest({victim}, {entry}) AS t WHERE ledger.entry_digest({victim}, {entry}) IS NOT NULL",
    "SELECT x FROM (SELECT query_to_xml('SELECT name FROM members_member WHERE cooperative_id = {victim}', false, false, '')::text AS x) q WHERE x LIKE '%<row>%'",
    "SELECT x FROM (SELECT table_to_xml('members_identity', false, false, '')::text AS x) q WHERE x LIKE '%<cooperative_id>{victim}<%'",
    "SELECT * FROM pg_stats WHERE tablename IN ('members_member', 'members_identity', 'finance_posting')",
    "SELECT * FROM pg_statistic",
    "SELECT * FROM pg_authid",
    "SELECT pg_read_file('/etc/hostname')",
    "SELECT pg_ls_dir('.')",
    "SELECT lo_import('/etc/hostname')",
    "SELECT * FROM pg_stat_activity WHERE usename <> current_user AND usename <> session_user AND query <> '<insufficient privilege>' AND query <> ''",
    "SELECT * FROM registry_user",
    "SELECT * FROM django_session",
    "SELECT * FROM mfa_authenticator",
    "SELECT * FROM registry_invitation WHERE cooperative_id = {victim}",
    "SELECT * FROM registry_grant WHERE cooperative_id = {victim}",
    "SELECT * FROM procrastinate_jobs",
    "COPY members_member TO STDOUT",
    "COPY (SELECT * FROM members_member WHERE cooperative_id = {victim}) TO STDOUT",
    "COPY finance_posting TO PROGRAM 'cat > /dev/null'",
    "COPY members_member TO '/dev/null'",
    "SET LOCAL row_security = off; SELECT * FROM members_member",
    "SET LOCAL ROLE {owner_role}",
    "SET LOCAL ROLE {backup_role}; SELECT * FROM members_member",
    "SET SESSION AUTHORIZATION {owner_role}",
]  # fmt: skip
WRITES = [
    "UPDATE members_member SET name = 'x' WHERE cooperative_id = {victim}",
    "UPDATE members_member SET name = 'x' WHERE id = {member}",
    "UPDATE members_member SET cooperative_id = {victim} WHERE cooperative_id = {own}",
    "UPDATE members_member SET merged_into_id = {member} WHERE cooperative_id = {own}",
    "DELETE FROM members_member WHERE cooperative_id = {victim}",
    "WITH x AS (DELETE FROM members_identity WHERE cooperative_id = {victim} RETURNING 1) SELECT * FROM x",
    "INSERT INTO members_member (cooperative_id, number, number_text, name, sex, status, joined_on, birth_place, occupation, address, rt_rw, phone, kind, exit_reason, exit_note, version) VALUES ({victim}, 900, 'A-0900', 'x', 'L', 'applicant', '2026-01-01', '', '', '', '', '', 'ordinary', '', '', 1)",
    "UPDATE members_numbercounter SET last_number = 0 WHERE cooperative_id = {victim}",
    "INSERT INTO members_numbercounter (cooperative_id, last_number) VALUES ({victim}, 0) ON CONFLICT (cooperative_id) DO UPDATE SET last_number = 0",
    "UPDATE members_memberflow SET joined = 99 WHERE cooperative_id = {victim}",
    "MERGE INTO finance_obligation o USING (SELECT 1) s ON o.id = {obligation} WHEN MATCHED THEN UPDATE SET paid_rupiah = 0",
    "UPDATE finance_obligation SET paid_rupiah = 0 WHERE id = {obligation}",
    "UPDATE finance_obligation SET cooperative_id = {victim}",
    "INSERT INTO finance_obligation (cooperative_id, member_id, kind, period, due_rupiah, paid_rupiah) VALUES ({own}, {member}, 'wajib', '2031-01-01', 1, 0)",
    "INSERT INTO finance_obligation (cooperative_id, member_id, kind, period, due_rupiah, paid_rupiah) VALUES ({victim}, {member}, 'wajib', '2031-01-01', 1, 0)",
    "INSERT INTO finance_entry (cooperative_id, year, number, posted_on, kind, text, maker_id, maker_name, recorded_at) VALUES ({victim}, 2026, 999, '2026-02-01', 'cash', 'x', 1, 'x', now())",
    "INSERT INTO finance_posting (cooperative_id, entry_id, posted_on, debit_id, credit_id, rupiah) VALUES ({victim}, {entry}, '2026-01-10', {account}, {account} + 1, 1)",
    "INSERT INTO finance_posting (cooperative_id, entry_id, posted_on, debit_id, credit_id, rupiah) VALUES ({own}, {entry}, '2026-01-10', {own_account}, {own_other_account}, 1)",
    "{new_entry} INSERT INTO finance_posting (cooperative_id, entry_id, posted_on, debit_id, credit_id, rupiah, member_id) SELECT {own}, max(id), '2026-02-01', {own_account}, {own_other_account}, 1, {member} FROM finance_entry",
    "{new_entry} INSERT INTO finance_posting (cooperative_id, entry_id, posted_on, debit_id, credit_id, rupiah) SELECT {own}, max(id), '2026-02-01', {own_account}, {account}, 1 FROM finance_entry",
    "{new_entry} INSERT INTO finance_posting (cooperative_id, entry_id, posted_on, debit_id, credit_id, rupiah) SELECT {own}, max(id), '2026-01-31', {own_account}, {own_other_account}, 1 FROM finance_entry",
    "{new_entry} INSERT INTO finance_posting (cooperative_id, entry_id, posted_on, debit_id, credit_id, rupiah, reverses_id) SELECT {own}, max(id), '2026-02-01', {own_account}, {own_other_account}, 1, {posting} FROM finance_entry",
    "{new_entry} INSERT INTO finance_payment (cooperative_id, entry_id, member_id, paid_on, rupiah, channel, payer, collector) SELECT {own}, max(id), {member}, '2026-02-01', 1, 'cash', '', '' FROM finance_entry",
    "INSERT INTO finance_allocation (cooperative_id, payment_id, obligation_id, posted_on, rupiah) VALUES ({own}, {payment}, {obligation}, '2026-02-01', 1)",
    "INSERT INTO finance_receiptreplacement (cooperative_id, receipt_id, code, replaced_on, reason) VALUES ({own}, {receipt}, 'x', '2026-02-01', 'x')",
    "INSERT INTO finance_submission (cooperative_id, key, request_hash, entry_id, at) VALUES ({own}, gen_random_uuid(), '', {entry}, now())",
    "UPDATE finance_entry SET text = 'x'",
    "UPDATE finance_posting SET rupiah = rupiah + 1",
    "UPDATE finance_entry SET transaction = 0",
    "DELETE FROM finance_posting",
    "DELETE FROM finance_obligation WHERE cooperative_id = {victim}",
    "DELETE FROM finance_obligation WHERE id = {obligation}",
    "DELETE FROM finance_obligation WHERE paid_rupiah > 0",
    "DELETE FROM finance_obligation o USING finance_allocation a WHERE a.obligation_id = o.id",
    "MERGE INTO finance_obligation o USING (SELECT 1) s ON o.id = {obligation} WHEN MATCHED THEN DELETE",
    "DELETE FROM finance_receipt WHERE code = '{code}'",
    "DELETE FROM registry_auditevent",
    "UPDATE registry_auditevent SET actor_name = 'x'",
    "TRUNCATE finance_posting, finance_allocation CASCADE",
    "UPDATE finance_books SET closed_through = NULL WHERE cooperative_id = {victim}",
    "UPDATE finance_books SET opened_on = '2000-01-01'",
    "UPDATE finance_bookyear SET last_receipt = 0 WHERE cooperative_id = {victim}",
    "UPDATE finance_accountmonth SET debit_rupiah = 1 WHERE cooperative_id = {victim}",
    "INSERT INTO finance_accountmonth (cooperative_id, agency_id, account_code, month, debit_rupiah, credit_rupiah) VALUES ({own}, {kab}, '11100', '2031-01-01', 0, 0)",
    "UPDATE finance_duesrate SET rupiah = 0",
    "UPDATE registry_profile SET agency_id = {kab} WHERE cooperative_id = {own}",
    "UPDATE registry_cooperative SET name = 'x' WHERE id = {victim}",
    "UPDATE registry_cooperative SET agency_id = {kab} WHERE id = {own}",
    "UPDATE registry_agency SET name = 'x'",
    "INSERT INTO registry_grant (user_id, user_name, kind, agency_id, cooperative_id, districts, assigned, reason, valid_from, code) VALUES (1, 'x', 'chair', {own_agency}, {victim}, '[]', '[]', '', '2026-01-01', '')",
    "UPDATE registry_grant SET kind = 'dinas_admin'",
    "UPDATE registry_grant SET valid_to = NULL WHERE cooperative_id = {victim}",
    "UPDATE registry_invitation SET used_at = NULL WHERE cooperative_id = {victim}",
    "INSERT INTO registry_auditevent (agency_id, cooperative_id, kind, verb, subject, detail, reason, actor_name, actor_kind, at) VALUES ({mawar_agency}, {victim}, 'act', 'x', '', '{{}}', '', 'x', '', now())",
    "INSERT INTO registry_trainingattendance (cooperative_id, agency_id, officer_id, topic, held_on) VALUES ({own}, {own_agency}, {officer}, 'x', '2026-01-01')",
    "UPDATE registry_place SET name = 'x'",
    "UPDATE registry_user SET password = 'x'",
    "SELECT setval('members_member_id_seq', 1)",
    "ALTER TABLE members_member DISABLE ROW LEVEL SECURITY",
    "DROP POLICY \"officer all\" ON members_member",
    "CREATE POLICY open ON members_member USING (true)",
    "GRANT SELECT ON members_member TO {app_role}",
    "ALTER TABLE finance_posting DISABLE TRIGGER ALL",
    "SET LOCAL session_replication_role = replica",
    "CREATE OR REPLACE FUNCTION wall.cooperative() RETURNS bigint LANGUAGE sql STABLE RETURN {victim}::bigint",
    "CREATE FUNCTION public.leak(text) RETURNS bool LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RAISE NOTICE '%', $1; RETURN true; END $$",
    "CREATE TEMP TABLE stolen AS SELECT 1",
    "CREATE TABLE public.stolen (id int)",
    "CREATE RULE r AS ON SELECT TO members_member DO INSTEAD NOTHING",
    "CREATE TRIGGER t BEFORE UPDATE ON members_member FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change()",
    "LOCK TABLE finance_books IN ACCESS EXCLUSIVE MODE",
    "DO $$ BEGIN EXECUTE 'UPDATE members_member SET name = ''x'' WHERE cooperative_id = {victim}'; IF FOUND THEN RAISE 'written'; END IF; END $$",
    "ALTER ROLE {app_role} BYPASSRLS",
    "CREATE ROLE stolen",
]  # fmt: skip
NEW_ENTRY = (
    "INSERT INTO finance_entry (cooperative_id, year, number, posted_on, kind, text, maker_id, maker_name, recorded_at) "
    "VALUES ({own}, 2026, 998, '2026-02-01', 'cash', 'x', 1, 'x', now());"
)


def fill(statement: str, ids: dict) -> str:
    names = {f"{role}_role": role_name(role) for role in ("owner", "backup", "app")}
    entry = NEW_ENTRY.format(**ids)
    return statement.format(**ids, **names, new_entry=entry, mawar_agency=ids["kab"])


def run(cursor, statement: str) -> tuple[int, str]:
    """Run one attack in a savepoint. Return (rows read or written, SQLSTATE of the refusal or "")."""
    with cursor.connection.transaction(force_rollback=True):
        try:
            with cursor.connection.transaction():
                if statement.startswith("COPY") and "STDOUT" in statement:
                    with cursor.copy(statement) as copy:
                        return sum(1 for _ in copy), ""
                cursor.execute(statement)
                while cursor.nextset():
                    pass
                return max(cursor.rowcount, 0), ""
        except psycopg.Error as error:
            return 0, error.sqlstate


ATTACKERS = ["officer", "supervisor", "case", "field", "dinas", "executive", "public", "officer without context", "dinas without context",
             "field without context", "worker", "nobody"]  # fmt: skip


def test_there_are_enough_attacks(ids):
    assert len(READS) + len(WRITES) >= 114
    assert sorted(attackers(ids)) == sorted(ATTACKERS)


@pytest.mark.parametrize("who", ATTACKERS)
def test_no_row_of_another_tenant_is_read_from_any_table(who, ids):
    attacker = attackers(ids)[who]
    with raw() as cursor:
        stand(cursor, attacker)
        for table in walled():
            if table.kind is Kind.DIRECTORY:
                continue
            column = sql.Identifier("cooperative_id") if table.kind is Kind.TENANT else sql.Identifier("agency_id")
            own = [attacker.cooperative or ids["own"]] if table.kind is Kind.TENANT else [attacker.agency or 0]
            if attacker.role in (Role.DINAS, Role.EXECUTIVE):
                own = [ids["mawar"]] if table.kind is Kind.TENANT else [ids["kab"]]
            statement = sql.SQL("SELECT 1 FROM {} WHERE {} <> ALL ({})").format(
                sql.Identifier(table.name), column, sql.Literal(own)
            )
            rows, refusal = run(cursor, statement.as_string(None))
            assert rows == 0, f"{who} reads {table.name}"
            assert refusal in ("", "42501"), (table.name, refusal)


@pytest.mark.parametrize("who", ATTACKERS)
def test_no_attack_reads_or_writes_another_tenants_rows(who, ids):
    reached, odd, refused = [], [], 0
    own_reads = {
        "COPY members_member TO STDOUT": "COPY (SELECT * FROM members_member WHERE cooperative_id <> {own}) TO STDOUT"
    }
    with raw() as cursor:
        stand(cursor, attackers(ids)[who])
        for attack in [*READS, *WRITES]:
            rows, refusal = run(cursor, fill(own_reads.get(attack, attack), ids))
            refused += bool(refusal)
            if rows and not own(who, attack):
                reached.append(attack)
            if refusal and refusal not in REFUSALS:
                odd.append((refusal, attack))
    assert reached == []
    assert odd == []
    assert refused >= 40


def own(who: str, attack: str) -> bool:
    """The bare app role reads logins and sessions before any place is known: that is its work."""
    return who == "nobody" and any(
        table in attack for table in ("registry_user", "django_session", "mfa_authenticator", "procrastinate_jobs")
    )


# --- Controls -----------------------------------------------------------------------------------


def test_the_same_statements_reach_ones_own_rows(ids):
    """Without this, a misspelt attack would look like a refused one."""
    swapped = ids | {"victim": ids["own"], "member": ids["own_member"]}
    with raw() as cursor:
        stand(cursor, attackers(ids)["officer"])
        for attack in ("SELECT * FROM members_member WHERE cooperative_id = {victim}", "SELECT * FROM members_member WHERE id = {member}",
                       "UPDATE members_member SET name = 'x' WHERE id = {member}",
                       "COPY (SELECT * FROM members_member WHERE cooperative_id = {victim}) TO STDOUT",
                       "UPDATE members_numbercounter SET last_number = 0 WHERE cooperative_id = {victim}"):  # fmt: skip
            assert run(cursor, fill(attack, swapped))[0] > 0, attack
        good = "{new_entry} INSERT INTO finance_posting (cooperative_id, entry_id, posted_on, debit_id, credit_id, rupiah, member_id) SELECT {own}, max(id), '2026-02-01', {own_account}, {own_other_account}, 1, {member} FROM finance_entry"
        assert run(cursor, fill(good, swapped)) == (1, "")


def test_a_policy_with_a_hole_is_felt_by_the_attacks(ids):
    """The negative control: with one policy opened, the first attack reaches rows."""
    with raw("owner") as cursor:
        cursor.execute("ALTER TABLE members_member NO FORCE ROW LEVEL SECURITY")
        assert run(cursor, fill(READS[0], ids))[0] == 3


def test_a_foreign_member_answers_like_a_missing_one(ids):
    """No oracle: the database's refusal does not tell whether the id exists elsewhere."""
    answers = []
    with raw() as cursor:
        stand(cursor, attackers(ids)["officer"])
        for member in (ids["member"], 999_999_999):
            with pytest.raises(psycopg.errors.ForeignKeyViolation) as caught, cursor.connection.transaction():
                cursor.execute(
                    "INSERT INTO finance_obligation (cooperative_id, member_id, kind, period, due_rupiah, paid_rupiah) "
                    "VALUES (%s, %s, 'wajib', '2031-01-01', 1, 0)",
                    [ids["own"], member],
                )
            answers.append(str(caught.value).replace(str(member), "?"))
    assert answers[0] == answers[1]


def test_nothing_is_added_to_an_entry_of_an_earlier_transaction(siti, ids):
    with siti.acting() as (actor, melati):
        import uuid
        from datetime import UTC, date, datetime

        from finance.actions import DuesLine, record_dues

        record_dues(
            cooperative=melati, lines=[DuesLine(ids["own_member"], wajib=10_000)], paid_on=date(2026, 2, 1), through=date(2026, 2, 1),
            key=uuid.uuid4(), actor=actor, now=datetime(2026, 2, 1, tzinfo=UTC), today=date(2026, 2, 1),
        )  # fmt: skip
    kenanga = Attacker(Role.OFFICER, ids["own_agency"], ids["victim"])
    with raw() as cursor:
        stand(cursor, kenanga)
        statement = "INSERT INTO finance_posting (cooperative_id, entry_id, posted_on, debit_id, credit_id, rupiah) VALUES ({victim}, {entry}, '2026-01-10', {account}, {account} + 1, 1)"
        assert run(cursor, fill(statement, ids)) == (0, "23001")


def test_what_the_wall_does_not_stop_is_known(ids):
    """Said plainly in docs/security: somebody who runs any SQL as the app may set another context. Queries are the first guard."""
    with raw() as cursor:
        stand(cursor, attackers(ids)["officer"])
        cursor.execute(sql.SQL("SET LOCAL wall.cooperative = {}").format(sql.Literal(str(ids["victim"]))))
        assert run(cursor, fill(READS[0], ids))[0] == 3

"""The head of region reads names of cooperatives and sums, never a person: what the role may read, and that copies without
names stay equal to what they are copied from."""

from datetime import date

import pytest
from psycopg import sql

from koperasi.tables import TABLES
from registry.actions import amend_cooperative, appoint_officer, end_term, record_rat
from registry.models import Cooperative, Officer, Profile, Standing, Term
from registry.tenancy import Role
from registry.tenancy.copies import copies
from tests.catalogue import raw
from tests.test_wall_attacks import Attacker, ids, run, stand  # noqa: F401

pytestmark = pytest.mark.usefixtures("everything")

TODAY = date(2026, 11, 20)
READABLE = sorted(table.name for table in TABLES if "S" in table.grants.get(Role.EXECUTIVE, ""))
# Columns that may hold a person, wherever they stand.
PERSONAL = {"name", "short_name", "phone", "email", "notary", "address", "user_name", "actor_name", "maker_name", "published_by_name",
            "made_by_name", "reported_by_name", "received_by", "payer", "collector", "birth_place", "text"}  # fmt: skip
# … and those that hold something else, with the reason.
NOT_A_PERSON = {
    ("registry_agency", "name"): "an office",
    ("registry_agency", "short_name"): "an office",
    ("registry_agency", "address"): "an office",
    ("registry_agency", "phone"): "an office",
    ("registry_agency", "email"): "an office",
    ("registry_cooperative", "name"): "a cooperative: the one name the role may know",
    ("registry_cooperative", "short_name"): "a cooperative",
    ("registry_place", "name"): "a place",
    ("registry_programme", "name"): "a programme",
    ("registry_programme", "short_name"): "a programme",
    ("registry_file", "name"): "a file of a published report",
    ("registry_blocker", "text"): "what hinders a cooperative, as the published report prints it",
    ("registry_publishedreport", "published_by_name"): "the civil servant who issued a public paper, printed on it",
}


@pytest.fixture
def executive(ids):  # noqa: F811
    with raw() as cursor:
        stand(cursor, Attacker(Role.EXECUTIVE, ids["own_agency"]))
        yield cursor


def test_no_readable_table_has_a_column_for_a_person():
    with raw("owner") as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_name = ANY(%s) AND column_name = ANY(%s)",
            [READABLE, sorted(PERSONAL)],
        )
        assert set(cursor.fetchall()) - set(NOT_A_PERSON) == set()
    assert len(READABLE) >= 17


@pytest.mark.parametrize(
    "table",
    ["registry_officer", "registry_profile", "registry_signatory", "registry_grant", "registry_invitation", "registry_auditevent", "registry_job",
     "registry_importbatch", "registry_importrow", "members_member", "members_identity", "members_numbercounter", "finance_entry",
     "finance_posting", "finance_payment", "finance_receipt", "finance_obligation", "finance_memberbalance", "finance_books"],
)  # fmt: skip
@pytest.mark.parametrize(
    "read", ["SELECT * FROM {}", "SELECT count(*) FROM {}", "SELECT 1 FROM {} LIMIT 1", "COPY {} TO STDOUT"]
)
def test_the_role_reads_no_row_and_no_count_of_a_table_with_persons(executive, table, read):
    statement = sql.SQL(read).format(sql.Identifier(table)).as_string(None)
    assert run(executive, statement) == (0, "42501")


@pytest.mark.parametrize(
    "write",
    ["UPDATE registry_standing SET keeps_books_here = true", "DELETE FROM registry_term", "UPDATE registry_term SET ended_on = NULL",
     "INSERT INTO registry_term SELECT * FROM registry_term", "UPDATE registry_reportedfigure SET value = 0"],
)  # fmt: skip
def test_the_role_writes_no_copy(executive, write):
    assert run(executive, write) == (0, "42501")


def test_a_join_over_a_readable_table_reaches_no_name(executive):
    for statement in (
        "SELECT o.name FROM registry_term t JOIN registry_officer o ON o.id = t.officer_id",
        "SELECT p.notary FROM registry_standing s JOIN registry_profile p USING (cooperative_id)",
        "SELECT t.*, (SELECT name FROM registry_officer WHERE id = t.officer_id) FROM registry_term t",
    ):
        assert run(executive, statement) == (0, "42501")
    assert run(executive, "SELECT * FROM registry_term")[0] >= 8  # the control: what it may read is there
    assert run(executive, "SELECT * FROM registry_standing")[0] == 2


@pytest.mark.parametrize("key", ["wajib", "anggota", "segar", "rat", "gedung", "bimtek"])
def test_its_dashboard_shows_the_figures_of_the_dinas(enter, wali, joko, key):
    address = f"/kota-serang/ringkasan/?ukuran={key}&bulan=2026-10"
    own, theirs = (enter(who).get(address).context["shown"] for who in (wali, joko))
    assert (own.whole, own.heading) == (theirs.whole, theirs.heading)
    assert [part.sum for part in own.parts] == [part.sum for part in theirs.parts]


def test_its_list_shows_the_rows_of_the_dinas(enter, wali, joko):
    for query in (
        "",
        "?masa=habis",
        "?masa=60-hari",
        "?buku=ada",
        "?hukum=semua&urut=diperbarui",
        "?cari=walantaka",
        "?status=active",
    ):
        own, theirs = (
            enter(who).get(f"/kota-serang/koperasi/{query}").context["page"].object_list for who in (wali, joko)
        )
        assert [row.pk for row in own] == [row.pk for row in theirs], query


# --- The copies -----------------------------------------------------------------------------------


def differences() -> list[str]:
    """Return what stands in a copy and not in its source, or the other way round, by the database's own word."""
    found = []
    with raw("owner") as cursor:
        for model in copies():
            from django.apps import apps

            source, copy = apps.get_model(model.copy_of)._meta, model._meta
            for table in (source.db_table, copy.db_table):
                cursor.execute(sql.SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY").format(sql.Identifier(table)))
            columns = [field.column for field in copy.local_fields if not field.primary_key]
            one, other = (
                sql.SQL("SELECT {}, {} FROM {}").format(
                    sql.Identifier(meta.pk.column),
                    sql.SQL(", ").join(map(sql.Identifier, columns)),
                    sql.Identifier(meta.db_table),
                )
                for meta in (source, copy)
            )
            cursor.execute(sql.SQL("({0} EXCEPT {1}) UNION ALL ({1} EXCEPT {0})").format(one, other))
            found += [f"{copy.db_table}: {row}" for row in cursor.fetchall()]
    return found


def test_every_copy_of_the_cast_is_equal():
    assert {model.__name__ for model in copies()} >= {"Standing", "Term", "Following", "TakenStep"}
    assert differences() == []


def same(model, copy, key: str, **which) -> bool:
    """True when the one row of a copy repeats its source."""
    source, repeated = model.objects.get(**which), copy.objects.get(**{key: model.objects.get(**which).pk})
    names = [field.attname for field in copy._meta.local_fields if not field.primary_key]
    return [getattr(source, name) for name in names] == [getattr(repeated, name) for name in names]


def test_a_changed_profile_and_an_ended_term_are_copied(joko, now):
    with joko.acting() as (actor, _):
        melati = Cooperative.objects.select_related("agency", "district").get(slug="melati")
        profile = Profile.objects.get(cooperative=melati)
        amend_cooperative(
            cooperative=melati, version=profile.version, name=melati.name, fields={"sector": "savings_loan", "notary": "Notaris Rahasia"},
            actor=actor, now=now, today=TODAY,
        )  # fmt: skip
        officer = Officer.objects.get(cooperative=melati, position="treasurer")
        end_term(officer=officer, on=TODAY, reason="resigned", actor=actor, now=now, today=TODAY)
        fields = {
            "organ": "management",
            "position": "treasurer",
            "name": "Nama Baru",
            "sex": "P",
            "starts_on": TODAY,
            "ends_on": date(2031, 1, 1),
        }
        new = appoint_officer(cooperative=melati, fields=fields, actor=actor, now=now)
        record_rat(
            cooperative=melati,
            book_year=2025,
            held_on=date(2026, 2, 1),
            present=None,
            reported_on=None,
            actor=actor,
            now=now,
        )
        assert Standing.objects.get(pk=melati.pk).sector == "savings_loan"
        assert Term.objects.get(pk=officer.pk).ended_on == TODAY
        assert same(Profile, Standing, "pk", pk=melati.pk)
        assert same(Officer, Term, "pk", pk=officer.pk)
        assert same(Officer, Term, "pk", pk=new.pk)


def test_a_cooperative_that_is_taken_out_takes_its_copy_along(joko, now):
    from registry.actions import register_cooperative
    from registry.models import Place

    with joko.acting() as (actor, _):
        place = Place.objects.get(pk="36.73.03.1007")
        agency = Cooperative.objects.select_related("agency").get(slug="melati").agency
        one = register_cooperative(
            agency=agency, name="Koperasi Sebentar", district=place.parent, village=place, actor=actor, now=now
        )
        assert Standing.objects.filter(pk=one.pk).exists()
        Profile.objects.filter(pk=one.pk)._raw_delete("default")
        assert not Standing.objects.filter(pk=one.pk).exists()


def test_an_officer_cannot_change_the_copy_of_another_cooperative(ids):  # noqa: F811
    with raw() as cursor:
        stand(cursor, Attacker(Role.OFFICER, ids["own_agency"], ids["own"]))
        for table in ("registry_standing", "registry_term"):
            assert run(cursor, f"UPDATE {table} SET agency_id = agency_id WHERE cooperative_id = {ids['victim']}") == (
                0,
                "",
            )
            assert run(cursor, f"UPDATE {table} SET agency_id = agency_id WHERE cooperative_id = {ids['own']}")[0] > 0


def test_building_the_wall_again_mends_a_copy_that_was_changed_behind_it():
    """Rows from before the copies, or changed by hand as the owner, are made equal by `manage.py wall`."""
    from registry.tenancy.copies import copy_statements

    with raw("owner") as cursor:
        cursor.execute(
            "ALTER TABLE registry_standing NO FORCE ROW LEVEL SECURITY; UPDATE registry_standing SET coop_type = 'service'"
        )
        cursor.execute("ALTER TABLE registry_term NO FORCE ROW LEVEL SECURITY; DELETE FROM registry_term")
        for statement in copy_statements():
            cursor.execute(statement.as_string(None))
        cursor.execute("SELECT count(*) FROM registry_standing WHERE coop_type = 'service'")
        assert cursor.fetchone()[0] == 0
        cursor.execute("SELECT count(*) FROM registry_term")
        assert cursor.fetchone()[0] >= 12

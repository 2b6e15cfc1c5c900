"""An access lives as long as the term behind it: what has run out stands in nobody's way, what ended opens nothing."""

import itertools
from datetime import date, timedelta

import pytest
from allauth.usersessions.models import UserSession

from registry.access import context_of, load_grants
from registry.actions import (
    AlreadyHeld,
    BeyondTerm,
    InvitationGone,
    accept_invitation,
    appoint_officer,
    end_access,
    end_term,
    invite,
    prolong_access,
    restore_access,
)
from registry.actions.access import public_context
from registry.models import AuditEvent, Cooperative, Grant, GrantKind, Invitation, Officer, User
from registry.tenancy import NOBODY, bind, bound
from tests.cast import NOW, Someone, join
from tests.test_at_the_same_time import at_once, committing  # noqa: F401
from tests.test_invitations import opened

TODAY = date(2026, 11, 20)
MELATI = "/kota-serang/koperasi/melati/"


def link(giver: Someone, now, *, name="Wati Pengawas", kind=GrantKind.SUPERVISOR, **more) -> str:
    with giver.acting() as (actor, own):
        cooperative = own or Cooperative.objects.get(slug="melati")
        return invite(
            agency=cooperative.agency, cooperative=cooperative, kind=kind, name=name, actor=actor, now=now, **more
        )[1]


def accept(token: str, user: User, now, today: date) -> None:
    invitation = opened(token)
    try:
        with bound(public_context(invitation)):
            accept_invitation(invitation=invitation, user=user, now=now, today=today)
    finally:
        bind(NOBODY)


def held(someone: Someone, kind: GrantKind) -> list[Grant]:
    """Everything of this kind in Melati, as its ketua reads it, oldest first."""
    user = someone.user
    with Someone("budi").acting():
        return list(Grant.objects.filter(user_id=user.pk, kind=kind).order_by("valid_from", "pk"))


# --- Run out, ended, renewed ----------------------------------------------------------------------


def test_an_access_that_ran_out_does_not_stand_in_the_way_of_a_new_one(budi, ratna, now):
    accept(link(budi, now, grant_until=TODAY), ratna.user, now, TODAY)
    later = TODAY + timedelta(days=40)
    accept(link(budi, now, grant_until=later + timedelta(days=300)), ratna.user, now, later)
    first, second = held(ratna, GrantKind.SUPERVISOR)
    assert (first.valid_to, second.valid_from) == (TODAY, later)
    bind(NOBODY)
    assert [g.pk for g in load_grants(ratna.user.pk, later) if g.kind == "supervisor"] == [second.pk]


def test_an_access_that_was_ended_does_not_stand_in_the_way_of_a_new_one(budi, ratna, now):
    until = TODAY + timedelta(days=300)
    accept(link(budi, now, grant_until=until), ratna.user, now, TODAY)
    with budi.acting() as (actor, _):
        end_access(grant=Grant.objects.get(user_name="Ratna Ketua"), actor=actor, now=now, today=TODAY)
    accept(link(budi, now, grant_until=until), ratna.user, now, TODAY)
    assert [grant.ended_on for grant in held(ratna, GrantKind.SUPERVISOR)] == [TODAY, None]
    with budi.acting() as (actor, _), pytest.raises(AlreadyHeld):
        old = Grant.objects.select_related("agency", "cooperative").get(user_name="Ratna Ketua", ended_on__isnull=False)
        restore_access(grant=old, actor=actor, now=now, today=TODAY)


def test_a_longer_invitation_goes_on_from_the_present_access_and_a_shorter_one_is_kept(budi, ratna, now):
    ends = TODAY + timedelta(days=30)
    accept(link(budi, now, grant_until=ends), ratna.user, now, TODAY)
    shorter = link(budi, now, grant_until=ends)
    with pytest.raises(AlreadyHeld):
        accept(shorter, ratna.user, now, TODAY)
    assert opened(shorter).used_at is None
    bind(NOBODY)
    accept(link(budi, now, grant_until=ends + timedelta(days=365)), ratna.user, now, TODAY)
    first, second = held(ratna, GrantKind.SUPERVISOR)
    assert second.valid_from == first.valid_to + timedelta(days=1)
    with budi.acting() as (actor, _):
        grant = Grant.objects.select_related("agency", "cooperative").get(pk=first.pk)
        with pytest.raises(AlreadyHeld):  # the two would overlap
            prolong_access(grant=grant, until=ends + timedelta(days=5), actor=actor, now=now)
        end_access(grant=grant, actor=actor, now=now, today=TODAY)  # ends the part to come as well
        assert not Grant.objects.filter(user_name="Ratna Ketua").lasting(TODAY).exists()


def test_two_invitations_opened_at_once_give_one_access(committing):  # noqa: F811
    tokens = [link(Someone("budi"), NOW, grant_until=TODAY + timedelta(days=days)) for days in (300, 200, 100, 50)]

    def open_one(token):
        from django.db import transaction

        def work():
            with transaction.atomic():
                accept(token, Someone("ratna").user, NOW, date(2026, 1, 10))
            return "in"

        return work

    results = at_once(*[open_one(token) for token in tokens])
    with Someone("budi").acting():
        grants = list(Grant.objects.filter(user_name="Ratna Ketua").order_by("valid_from"))
    assert len(grants) == results.count("in") >= 1
    assert all(isinstance(one, AlreadyHeld) for one in results if one != "in"), results
    for one, following in itertools.pairwise(grants):
        assert following.valid_from > one.valid_to


# --- The term of office ---------------------------------------------------------------------------


@pytest.fixture
def treasurer(admin_kota, now):
    """A treasurer of Melati in the book of officers, invited from it and signed in: (officer, user)."""
    with admin_kota.acting() as (actor, _):
        melati = Cooperative.objects.select_related("agency").get(slug="melati")
        officer = Officer.objects.get(cooperative=melati, position="treasurer")
        _, token = invite(
            agency=melati.agency, cooperative=melati, kind=GrantKind.TREASURER, name=officer.name, officer=officer,
            grant_until=date(2035, 1, 1), actor=actor, now=now,
        )  # fmt: skip
    return officer, join(token, "tiga", officer.name)


def end(who: Someone, officer: Officer, on: date, now) -> list[Grant]:
    with who.acting() as (actor, _):
        return end_term(officer=officer, on=on, reason="resigned", actor=actor, now=now, today=TODAY)


def grants_of(user: User, day: date) -> list[Grant]:
    try:
        return load_grants(user.pk, day)
    finally:
        bind(NOBODY)


def test_an_access_made_from_the_book_of_officers_lasts_no_longer_than_the_term(treasurer, budi, now):
    officer, user = treasurer
    (grant,) = grants_of(user, TODAY)
    assert (grant.officer_id, grant.valid_to) == (officer.pk, officer.ends_on)
    with budi.acting() as (actor, _), pytest.raises(BeyondTerm):
        own = Grant.objects.select_related("agency", "cooperative").get(pk=grant.pk)
        prolong_access(grant=own, until=officer.ends_on + timedelta(days=1), actor=actor, now=now)


def test_ending_a_term_ends_its_access_this_minute_and_nobody_elses(treasurer, joko, enter, now):
    officer, user = treasurer
    client = enter(Someone("tiga"))
    assert client.get(f"{MELATI}beranda/").status_code == 200
    bind(NOBODY)
    UserSession.objects.get_or_create(
        user=user, session_key=client.session.session_key, defaults={"ip": "::1", "user_agent": ""}
    )
    before = len(grants_of(Someone("siti").user, TODAY))
    assert len(end(joko, officer, TODAY, now)) == 1
    assert grants_of(user, TODAY) == []
    assert client.get(f"{MELATI}beranda/").status_code in (302, 404)
    assert not UserSession.objects.filter(user=user).exists()
    assert len(grants_of(Someone("siti").user, TODAY)) == before
    with Someone("budi").acting():
        assert AuditEvent.objects.filter(verb="end_access").count() == 1


def test_a_term_that_ends_later_takes_the_last_day_of_its_access_along(treasurer, joko, now):
    officer, user = treasurer
    on = TODAY + timedelta(days=10)
    end(joko, officer, on, now)
    assert [grant.valid_to for grant in grants_of(user, TODAY)] == [on - timedelta(days=1)]
    assert grants_of(user, on) == []


def test_a_link_made_for_a_term_that_ended_opens_nothing(admin_kota, joko, now):
    with admin_kota.acting() as (actor, _):
        melati = Cooperative.objects.select_related("agency").get(slug="melati")
        officer = Officer.objects.get(cooperative=melati, position="secretary")
        _, token = invite(
            agency=melati.agency, cooperative=melati, kind=GrantKind.SECRETARY, name=officer.name, actor=actor, now=now
        )
    assert opened(token).officer_id == officer.pk  # found by its name
    end(joko, officer, TODAY, now)
    with pytest.raises(InvitationGone):
        accept(token, Someone("tamu").user, now, TODAY)


def test_an_access_from_before_the_book_of_officers_is_found_by_post_and_name(budi, joko, now):
    with budi.acting() as (_actor, melati):
        officer = Officer.objects.get(cooperative=melati, position="supervisor_chair")
    token = link(budi, now, name="Orang Lain")
    user = join(token, "empat", officer.name.upper())
    assert [grant.officer_id for grant in grants_of(user, TODAY)] == [None]
    assert [grant.user_id for grant in end(joko, officer, TODAY, now)] == [user.pk]
    assert grants_of(user, TODAY) == []


def test_who_is_elected_again_is_offered_an_invitation_and_takes_it(treasurer, joko, budi, enter, now):
    officer, _user = treasurer
    end(joko, officer, TODAY, now)
    with joko.acting() as (actor, _):
        fields = {
            "organ": "management",
            "position": "treasurer",
            "name": officer.name,
            "sex": "P",
            "starts_on": TODAY,
            "ends_on": date(2031, 6, 1),
        }
        again = appoint_officer(cooperative=officer.cooperative, fields=fields, actor=actor, now=now)
    with budi.acting():
        for grant in Grant.objects.filter(user_name="Siti Bendahara"):  # the post is free
            Grant.objects.filter(pk=grant.pk).update(ended_on=TODAY)
    assert f"?pengurus={again.pk}" in enter(budi).get(f"{MELATI}akses/").content.decode()
    answer = enter(budi).post(
        f"{MELATI}akses/undang/?pengurus={again.pk}", {"name": officer.name, "kind": "treasurer", "until": "2031-06-01"}
    )
    assert "Tautan siap diserahkan" in answer.content.decode()
    with budi.acting():
        assert Invitation.objects.get(officer=again).grant_until == date(2031, 6, 1)
    late = enter(budi).post(
        f"{MELATI}akses/undang/?pengurus={again.pk}", {"name": officer.name, "kind": "treasurer", "until": "2031-06-02"}
    )
    assert "Masa jabatannya berakhir 1 Juni 2031" in late.content.decode()


def test_the_page_that_ends_a_term_says_what_became_of_the_access(treasurer, joko, enter, now):
    officer, _ = treasurer
    data = {"ended_on": "20/11/2026", "end_reason": "resigned"}
    said = enter(joko).post(f"{MELATI}pengurus/{officer.pk}/berhenti/", data, follow=True).content.decode()
    assert "Aksesnya ikut berakhir." in said
    with joko.acting():
        other = Officer.objects.get(cooperative__slug="melati", position="secretary")
    said = enter(joko).post(f"{MELATI}pengurus/{other.pk}/berhenti/", data, follow=True).content.decode()
    assert "Tidak ada akses yang terhubung dengannya." in said


def test_contexts_of_two_grants_are_not_mixed_up(treasurer):
    """A person's grant chosen for the wall names the person it belongs to."""
    _, user = treasurer
    (grant,) = grants_of(user, TODAY)
    assert context_of(grant, grant.cooperative).user_id == user.pk

"""One-time links: who may make them, what they open, and that they open it once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from registry.access import bind_public, context_of
from registry.actions import (
    AccessElsewhere,
    AlreadyHeld,
    InvitationGone,
    NotYours,
    accept_invitation,
    confirm_totp_reset,
    end_access,
    invite,
    make_reset_link,
    prolong_access,
    reset_by_link,
    restore_access,
    withdraw_invitation,
)
from registry.actions.access import public_context
from registry.forms.access import JoinForm, OfficerInvitationForm, login_name, suggest_login
from registry.models import AuditEvent, Grant, GrantKind, Invitation, User
from registry.tenancy import NOBODY, bind, bound
from tests.cast import Someone

GOOD = "melati harum sekali"
FORM = {"name": "Neneng Contoh", "username": "neneng", "password": GOOD}


@pytest.fixture
def today(now):
    return now.date()


def make(someone: Someone, now, *, kind=GrantKind.TREASURER, **more) -> tuple[int, str]:
    """Let `someone` invite into the own place. Return (number of the link, token)."""
    with someone.acting() as (actor, cooperative):
        agency = someone.grant.agency
        with bound_again(someone):
            link, token = invite(
                agency=agency,
                cooperative=more.pop("cooperative", cooperative),
                kind=kind,
                name="Neneng Contoh",
                actor=actor,
                now=now,
                **more,
            )
    return link.pk, token


class bound_again:
    """`Someone.grant` looks as nobody; stand behind the wall again."""

    def __init__(self, someone: Someone) -> None:
        self.someone = someone

    def __enter__(self) -> None:
        from registry.access import context_of

        grant = self.someone.grant
        bind(context_of(grant, grant.cooperative))

    def __exit__(self, *args) -> None:
        pass


def seen(someone: Someone, who: str) -> Grant:
    """Return who's grant as `someone` sees it. Call while acting."""
    return Grant.objects.select_related("agency", "cooperative").get(user_name=who)


def opened(token: str) -> Invitation:
    bind(NOBODY)
    bind_public(token, hashed=True)
    return Invitation.objects.select_related("agency", "cooperative").get()


def test_an_invited_officer_joins_and_the_link_dies(enter, budi, now):
    _, token = make(budi, now, grant_until=now.date() + timedelta(days=300))
    stranger = enter(None)
    assert stranger.get(f"/undangan/{token}/").status_code == 200
    answer = stranger.post(f"/undangan/{token}/", FORM)
    assert (answer.status_code, answer.url) == (302, "/")
    user = User.objects.get(username="neneng")
    with budi.acting():
        grant = Grant.objects.get(user_id=user.pk)
        assert (grant.kind, grant.cooperative.slug, grant.valid_to) == (
            "treasurer",
            "melati",
            now.date() + timedelta(days=300),
        )
        assert AuditEvent.objects.filter(verb="accept_invitation", actor_id=user.pk).count() == 1
    again = enter(None).post(f"/undangan/{token}/", FORM | {"username": "kedua"})
    assert again.status_code == 410
    assert "sudah dipakai" in again.content.decode()
    bind(NOBODY)
    assert not User.objects.filter(username="kedua").exists()


def test_the_page_of_a_link_is_kept_out_of_caches_and_referrers(enter, budi, now):
    _, token = make(budi, now)
    answer = enter(None).get(f"/undangan/{token}/")
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "strict-origin"  # the host, never the address; a form needs its origin
    assert "noindex" in answer["X-Robots-Tag"]
    assert enter(None).get("/undangan/1-0000-0000-0000/")["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "field, value, words",
    [
        ("username", "a b", "tanpa spasi"),
        ("username", "siti", "sudah dipakai orang lain"),
        ("username", "SITI", "sudah dipakai orang lain"),
        ("username", "x" * 61, "60"),
        ("username", "nul\x00", ""),
        ("password", "pendek", "terlalu pendek"),
        ("password", "1234567890", "mudah ditebak"),
        ("password", "neneng contoh", "mirip nama"),
        ("password", "", "tidak boleh kosong"),
        ("name", "", "tidak boleh kosong"),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_the_rest(enter, budi, now, field, value, words):
    _, token = make(budi, now)
    answer = enter(None).post(f"/undangan/{token}/", FORM | {field: value})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert words in page
    assert "Neneng Contoh" in page if field != "name" else 'value="neneng"' in page
    assert enter(None).get(f"/undangan/{token}/").status_code == 200  # the link lives on


def test_a_dead_link_says_honestly_why(enter, budi, now, monkeypatch):
    number, token = make(budi, now)
    with budi.acting() as (actor, _), bound_again(budi):
        withdraw_invitation(
            invitation=Invitation.objects.select_related("cooperative").get(pk=number), actor=actor, now=now
        )
    assert "sudah ditarik" in enter(None).get(f"/undangan/{token}/").content.decode()
    _, late = make(budi, now - timedelta(days=8))
    assert "sudah terlalu lama" in enter(None).get(f"/undangan/{late}/").content.decode()
    for wrong in (
        "1-0000-0000-0000",
        "ZZZZZZZ-0000-0000-0000",
        "x",
        "%00",
        token[:-1] + ("0" if token[-1] != "0" else "1"),
    ):
        answer = enter(None).get(f"/undangan/{wrong}/")
        assert answer.status_code in (404, 400)
        if answer.status_code == 404:
            assert "Tautan ini tidak dikenal" in answer.content.decode()


def test_who_is_signed_in_takes_the_access_with_one_tap_and_not_twice(enter, budi, ratna, now):
    _, token = make(budi, now, kind=GrantKind.SUPERVISOR)
    client = enter(ratna)
    assert "Anda masuk sebagai" in client.get(f"/undangan/{token}/").content.decode()
    assert client.post(f"/undangan/{token}/").status_code == 302
    _, second = make(budi, now, kind=GrantKind.SUPERVISOR)
    assert "sudah punya akses ini" in client.post(f"/undangan/{second}/").content.decode()
    user, link = ratna.user, opened(second)
    with pytest.raises(AlreadyHeld), bound(public_context(link)):
        accept_invitation(invitation=link, user=user, now=now, today=now.date())


def test_only_the_own_place_can_be_given_away(budi, siti, joko, admin_kota, ratna, now):
    with budi.acting() as (actor, melati):
        agency = melati.agency
        for kind in (GrantKind.DINAS_ADMIN, GrantKind.FIELD, GrantKind.EXECUTIVE, GrantKind.CASE):
            with pytest.raises(NotYours):
                invite(agency=agency, cooperative=None, kind=kind, name="X", actor=actor, now=now)
    with ratna.acting() as (actor, _), pytest.raises(NotYours):
        invite(agency=agency, cooperative=melati, kind=GrantKind.CHAIR, name="X", actor=actor, now=now)
    for other in (siti, joko):
        with other.acting() as (actor, _), pytest.raises(NotYours):
            invite(agency=agency, cooperative=melati, kind=GrantKind.CHAIR, name="X", actor=actor, now=now)
    with admin_kota.acting() as (actor, _), pytest.raises(NotYours):
        invite(agency=agency, cooperative=melati, kind=GrantKind.DINAS_STAFF, name="X", actor=actor, now=now)


def test_a_password_link_sets_the_password_and_ends_the_sessions(enter, budi, siti, now, today):
    with budi.acting() as (actor, _):
        _, token = make_reset_link(
            grant=seen(budi, "Siti Bendahara"), purpose="password", actor=actor, now=now, today=today
        )
        _, newer = make_reset_link(
            grant=seen(budi, "Siti Bendahara"), purpose="password", actor=actor, now=now, today=today
        )
    stranger = enter(None)
    assert stranger.get(f"/undangan/{token}/").status_code == 410  # a newer link replaces it
    assert stranger.post(f"/undangan/{newer}/", {"password": "pendek"}).status_code == 200
    assert stranger.post(f"/undangan/{newer}/", {"password": GOOD}).url == "/masuk/"
    assert siti.user.check_password(GOOD)
    assert stranger.post(f"/undangan/{newer}/", {"password": GOOD + "x"}).status_code == 410
    assert siti.user.check_password(GOOD)


def test_the_ketua_cannot_take_over_a_login_that_opens_other_places(budi, ratna, admin_kota, now, today):
    _, token = make(budi, now, kind=GrantKind.SUPERVISOR)
    user, link = ratna.user, opened(token)
    with bound(public_context(link)):
        accept_invitation(invitation=link, user=user, now=now, today=today)
    with budi.acting() as (actor, _), pytest.raises(AccessElsewhere):
        make_reset_link(grant=seen(budi, "Ratna Ketua"), purpose="password", actor=actor, now=now, today=today)
    with admin_kota.acting() as (actor, _):  # both places are in this dinas
        grant = Grant.objects.select_related("agency", "cooperative").filter(user_name="Ratna Ketua").first()
        make_reset_link(grant=grant, purpose="password", actor=actor, now=now, today=today)


def test_reset_links_are_for_others_and_a_second_factor_needs_the_dinas(budi, siti, joko, now, today):
    with budi.acting() as (actor, _):
        for who, purpose in (("Budi Ketua", "password"), ("Siti Bendahara", "totp")):
            with pytest.raises(NotYours):
                make_reset_link(grant=seen(budi, who), purpose=purpose, actor=actor, now=now, today=today)
    with joko.acting() as (actor, _), pytest.raises(NotYours):
        make_reset_link(grant=seen(joko, "Siti Bendahara"), purpose="password", actor=actor, now=now, today=today)


def test_a_second_factor_is_removed_only_when_another_admin_agrees(enter, admin_kota, joko, now, today):
    with admin_kota.acting() as (actor, _):
        link, token = make_reset_link(
            grant=seen(admin_kota, "Joko Staf"), purpose="totp", actor=actor, now=now, today=today
        )
        with pytest.raises(NotYours):
            confirm_totp_reset(invitation=link, actor=actor, now=now)
    waiting = enter(None).post(f"/undangan/{token}/")
    assert "Menunggu persetujuan" in waiting.content.decode()
    found = opened(token)
    with pytest.raises(InvitationGone), bound(public_context(found)):
        reset_by_link(invitation=found, now=now)
    with admin_kota.acting() as (actor, _):
        with pytest.raises(NotYours):  # the person it is about
            confirm_totp_reset(invitation=link, actor=replace(actor, user_id=link.for_user_id), now=now)
        with bound(replace(context_of(admin_kota.grant, None), user_id=10**6)):
            confirm_totp_reset(invitation=link, actor=replace(actor, user_id=10**6), now=now)
            with pytest.raises(InvitationGone):
                confirm_totp_reset(invitation=link, actor=replace(actor, user_id=10**6), now=now)
    assert enter(None).post(f"/undangan/{token}/").url == "/masuk/"


def test_access_ends_this_minute_can_be_taken_back_today_and_prolonged(enter, budi, siti, now, today):
    client = enter(siti)
    with budi.acting() as (actor, _):
        grant = seen(budi, "Siti Bendahara")
        end_access(grant=grant, actor=actor, now=now, today=today)
        end_access(grant=grant, actor=actor, now=now, today=today)
        assert AuditEvent.objects.filter(verb="end_access").count() == 1
        assert not Grant.objects.filter(pk=grant.pk).in_force(today).exists()
    assert client.get("/kota-serang/koperasi/melati/akses/").status_code in (302, 404)
    with budi.acting() as (actor, _):
        restore_access(grant=grant, actor=actor, now=now, today=today)
        prolong_access(grant=grant, until=today + timedelta(days=10), actor=actor, now=now)
        assert Grant.objects.in_force(today + timedelta(days=10)).filter(pk=grant.pk).exists()
        assert not Grant.objects.in_force(today + timedelta(days=11)).filter(pk=grant.pk).exists()
        own = seen(budi, "Budi Ketua")
        for act in (end_access, restore_access):
            with pytest.raises(NotYours):
                act(grant=own, actor=actor, now=now, today=today)


def test_an_officer_form_starts_from_the_book_of_officers(budi, today):
    from registry.models import Officer

    with budi.acting() as (_, melati):
        officer = Officer.objects.get(cooperative=melati, position="treasurer")
        form = OfficerInvitationForm(today=today, officer=officer)
    assert (form.initial["kind"], form.initial["until"]) == (GrantKind.TREASURER, officer.ends_on)
    late = OfficerInvitationForm({"name": "X", "kind": "chair", "until": "2099-01-01"}, today=today)
    assert "paling lama lima tahun" in str(late.errors)
    past = OfficerInvitationForm({"name": "X", "kind": "chair", "until": "2020-01-01"}, today=today)
    assert "sudah lewat" in str(past.errors)


@pytest.mark.parametrize(
    "typed, stored",
    [
        (" Siti ", "siti"),
        ("0812-3456-7890", "081234567890"),
        ("+62 812 3456 7890", "081234567890"),
        ("budi2", "budi2"),
        ("A@B.id", "a@b.id"),
        ("2026", "2026"),
    ],
)
def test_a_login_is_one_however_it_is_written(typed, stored):
    assert login_name(typed) == stored


def test_a_login_is_suggested_from_the_name():
    assert suggest_login("Siti Aminah Rahayu, S.E.") == "siti.aminah"
    assert suggest_login("Ñ 1") == ""


def test_join_form_refuses_what_the_model_cannot_hold():
    form = JoinForm({"name": "x" * 121, "username": "y", "password": "z" * 201})
    assert not form.is_valid()
    assert set(form.errors) == {"name", "username", "password"}
    with pytest.raises(ValidationError):
        form.fields["name"].clean("a\x00b")

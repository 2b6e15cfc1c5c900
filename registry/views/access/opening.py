"""A stranger with a one-time link: joining, a new password, a lost second factor."""

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from registry import actions
from registry.access import door
from registry.actions.logins import waits_for_second_admin
from registry.forms import access as forms
from registry.models import GrantKind, Invitation, User
from registry.models import Place as Area
from registry.tenancy import NOBODY, bound

from .answers import private

LOGIN_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@door.token
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Open a one-time link: join, set a new password, or remove a lost second factor."""
    link = _open_link(request)
    if link is None:
        return private(render(request, "access/link_gone.html", {"why": "unknown"}, status=404))
    why = _why_gone(link, request.now)
    if why:
        return private(_gone(request, link, why))
    answer = {
        Invitation.Purpose.JOIN: _join,
        Invitation.Purpose.PASSWORD: _new_password,
        Invitation.Purpose.TOTP: _new_device,
    }[link.purpose]
    try:
        return private(answer(request, link), has_form=True)
    except actions.InvitationGone:
        return private(_gone(request, link, "used"))


def _open_link(request: HttpRequest) -> Invitation | None:
    if not request.code:
        return None
    return Invitation.objects.select_related("agency", "cooperative__district", "cooperative__village").first()


def _why_gone(link: Invitation, now) -> str:
    if link.used_at:
        return "used"
    if link.withdrawn_at:
        return "withdrawn"
    if link.expires_at <= now:
        return "expired"
    return "waiting" if waits_for_second_admin(link) else ""


def _gone(request: HttpRequest, link: Invitation, why: str) -> HttpResponse:
    giver = "ketua koperasi atau admin dinas" if link.cooperative_id else "admin dinas"
    context = {"link": link, "why": why, "giver": giver, "place": _place(link)}
    return render(request, "access/link_gone.html", context, status=200 if why == "waiting" else 410)


def _join(request: HttpRequest, link: Invitation) -> HttpResponse:
    context = {
        "link": link,
        "place": _place(link),
        "label": GrantKind(link.kind).label,
        "districts": _district_names(link),
    }
    if request.user.is_authenticated:
        return _join_again(request, link, context)
    form = forms.JoinForm(request.POST or None, initial={"name": link.name, "username": forms.suggest_login(link.name)})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            user = actions.accept_invitation(
                invitation=link, username=data["username"], name=data["name"], password=data["password"],
                now=request.now, today=request.today,
            )  # fmt: skip
        except actions.UsernameTaken:
            form.add_error(
                "username",
                f'Nama pengguna "{data["username"]}" sudah dipakai orang lain. Coba tambahkan angka.',
            )
        else:
            _sign_in(request, user)
            return redirect("home")
    return render(request, "access/join.html", context | {"form": form})


def _join_again(request: HttpRequest, link: Invitation, context: dict) -> HttpResponse:
    """Somebody who is signed in takes the access with one tap."""
    if request.method == "POST":
        try:
            actions.accept_invitation(invitation=link, user=request.user, now=request.now, today=request.today)
        except actions.AlreadyHeld:
            context["held"] = True
        else:
            messages.success(request, f"Undangan diterima. Anda sekarang juga {GrantKind(link.kind).label}.")
            return redirect("home")
    return render(request, "access/join_again.html", context)


def _new_password(request: HttpRequest, link: Invitation) -> HttpResponse:
    form = forms.NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.reset_by_link(invitation=link, password=form.cleaned_data["password"], now=request.now)
        messages.success(request, "Kata sandi baru tersimpan. Semua perangkat lain sudah dikeluarkan. Silakan masuk.")
        return redirect(settings.LOGIN_URL)
    with bound(NOBODY):
        username = User.objects.values_list("username", flat=True).get(pk=link.for_user_id)
    return render(
        request,
        "access/new_password.html",
        {"link": link, "place": _place(link), "form": form, "username": username},
    )


def _new_device(request: HttpRequest, link: Invitation) -> HttpResponse:
    if request.method == "POST":
        actions.reset_by_link(invitation=link, now=request.now)
        messages.success(request, "Perangkat lama sudah dilepas. Masuk dengan kata sandi, lalu pasang perangkat baru.")
        return redirect(settings.LOGIN_URL)
    return render(request, "access/new_device.html", {"link": link, "place": _place(link)})


def _sign_in(request: HttpRequest, user: User) -> None:
    """Sign in the login just made. Its password was typed this minute: setting up a second factor need not ask again."""
    with bound(NOBODY):
        login(request, user, backend=LOGIN_BACKEND)
        record_authentication(request, user, method="password", reauthenticated=True)


def _place(link: Invitation) -> dict:
    return {"agency": link.agency, "cooperative": link.cooperative}


def _district_names(link: Invitation) -> str:
    if not link.districts:
        return ""
    return ", ".join(Area.objects.filter(pk__in=link.districts).order_by("name").values_list("name", flat=True))

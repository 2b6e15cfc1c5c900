"""Access: opening a link, who has access to what until when, ending it, and who looked at personal data."""

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from registry import actions
from registry.access import Place, door
from registry.actions.access import may_end, may_give, waits_for_second_admin
from registry.forms import access as forms
from registry.models import Grant, GrantKind, Invitation, Officer, User
from registry.models import Place as Area
from registry.models.accounts import DINAS_KINDS
from registry.paper import qr_path
from registry.reports import access as reports
from registry.tenancy import NOBODY, bound

ROWS = 50
LOGIN_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
READERS = {GrantKind.CHAIR, GrantKind.VICE_CHAIR, GrantKind.SUPERVISOR, *DINAS_KINDS}
GIVERS = {GrantKind.CHAIR, GrantKind.DINAS_ADMIN}


# --- A stranger with a link ----------------------------------------------------------------------


@door.token
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Open a one-time link: join, set a new password, or remove a lost second factor."""
    link = _open_link(request)
    if link is None:
        return _private(render(request, "access/link_gone.html", {"why": "unknown"}, status=404))
    why = _why_gone(link, request.now)
    if why:
        return _private(_gone(request, link, why))
    answer = {
        Invitation.Purpose.JOIN: _join,
        Invitation.Purpose.PASSWORD: _new_password,
        Invitation.Purpose.TOTP: _new_device,
    }[link.purpose]
    try:
        return _private(answer(request, link), has_form=True)
    except actions.InvitationGone:
        return _private(_gone(request, link, "used"))


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


def _private(response: HttpResponse, *, has_form: bool = False) -> HttpResponse:
    """The address is a secret: it goes into no cache, no referrer, no index.

    Under "no-referrer" a browser sends its form with `Origin: null`, which the CSRF check must refuse; "strict-origin"
    names the host and never the address.
    """
    response["Referrer-Policy"] = "strict-origin" if has_form else "no-referrer"
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


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


# --- Who has access ------------------------------------------------------------------------------


@door(DINAS_KINDS)
def people(request: HttpRequest) -> HttpResponse:
    """The dinas: who has access to what until when, in the agency and its cooperatives."""
    agency = request.place.agency
    form = forms.AccessFilter(request.GET or None, agency=agency)
    asked = form.cleaned_data if form.is_valid() else {}
    state = asked.get("keadaan") or "berlaku"
    found = reports.filter_accesses(
        reports.accesses(agency_id=agency.pk),
        words=asked.get("cari", ""),
        group=asked.get("sebagai", ""),
        state="" if state == "semua" else state,
        district=asked.get("kecamatan", ""),
        today=request.today,
    )
    page = Paginator(found, ROWS).get_page(request.GET.get("halaman"))
    context = {
        "filter": form,
        "page": page,
        "rows": [reports.describe(grant, request.today) for grant in page],
        "links": _links(request),
        "may_act": request.actor.kind == GrantKind.DINAS_ADMIN,
        "tabs": _dinas_tabs(request, "people"),
        "searched": asked.get("cari", ""),
    }
    return render(request, "access/people.html", context)


@door(READERS)
def cooperative_people(request: HttpRequest) -> HttpResponse:
    """One cooperative: who has access until when, the links that are open, and who could be invited."""
    cooperative = _cooperative(request)
    found = reports.accesses(agency_id=cooperative.agency_id, cooperative_id=cooperative.pk)
    rows = [reports.describe(grant, request.today) for grant in found]
    current = [row for row in rows if row.state in ("Berlaku", "Segera habis")]
    links = _links(request)
    context = {
        "current": current,
        "past": [row for row in rows if row not in current],
        "links": links,
        "to_invite": _without_access(request, current, links),
        "may_act": request.actor.kind in GIVERS,
        "trail_url": _trail_url(request),
    }
    return render(request, "access/cooperative.html", context)


def _links(request: HttpRequest) -> list[dict]:
    """Return the open links this person may see, with what may be done about each."""
    if request.actor.kind not in {*GIVERS, *DINAS_KINDS}:
        return []
    cooperative = request.place.cooperative
    found = reports.open_links(
        agency_id=request.place.agency.pk,
        now=request.now,
        cooperative_id=cooperative.pk if cooperative else None,
    )
    return [
        {
            "link": link,
            "label": GrantKind(link.kind).label,
            "waits": waits_for_second_admin(link),
            "may_confirm": request.actor.kind == GrantKind.DINAS_ADMIN
            and request.actor.user_id not in (link.made_by, link.for_user_id),
            "may_withdraw": may_give(request.actor, link.kind, link.cooperative),
        }
        for link in found[:ROWS]
    ]


def _without_access(request: HttpRequest, current: list, links: list[dict]) -> list[Officer]:
    """Return the office-holders for whom neither an access nor an open link of their kind and name exists."""
    if request.actor.kind not in GIVERS:
        return []
    taken = {(row.grant.kind, row.grant.user_name.lower()) for row in current}
    taken |= {(item["link"].kind, item["link"].name.lower()) for item in links}
    singles = {row.grant.kind for row in current} - {GrantKind.SUPERVISOR, GrantKind.VICE_CHAIR}
    officers = Officer.objects.filter(cooperative_id=request.place.cooperative.pk, ended_on__isnull=True)
    return [
        officer
        for officer in officers
        if forms.POSTS[officer.position] not in singles
        and (forms.POSTS[officer.position], officer.name.lower()) not in taken
    ]


# --- One person ----------------------------------------------------------------------------------


@door(DINAS_KINDS)
def person(request: HttpRequest, nomor: int) -> HttpResponse:
    """The dinas: one access, and what may be done about it."""
    return _person(request, nomor)


@door(READERS)
def cooperative_person(request: HttpRequest, nomor: int) -> HttpResponse:
    """One access in a cooperative, and what may be done about it."""
    _cooperative(request)
    return _person(request, nomor)


def _person(request: HttpRequest, number: int) -> HttpResponse:
    grant = _grant(request, number)
    form = forms.UntilForm(initial={"until": grant.valid_to}, today=request.today)
    if request.method == "POST":
        answer = _act_on(request, grant)
        if isinstance(answer, HttpResponse):
            return answer
        form = answer
    return render(request, "access/person.html", _person_context(request, grant, form))


def _grant(request: HttpRequest, number: int) -> Grant:
    found = Grant.objects.filter(agency_id=request.place.agency.pk).select_related(
        "agency", "cooperative__district", "invitation"
    )
    if request.place.cooperative:
        found = found.filter(cooperative_id=request.place.cooperative.pk)
    return get_object_or_404(found, pk=number) if number < 2**63 else _not_found()


def _not_found():
    raise Http404


def _person_context(request: HttpRequest, grant: Grant, form) -> dict:
    row = reports.describe(grant, request.today)
    mine = grant.user_id == request.actor.user_id
    may_act = may_end(request.actor, grant) and not mine
    return {
        "row": row,
        "person": grant,
        "form": form,
        "mine": mine,
        "may_act": may_act and row.state != "Berakhir",
        "may_prolong": may_act and row.state != "Berakhir" and grant.kind != GrantKind.CASE,
        "may_restore": may_act and grant.ended_on == request.today,
        "may_reset_factor": may_act and request.actor.kind == GrantKind.DINAS_ADMIN,
        "districts": _names_of(grant),
        "list_url": _list_url(request.place),
    }


def _names_of(grant: Grant) -> str:
    return (
        ", ".join(Area.objects.filter(pk__in=grant.districts).order_by("name").values_list("name", flat=True))
        if grant.districts
        else ""
    )


def _act_on(request: HttpRequest, grant: Grant) -> HttpResponse | forms.UntilForm:
    """Do what the pressed button says. Return where to go, the page with the new link, or the form with its error."""
    act = request.POST.get("tindakan", "")
    name = grant.user_name
    common = {"grant": grant, "actor": request.actor, "now": request.now}
    try:
        if act == "akhiri":
            actions.end_access(**common, today=request.today)
            return _said(
                request,
                f"Akses {name} sudah berakhir dan semua perangkatnya dikeluarkan. Bila keliru, buka lagi hari ini.",
            )
        if act == "buka-lagi":
            actions.restore_access(**common, today=request.today)
            return _said(request, f"Akses {name} dibuka lagi.")
        if act in ("password", "totp"):
            return _reset_link(request, grant, act)
        form = forms.UntilForm(request.POST, today=request.today)
        if form.is_valid():
            actions.prolong_access(**common, until=form.cleaned_data["until"])
            return _said(request, f"Akses {name} berlaku sampai tanggal yang baru.")
        return form
    except actions.AlreadyHeld:
        return _said(request, f"{name} sudah mendapat akses yang sama lewat undangan baru.", wrong=True)
    except actions.NotYours:
        return _said(request, "Anda tidak berhak mengubah akses ini. Tidak ada yang berubah.", wrong=True)


def _reset_link(request: HttpRequest, grant: Grant, purpose: str) -> HttpResponse:
    try:
        link, token = actions.make_reset_link(
            grant=grant, purpose=purpose, actor=request.actor, now=request.now, today=request.today
        )
    except actions.AccessElsewhere:
        return _said(
            request,
            f"{grant.user_name} juga punya akses di tempat lain, jadi tautannya dibuat oleh admin dinas atau operator.",
            wrong=True,
        )
    return _show_link(request, link, token)


# --- New links -----------------------------------------------------------------------------------


@door(GrantKind.DINAS_ADMIN)
@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    """The dinas admin invites anybody of the agency."""
    form = forms.DinasInvitationForm(request.POST or None, today=request.today, agency=request.place.agency)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        link, token = actions.invite(
            agency=request.place.agency,
            cooperative=data["found"],
            kind=GrantKind(data["kind"]),
            name=data["name"],
            districts=[area.pk for area in data["districts"]],
            grant_until=data["until"],
            actor=request.actor,
            now=request.now,
        )
        return _show_link(request, link, token)
    return render(request, "access/invite.html", {"form": form, "list_url": _list_url(request.place), "wide": True})


@door(GIVERS)
@never_cache
def cooperative_invite(request: HttpRequest) -> HttpResponse:
    """The ketua, or the dinas admin, invites an officer or a pengawas of one cooperative; `?pengurus=` fills the form."""
    cooperative = _cooperative(request)
    officer = _officer(request)
    form = forms.OfficerInvitationForm(request.POST or None, today=request.today, officer=officer)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        link, token = actions.invite(
            agency=request.place.agency,
            cooperative=cooperative,
            kind=GrantKind(data["kind"]),
            name=data["name"],
            grant_until=data["until"],
            actor=request.actor,
            now=request.now,
        )
        return _show_link(request, link, token)
    return render(request, "access/invite.html", {"form": form, "list_url": _list_url(request.place)})


def _officer(request: HttpRequest) -> Officer | None:
    number = request.GET.get("pengurus", "")
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        return None
    return Officer.objects.filter(cooperative_id=request.place.cooperative.pk, ended_on__isnull=True, pk=number).first()


def _show_link(request: HttpRequest, link: Invitation, token: str) -> HttpResponse:
    """Show a new link, this once: the token is stored nowhere."""
    url = settings.PUBLIC_URL + reverse("registry:invitation", args=[token])
    path, size = qr_path(url)
    context = {
        "link": link,
        "label": GrantKind(link.kind).label,
        "url": url,
        "qr": path,
        "qr_box": f"-4 -4 {size + 8} {size + 8}",
        "list_url": _list_url(request.place),
        "waits": waits_for_second_admin(link),
        "share": _share_words(link),
    }
    return _private(render(request, "access/link.html", context))


def _share_words(link: Invitation) -> str:
    what = {
        "join": f"Undangan sebagai {GrantKind(link.kind).label}",
        "password": "Tautan kata sandi baru",
        "totp": "Tautan ganti perangkat kode",
    }[link.purpose]
    return f"{what} untuk {link.name}, sekali pakai, berlaku 7 hari:"


@door(GIVERS)
def link_act(request: HttpRequest, nomor: int) -> HttpResponse:
    """Withdraw an open link, or agree as the second admin that a second factor may be removed."""
    if request.method != "POST":
        raise Http404
    found = Invitation.objects.filter(agency_id=request.place.agency.pk).select_related("cooperative")
    if request.place.cooperative:
        found = found.filter(cooperative_id=request.place.cooperative.pk)
    link = get_object_or_404(found, pk=nomor) if nomor < 2**63 else _not_found()
    try:
        if request.POST.get("tindakan") == "setujui":
            actions.confirm_totp_reset(invitation=link, actor=request.actor, now=request.now)
            return _said(request, f"Disetujui. Tautan milik {link.name} sekarang dapat dibuka.")
        actions.withdraw_invitation(invitation=link, actor=request.actor, now=request.now)
        return _said(request, f"Tautan untuk {link.name} ditarik dan tidak dapat dipakai lagi.")
    except actions.NotYours:
        return _said(request, "Persetujuan harus dari admin lain, bukan pembuat tautan.", wrong=True)
    except actions.InvitationGone:
        return _said(request, "Tautan ini sudah tidak berlaku. Tidak ada yang berubah.", wrong=True)


cooperative_link_act = link_act


# --- The book ------------------------------------------------------------------------------------


@door(GrantKind.DINAS_ADMIN, GrantKind.DINAS_HEAD)
def looks(request: HttpRequest) -> HttpResponse:
    """The dinas: who looked at personal data, where, when and why."""
    form = forms.LooksFilter(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    found = reports.looks(
        agency_id=request.place.agency.pk,
        words=asked.get("cari", ""),
        since=form.since(request.today) if asked else None,
    )
    page = Paginator(found, ROWS).get_page(request.GET.get("halaman"))
    context = {
        "filter": form,
        "page": page,
        "lines": [reports.trail_line(event) for event in page],
        "tabs": _dinas_tabs(request, "looks"),
        "narrowed": bool(asked.get("cari") or asked.get("sejak")),
    }
    return render(request, "access/looks.html", context)


@door(GrantKind.CHAIR, GrantKind.VICE_CHAIR, GrantKind.SUPERVISOR, GrantKind.CASE)
def trail(request: HttpRequest) -> HttpResponse:
    """One cooperative: who did what, and who looked at personal data."""
    form = forms.TrailFilter(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    kind = {"tindakan": False, "lihat": True}.get(asked.get("jenis", ""))
    found = reports.trail(
        cooperative_id=request.place.cooperative.pk,
        words=asked.get("cari", ""),
        since=form.since(request.today) if asked else None,
        looks=kind,
    )
    page = Paginator(found, ROWS).get_page(request.GET.get("halaman"))
    context = {
        "filter": form,
        "page": page,
        "lines": [reports.trail_line(event) for event in page],
        "narrowed": any(asked.values()),
    }
    return render(request, "access/trail.html", context)


# --- Small helps ---------------------------------------------------------------------------------


def _cooperative(request: HttpRequest):
    if request.place.cooperative is None:
        raise Http404
    return request.place.cooperative


def _list_url(place: Place) -> str:
    return reverse("registry:cooperative_access" if place.cooperative else "registry:access", args=[*place])


def _trail_url(request: HttpRequest) -> str:
    readers = {GrantKind.CHAIR, GrantKind.VICE_CHAIR, GrantKind.SUPERVISOR}
    return reverse("registry:trail", args=[*request.place]) if request.actor.kind in readers else ""


def _said(request: HttpRequest, words: str, *, wrong: bool = False) -> HttpResponse:
    (messages.error if wrong else messages.success)(request, words)
    return redirect(_list_url(request.place))


def _dinas_tabs(request: HttpRequest, current: str) -> list[dict]:
    slug = request.place.agency.slug
    tabs = [
        {
            "label": "Siapa punya akses",
            "url": reverse("registry:access", args=[slug]),
            "current": current == "people",
            "count": "",
        }
    ]
    if request.actor.kind in (GrantKind.DINAS_ADMIN, GrantKind.DINAS_HEAD):
        url = reverse("registry:looks", args=[slug])
        tabs.append({"label": "Siapa melihat data pribadi", "url": url, "current": current == "looks", "count": ""})
    return tabs

"""One member: registering, the profile, corrections, leaving, and the whole NIK for those who must see it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from members import actions, reports
from members.forms.people import AdmissionForm, AmendForm, ExitForm, RevealForm
from members.models import Member, MemberBusiness, MemberStatus, entries_of
from members.views.doors import CASHIERS, KEEPERS, READERS, REGISTRARS, may, member_of, upward
from registry.access import door
from registry.formats import format_date, format_moment
from registry.models import Profile
from registry.numbers import format_phone, wa_link

STATES = {
    MemberStatus.APPLICANT: "wait",
    MemberStatus.ACTIVE: "good",
    MemberStatus.SUSPENDED: "soon",
    MemberStatus.EXITED: "",
}
DEEDS = {
    "admit": "Dicatat di buku anggota",
    "amend": "Data diubah",
    "merge_members": "Digabung dengan catatan lain",
    "separate_members": "Dipisahkan lagi",
    "tell_members_apart": "Dicatat sebagai orang yang berbeda",
    "own_data": "Salinan data dicetak",
    "ask_for_correction": "Perbaikan data diminta",
    "answer_correction": "Permintaan perbaikan dijawab",
    "ask_to_leave": "Mohon berhenti",
    "refuse_to_let_go": "Permohonan berhenti ditolak",
    "withdraw_exit_request": "Permohonan berhenti ditarik",
    "plan_refund": "Pengembalian dijadwalkan",
    "reverse_pay_out": "Pembayaran simpanan dibatalkan",
    "exit_member": "Dinyatakan berhenti",
    "reveal_national_id": "NIK dilihat",
    "settle_exit": "Simpanan diselesaikan",
    "join_household": "Keluarga serumah dicatat",
    "leave_household": "Dilepas dari keluarga serumah",
    "name_heir": "Ahli waris dicatat",
    "remove_heir": "Ahli waris dihapus",
    "set_business": "Usaha dicatat",
    "remove_business": "Usaha dihapus",
    "pay_out_exit": "Simpanan dibayarkan",
}


@door(REGISTRARS)
@never_cache
@sensitive_post_parameters("national_id", "name", "birth_date", "phone", "address")
def add(request: HttpRequest) -> HttpResponse:
    cooperative = request.place.cooperative
    form = AdmissionForm(
        request.POST or None,
        cooperative=cooperative,
        today=request.today,
        founded_on=_founded_on(cooperative),
        auto_id="isi_%s",
    )
    if request.method == "POST" and form.is_valid():
        admitted = _admit(request, form)
        if admitted is not None:
            word = MemberStatus(admitted.status).label.lower()
            messages.success(request, f"{admitted.number_text} tercatat sebagai {word}.")
            again = "lagi" in request.POST
            return (
                redirect("members:add", *request.place)
                if again
                else redirect("members:member", *request.place, admitted.number)
            )
    return render(request, "members/add.html", {"form": form})


def _admit(request: HttpRequest, form: AdmissionForm) -> Member | None:
    data = form.cleaned_data
    try:
        return actions.admit(
            cooperative=request.place.cooperative,
            person=form.person(),
            joined_on=data["joined_on"],
            national_id=data["national_id"],
            status=data["status"],
            actor=request.actor,
            now=request.now,
        )
    except actions.DuplicateNationalId as error:
        form.add_error("national_id", str(error))
        return None


def _founded_on(cooperative):
    return Profile.objects.filter(cooperative=cooperative).values_list("founded_on", flat=True).first()


@door(READERS)
@never_cache
def member(request: HttpRequest, number: int) -> HttpResponse:
    one = member_of(request, number)
    place = [*request.place, one.number]
    context = {
        "member": one,
        "status": MemberStatus(one.status).label,
        "state": STATES[MemberStatus(one.status)],
        "since": _since(one),
        "facts": _facts(one),
        "masked": reports.masked_national_id(one),
        "history": _history(one),
        "business": MemberBusiness.objects.filter(entries_of(one), cooperative=one.cooperative).first(),
        "merges": list(reports.merges_of(one)),
        "wa": wa_link(one.phone) if one.phone.startswith("+628") else "",
        "statement_url": upward("finance:statement", *place),
        "pay_url": upward("finance:pay", *place) if one.is_current and may(request, CASHIERS) else "",
        "returned_url": upward("finance:pay_out", *place) if not one.is_current else "",
        "may_amend": may(request, REGISTRARS),
        "may_keep": may(request, KEEPERS),
    }
    return render(request, "members/member.html", context)


def _since(one: Member) -> str:
    if one.exited_on:
        return f"berhenti {format_date(one.exited_on)}"
    if one.status == MemberStatus.APPLICANT:
        return f"calon anggota sejak {format_date(one.joined_on)}"
    return f"anggota sejak {format_date(one.became_member_on or one.joined_on)}"


def _facts(one: Member) -> list[tuple[str, str]]:
    born = ", ".join(part for part in (one.birth_place, format_date(one.birth_date) if one.birth_date else "") if part)
    address = f"{one.address}{', RT/RW ' if one.address and one.rt_rw else ''}{one.rt_rw}"
    return [
        ("Jenis kelamin", one.get_sex_display()),
        ("Lahir", born or "belum ada data"),
        ("Alamat", address or "belum ada data"),
        ("Nomor HP", format_phone(one.phone) or "belum ada data"),
        ("Pekerjaan", one.occupation),
        ("Jenis anggota", one.get_kind_display()),
        ("Masuk", format_date(one.joined_on)),
        ("Menjadi anggota", format_date(one.became_member_on) if one.became_member_on else ""),
        ("Berhenti", format_date(one.exited_on) if one.exited_on else ""),
        ("Sebab berhenti", one.get_exit_reason_display() if one.exit_reason else ""),
        ("Catatan", one.exit_note),
    ]


def _history(one: Member) -> list[dict]:
    """What the book says about this entry, in words; acts it has no words for are left to the audit page."""
    rows = []
    for event in reports.history(one):
        if event.verb in DEEDS:
            why = f"{event.actor_name}{f': {event.reason}' if event.kind == event.Kind.LOOK else ''}"
            rows.append({"what": DEEDS[event.verb], "who": why, "at": format_moment(event.at)})
    return rows


@door(REGISTRARS)
@never_cache
@sensitive_post_parameters("national_id", "name", "birth_date", "phone", "address")
def amend(request: HttpRequest, number: int) -> HttpResponse:
    one = member_of(request, number)
    form = AmendForm(
        request.POST or None, cooperative=one.cooperative, today=request.today, member=one,
        masked=reports.masked_national_id(one), auto_id="isi_%s",
    )  # fmt: skip
    stored: list = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.amend(
                member=one, version=data["version"], changes=form.changes(), national_id=data["national_id"],
                actor=request.actor, now=request.now,
            )  # fmt: skip
        except actions.DuplicateNationalId as error:
            form.add_error("national_id", str(error))
        except actions.StaleForm:
            stored = form.differences(one)
            form.add_error(
                None,
                "Data ini diubah orang lain setelah Anda membukanya. Yang Anda ketik masih ada; periksa, lalu simpan lagi.",
            )
            form.renew(one.version)
        else:
            messages.success(request, f"Data {one.number_text} tersimpan.")
            return redirect("members:member", *request.place, number)
    return render(request, "members/amend.html", {"form": form, "member": one, "stored": stored})


@door(KEEPERS)
@never_cache
def leave(request: HttpRequest, number: int) -> HttpResponse:
    one = member_of(request, number)
    if one.exited_on:
        messages.info(request, f"{one.number_text} sudah dinyatakan berhenti {format_date(one.exited_on)}.")
        return redirect("members:member", *request.place, number)
    asked = reports.exit_request_of(one)
    initial = {"reason": asked.reason, "note": asked.note} if asked else {}
    form = ExitForm(request.POST or None, member=one, today=request.today, auto_id="isi_%s", initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.exit_member(
                member=one,
                on=data["on"],
                reason=data["reason"],
                note=data["note"],
                actor=request.actor,
                now=request.now,
            )
        except actions.AlreadyExited:
            messages.info(request, f"{one.number_text} baru saja dinyatakan berhenti oleh pengurus lain.")
        else:
            messages.success(request, f"{one.number_text} dinyatakan berhenti. Nomornya tidak dipakai lagi.")
        return redirect("members:member", *request.place, number)
    context = {"form": form, "member": one, "statement_url": upward("finance:statement", *request.place, number)}
    return render(request, "members/leave.html", context)


@door(KEEPERS)
@never_cache
def reveal(request: HttpRequest, number: int) -> HttpResponse:
    """Show the whole NIK once, on an answer to a POST that no cache keeps and no address names."""
    one = member_of(request, number)
    form = RevealForm(request.POST or None, auto_id="isi_%s")
    shown = ""
    if request.method == "POST" and form.is_valid():
        shown = actions.reveal_national_id(
            member=one, reason=form.cleaned_data["reason"], actor=request.actor, now=request.now
        )
    context = {"form": form, "member": one, "masked": reports.masked_national_id(one), "national_id": grouped(shown)}
    return render(request, "members/reveal.html", context)


def grouped(national_id: str) -> str:
    """Sixteen digits in groups of four, as one compares them with a KTP."""
    return " ".join(national_id[start : start + 4] for start in range(0, len(national_id), 4))

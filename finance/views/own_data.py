"""A member's own data as PDF, requests to put it right, and forgetting leavers' identity data."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from finance import reports
from finance.reports.own_data import PURPOSES
from finance.views.dues import find_member
from finance.views.receipts import pdf_response
from members import actions as members_actions
from members.forms.people import refuse_national_id
from members.models import CorrectionRequest
from members.rules import data_rule
from members.views.doors import KEEPERS, REGISTRARS
from registry.access import door
from registry.forms.fields import ChoiceField, LineField
from registry.paper import render_pdf


class CorrectionForm(forms.Form):
    """What a member says is wrong. NIKs have their own place."""

    text = LineField(
        label="Apa yang keliru", max_length=300, help_text="Contoh: tanggal lahir seharusnya 12 Juli 1985."
    )

    def clean_text(self) -> str:
        refuse_national_id(self.cleaned_data["text"])
        return self.cleaned_data["text"]


class AnswerForm(forms.Form):
    """What came of it; a refusal says why."""

    corrected = ChoiceField(
        label="Hasil", choices=[("ya", "Sudah diperbaiki"), ("tidak", "Ditolak")], widget=forms.RadioSelect
    )
    answer = LineField(label="Jawaban kepada anggota", max_length=300, required=False, help_text="Wajib bila ditolak.")

    def clean(self) -> dict:
        data = super().clean() or self.cleaned_data
        try:
            refuse_national_id(data.get("answer") or "")
        except forms.ValidationError as error:
            self.add_error("answer", error)
        if data.get("corrected") == "tidak" and not data.get("answer") and "answer" not in self.errors:
            self.add_error("answer", "Tulis mengapa permintaan ditolak.")
        return data


@door(REGISTRARS)
@never_cache
@sensitive_post_parameters("text")
def personal_data(request: HttpRequest, nomor: int) -> HttpResponse:
    """A member's requests about the own data, with their deadlines; the copy is made from here."""
    member = find_member(request, nomor)
    form = CorrectionForm(request.POST or None, auto_id="isi_%s")
    if request.method == "POST" and form.is_valid():
        asked = members_actions.ask_for_correction(
            member=member, text=form.cleaned_data["text"], actor=request.actor, now=request.now
        )
        messages.success(request, "Permintaan tercatat.")
        return redirect("finance:personal_data", *request.place, asked.member.number)
    asked_before = CorrectionRequest.objects.filter(cooperative=request.place.cooperative, member=member).order_by(
        "-asked_at"
    )
    context = {
        "member": member,
        "form": form,
        "asked": [{"one": one, "late": one.answered_at is None and one.due_at < request.now} for one in asked_before],
        "answer_form": AnswerForm(auto_id="jawab_%s"),
        "rule": data_rule("answer_hours", request.today),
    }
    return render(request, "members/personal_data.html", context)


@door(REGISTRARS)
@require_POST
def answer_correction(request: HttpRequest, nomor: int, pk: int) -> HttpResponse:
    """Answer one request."""
    member = find_member(request, nomor)
    asked = CorrectionRequest.objects.filter(cooperative=request.place.cooperative, member=member, pk=pk)
    found = asked.select_related("member").first()
    if found is None:
        raise Http404
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("finance:personal_data", *request.place, member.number)
    try:
        members_actions.answer_correction(
            asked=found, corrected=form.cleaned_data["corrected"] == "ya", answer=form.cleaned_data["answer"],
            actor=request.actor, now=request.now,
        )  # fmt: skip
        messages.success(request, "Jawaban tersimpan.")
    except members_actions.AlreadyAnswered:
        messages.info(request, "Permintaan ini sudah dijawab pengurus lain.")
    return redirect("finance:personal_data", *request.place, member.number)


@door(REGISTRARS)
@require_POST
def own_data_file(request: HttpRequest, nomor: int) -> HttpResponse:
    """Everything stored about the member, as PDF for the member. Making it is itself written down."""
    cooperative, member = request.place.cooperative, find_member(request, nomor)
    members_actions.record_own_data(
        member=member, reason="salinan untuk anggota sendiri", actor=request.actor, now=request.now
    )
    data = reports.own_data(cooperative=cooperative, member=member, today=request.today)
    context = {
        "d": data,
        "purposes": PURPOSES,
        "cooperative": cooperative.name,
        "printed_by": request.actor.name,
        "printed_at": request.now,
        "demo": request.place.agency.is_demo,
    }
    paper = request.place.agency.paper_size
    title = f"Salinan data anggota {member.number_text}"
    return pdf_response(
        render_pdf("paper/own_data.html", context, stylesheets=[], paper=paper, title=title),
        f"data-{member.number_text}",
    )


@door(KEEPERS)
@never_cache
def retention(request: HttpRequest) -> HttpResponse:
    """Whose NIK and contacts are past their years: shown before, removed by a tap."""
    cooperative = request.place.cooperative
    found = reports.forgettable(cooperative=cooperative, today=request.today)
    if request.method == "POST":
        count = members_actions.forget_leavers(
            cooperative=cooperative, member_ids=[one.pk for one in found.members], actor=request.actor, now=request.now
        )
        messages.success(request, f"NIK dan kontak {count} mantan anggota dihapus. Nomor, nama, dan bukunya tetap ada.")
        return redirect("finance:retention", *request.place)
    return render(request, "members/retention.html", {"found": found})

"""A member's family, heirs and business."""

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from members import actions
from members.forms.life import BusinessForm, HeirForm, HouseholdForm
from members.models import Heir, Household, Member, MemberBusiness
from members.scales import rule_on
from members.views.doors import REGISTRARS, member_of
from registry.access import door


@door(REGISTRARS)
@never_cache
@sensitive_post_parameters("name", "phone")
def family(request: HttpRequest, number: int) -> HttpResponse:
    """With whom a member lives, and whom the member names as heir."""
    one = member_of(request, number)
    sent = request.POST.get("apa")
    household = HouseholdForm(
        request.POST if sent == "serumah" else None, cooperative=one.cooperative, auto_id="rumah_%s"
    )
    heir = HeirForm(request.POST if sent == "waris" else None, auto_id="waris_%s")
    acts = {"actor": request.actor, "now": request.now}
    if request.method == "POST" and sent == "serumah" and household.is_valid():
        head = household.cleaned_data["head"]
        actions.join_household(member=one, head=head, **acts)
        messages.success(
            request, f"{one.number_text} serumah dengan {head.number_text}." if head.pk != one.pk else "Tersimpan."
        )
        return redirect("members:family", *request.place, one.number)
    if request.method == "POST" and sent == "waris" and heir.is_valid():
        try:
            actions.name_heir(member=one, **heir.cleaned_data, **acts)
        except actions.TooManyHeirs:
            heir.add_error(None, "Paling banyak 10 ahli waris.")
        else:
            messages.success(request, "Ahli waris tersimpan.")
            return redirect("members:family", *request.place, one.number)
    house = Household.objects.filter(cooperative=one.cooperative, pk=one.household_id or 0).first()
    context = {
        "member": one,
        "house": house,
        "people": Member.objects.of(one.cooperative).filter(household=house).order_by("number") if house else [],
        "heirs": Heir.objects.filter(cooperative=one.cooperative, member=one),
        "household_form": household,
        "heir_form": heir,
    }
    return render(request, "members/family.html", context)


@door(REGISTRARS)
@require_POST
def move_out(request: HttpRequest, number: int) -> HttpResponse:
    """Let a member live elsewhere."""
    one = member_of(request, number)
    actions.leave_household(member=one, actor=request.actor, now=request.now)
    return redirect("members:family", *request.place, one.number)


@door(REGISTRARS)
@require_POST
def remove_heir(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Take an heir off the list."""
    one = member_of(request, number)
    heir = Heir.objects.filter(cooperative=one.cooperative, member=one, pk=pk).select_related("member").first()
    if heir is None:
        raise Http404
    heir.member.cooperative = one.cooperative
    actions.remove_heir(heir=heir, actor=request.actor, now=request.now)
    messages.success(request, "Ahli waris dihapus.")
    return redirect("members:family", *request.place, one.number)


@door(REGISTRARS)
@never_cache
def business(request: HttpRequest, number: int) -> HttpResponse:
    """The business a member runs; its scale follows from the sales."""
    one = member_of(request, number)
    stored = MemberBusiness.objects.filter(
        Q(member=one) | Q(member__merged_into=one), cooperative=one.cooperative
    ).order_by("member__merged_into_id").first()  # fmt: skip
    form = BusinessForm(request.POST or None, today=request.today, stored=stored, auto_id="isi_%s")
    acts = {"actor": request.actor, "now": request.now}
    if request.method == "POST" and "hapus" in request.POST:
        actions.remove_business(member=one, **acts)
        messages.success(request, f"Usaha {one.number_text} dihapus.")
        return redirect("members:member", *request.place, one.number)
    if request.method == "POST" and form.is_valid():
        saved = actions.set_business(member=one, business=form.business(), today=request.today, **acts)
        messages.success(request, f"Usaha {one.number_text} tersimpan, skala {saved.get_scale_display().lower()}.")
        return redirect("members:member", *request.place, one.number)
    context = {"member": one, "form": form, "stored": stored, "rule": rule_on(request.today)}
    return render(request, "members/business.html", context)

"""Two entries of one person: the pairs that may be one, choosing what to keep, separating again."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from finance import actions
from finance.forms.merging import MergeForm
from finance.models import EntryKind, MemberBalance, Posting
from finance.views.dues import READERS
from members import actions as members_actions
from members import reports as members_reports
from members.models import Identity, Member, Merge, NotTheSame
from members.views.doors import KEEPERS
from registry.access import door
from registry.formats import format_date, format_moment, format_rupiah
from registry.models import Cooperative

SHOWN = 50  # pairs at a time; the rest comes up as these are decided


@door(READERS)
@never_cache
def twins(request: HttpRequest) -> HttpResponse:
    """The pairs that may be one person, what was merged, and what was told apart."""
    cooperative = request.place.cooperative
    chosen = _two_numbers(request)
    if chosen:
        return redirect("finance:merge", *request.place, *chosen)
    pairs = waiting_pairs(cooperative)
    merges = Merge.objects.filter(cooperative=cooperative, separated_at__isnull=True)
    apart = NotTheSame.objects.filter(cooperative=cooperative).select_related("one", "other").order_by("-said_at")
    context = {
        "pairs": list(_shown_pairs(cooperative, pairs[:SHOWN])),
        "count": len(pairs),
        "merges": [
            {"merge": one, "when": format_moment(one.merged_at)}
            for one in merges.select_related("survivor", "merged").order_by("-merged_at")
        ],
        "apart": apart[:SHOWN],
        "may_keep": request.place.grant.kind in KEEPERS,
        "not_found": "satu" in request.GET,
    }
    return render(request, "members/twins.html", context)


def _two_numbers(request: HttpRequest) -> tuple[int, int] | None:
    """Two numbers somebody typed: any two entries may be looked at side by side."""
    typed = [request.GET.get(name, "").upper().removeprefix("A-").strip() for name in ("satu", "lain")]
    if not all(text.isascii() and text.isdigit() and len(text) <= 7 for text in typed):
        return None
    one, other = sorted(int(text) for text in typed)
    known = Member.objects.of(request.place.cooperative).filter(number__in=[one, other], merged_into__isnull=True)
    return (one, other) if one != other and known.count() == 2 else None


def waiting_pairs(cooperative: Cooperative) -> list[members_reports.Pair]:
    """The pairs to decide. Who got the savings back and came again is no duplicate: left out."""
    pairs = members_reports.likely_the_same(cooperative)
    if not pairs:
        return []
    members = {pk for pair in pairs for pk in (pair.one, pair.other)}
    settled = set(
        Posting.objects.filter(cooperative=cooperative, member__in=members, entry__kind=EntryKind.EXIT).values_list(
            "member_id", flat=True
        )
    )
    return [pair for pair in pairs if pair.one not in settled and pair.other not in settled]


def _shown_pairs(cooperative: Cooperative, pairs: list) -> Iterable[dict]:
    ids = {pk for pair in pairs for pk in (pair.one, pair.other)}
    people = Member.objects.of(cooperative).in_bulk(ids)
    saved = {
        row.member_id: row.pokok_rupiah + row.wajib_rupiah
        for row in MemberBalance.objects.filter(cooperative=cooperative, member__in=ids)
    }
    for pair in pairs:
        yield {
            "why": pair.why,
            "state": "soon" if pair.same_national_id else "",
            "people": [_line(people[pk], saved.get(pk, 0)) for pk in (pair.one, pair.other)],
            "one": people[pair.one].number,
            "other": people[pair.other].number,
        }


def _line(member: Member, saved: int) -> dict:
    left = f", berhenti {format_date(member.exited_on)}" if member.exited_on else ""
    born = f"lahir {format_date(member.birth_date)}, " if member.birth_date else ""
    return {
        "member": member,
        "text": f"{born}masuk {format_date(member.joined_on)}{left}",
        "place": " · ".join(part for part in (member.address, member.rt_rw) if part),
        "saved": format_rupiah(saved),
    }


@door(KEEPERS)
@never_cache
def merge(request: HttpRequest, nomor: int, lain: int) -> HttpResponse:
    """Two entries side by side: which number and which values are kept."""
    one, other = _two(request, nomor, lain)
    masked = _masked(one, other)
    form = MergeForm(request.POST or None, one=one, other=other, masked=masked, auto_id="isi_%s")
    if request.method == "POST" and form.is_valid():
        survivor, merged = form.survivor_and_merged()
        try:
            actions.merge_members(
                survivor=survivor, merged=merged, versions=form.versions(), taken=form.taken(),
                actor=request.actor, now=request.now, today=request.today,
            )  # fmt: skip
        except (actions.Refused, members_actions.CannotMerge) as error:
            form.add_error(None, error.sentence)
        except members_actions.StaleForm:
            form.add_error(
                None, "Salah satu catatan diubah orang lain setelah Anda membukanya. Buka ulang halaman ini."
            )
        else:
            messages.success(
                request, f"{merged.number_text} digabung ke {survivor.number_text}. Setoran keduanya kini satu kartu."
            )
            return redirect("members:member", *request.place, survivor.number)
    saved = MemberBalance.objects.filter(cooperative=one.cooperative, member__in=[one, other])
    sums = {row.member_id: row.pokok_rupiah + row.wajib_rupiah for row in saved}
    context = {
        "form": form,
        "people": [_line(member, sums.get(member.pk, 0)) for member in (one, other)],
        "together": sum(sums.values()),
    }
    return render(request, "members/merge.html", context)


def _two(request: HttpRequest, nomor: int, lain: int) -> tuple[Member, Member]:
    """Return the two entries, neither of them merged, in the order of their numbers; or raise 404."""
    cooperative = request.place.cooperative
    rows = Member.objects.of(cooperative).filter(number__in=[nomor, lain], merged_into__isnull=True)
    found = list(rows.order_by("number"))
    if len(found) != 2:
        raise Http404
    for one in found:
        one.cooperative = cooperative
    return found[0], found[1]


def _masked(one: Member, other: Member) -> tuple[str, str]:
    own = Identity.objects.filter(cooperative=one.cooperative, member__in=[one, other])
    found = dict(own.values_list("member_id", "masked"))
    same = own.values("blind_index").distinct().count() < len(found)
    if same:  # one and the same NIK is nothing to choose between
        return found[one.pk], found[one.pk]
    return found.get(one.pk, ""), found.get(other.pk, "")


@door(KEEPERS)
@require_POST
def tell_apart(request: HttpRequest, nomor: int, lain: int) -> HttpResponse:
    """Say that a pair is two people: it is not offered again."""
    one, other = _two(request, nomor, lain)
    members_actions.tell_apart(one=one, other=other, actor=request.actor, now=request.now)
    messages.success(request, f"{one.number_text} dan {other.number_text} dicatat sebagai dua orang.")
    return redirect("finance:twins", *request.place)


@door(KEEPERS)
@require_POST
def offer_again(request: HttpRequest, nomor: int, lain: int) -> HttpResponse:
    """Take that back."""
    told = NotTheSame.objects.filter(
        cooperative=request.place.cooperative, one__number__in=[nomor, lain], other__number__in=[nomor, lain]
    )
    found = told.select_related("one", "other").first()
    if found is None:
        raise Http404
    members_actions.offer_again(told=found, actor=request.actor, now=request.now)
    return redirect("finance:twins", *request.place)


@door(KEEPERS)
@require_POST
def separate(request: HttpRequest, nomor: int, lain: int) -> HttpResponse:
    """Separate `lain` from `nomor`, into which it was merged."""
    cooperative = request.place.cooperative
    found = (
        Merge.objects.filter(cooperative=cooperative, survivor__number=nomor, merged__number=lain)
        .select_related("survivor", "merged")
        .order_by("-merged_at")
        .first()
    )
    if found is None:
        raise Http404
    found.survivor.cooperative = cooperative
    try:
        actions.separate_members(merge=found, actor=request.actor, now=request.now, today=request.today)
    except (actions.Refused, members_actions.CannotMerge) as error:
        messages.error(request, error.sentence)
    else:
        messages.success(
            request, f"{found.merged.number_text} dipisahkan lagi dari {found.survivor.number_text}. Setorannya kembali ke nomor masing-masing."
        )  # fmt: skip
    return redirect("finance:twins", *request.place)

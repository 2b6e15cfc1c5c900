"""What happened to offices since: who declared what, who left and who came, who heads each village by now."""

from collections import defaultdict
from datetime import timedelta
from random import Random

from registry.actions import appoint_officer, change_head, declare_together, end_term
from registry.models import Agency, Declaration, Officer, Place, Position, VillageHead
from registry.periods import add_months

from .clock import Clock
from .logins import acting
from .people import full_name
from .plan import NEIGHBOUR, SHOWCASE

LEAVE = 0.035  # of the office-holders of a year
REPLACED = 0.55
NEW_HEAD = 0.04  # of the villages have another lurah or kepala desa by now than the one who was elected with the rest
KNOWN_HEADS = 0.85
REASONS = (["resigned", "dismissed", "died", "term_over"], [72, 6, 9, 13])
DECLARED = {"management": ("kinship", "village_office"), "supervisor": ("kinship", "offence", "insolvency")}


def tell(slug: str, admin: str, clock: Clock) -> int:
    """Tell what happened to the offices of an agency, unless it was told. Return how many left."""
    with acting(admin) as actor:
        agency = Agency.objects.get(slug=slug)
        if any(rows.objects.filter(agency=agency).exists() for rows in (VillageHead, Declaration)) or _somebody_left(
            agency
        ):
            return 0
        officers = list(
            Officer.objects.filter(agency=agency, ended_on__isnull=True, cooperative__is_practice=False)
            .select_related("cooperative__standing", "cooperative__agency").order_by("pk")
        )  # fmt: skip
        _heads(agency, officers, actor, clock)
        _declarations(officers, actor, clock)
        return _turnover(slug, officers, actor, clock)


def _somebody_left(agency: Agency) -> bool:
    return Officer.objects.filter(agency=agency, ended_on__isnull=False).exists()


def _declarations(officers: list[Officer], actor, clock: Clock) -> None:
    """Two of three Merah Putih cooperatives had everybody sign; in a few one person was forgotten."""
    rng, signed = Random("declarations"), clock.month(7)
    by_organ = defaultdict(list)
    for cooperative, people in _by_cooperative(officers).items():
        if not cooperative.standing.programme_id or (rng.random() > 0.66 and cooperative.village_id != SHOWCASE):
            continue
        for one in people:
            if cooperative.village_id == SHOWCASE or rng.random() < 0.97:
                by_organ[one.organ].append(one)
    for organ, people in by_organ.items():
        declare_together(
            officers=people, answers=dict.fromkeys(DECLARED[organ], True), on=signed, actor=actor, now=clock.at(signed), today=signed
        )  # fmt: skip
    tied = by_organ["management"][20::90]
    declare_together(
        officers=tied, answers={"credit": False}, on=signed, actor=actor, now=clock.at(signed), today=signed
    )


def _turnover(slug: str, officers: list[Officer], actor, clock: Clock) -> int:
    rng, gone = Random(f"turnover {slug}"), 0
    for one in officers:
        if one.ex_officio or one.cooperative.village_id in (SHOWCASE, NEIGHBOUR) or rng.random() > LEAVE:
            continue
        on = max(clock.days_ago(rng.randint(6, 355)), one.starts_on)
        if on > clock.today:
            continue
        reason = rng.choices(*REASONS)[0]
        end_term(officer=one, on=on, reason=reason, actor=actor, now=clock.at(on), today=on)
        gone += 1
        begun = on + timedelta(days=rng.randint(0, 60))
        if rng.random() < REPLACED and begun <= clock.today:
            sex = rng.choice("LP")
            fields = {
                "organ": one.organ, "position": one.position, "name": full_name(rng, sex), "sex": sex, "starts_on": begun,
                "ends_on": one.ends_on if one.ends_on > begun else add_months(begun, 48), "appointed_by": "meeting",
                "decision_number": f"{rng.randint(1, 40):02d}/BA-RALB/{begun.year}", "decision_on": begun, "earlier_terms": 0,
            }  # fmt: skip
            appoint_officer(cooperative=one.cooperative, fields=fields, actor=actor, now=clock.at(begun))
    return gone


def _heads(agency: Agency, officers: list[Officer], actor, clock: Clock) -> None:
    """Heads of villages as the ketua pengawas are, but where another one came since."""
    rng = Random(f"heads {agency.slug}")
    chairs = {
        one.cooperative.village_id: one
        for one in officers
        if one.position == Position.SUPERVISOR_CHAIR and one.ex_officio
    }
    for village in Place.objects.filter(parent__parent=agency.place_id).order_by("code"):
        chair = chairs.get(village.pk)
        if chair is None or rng.random() > KNOWN_HEADS:
            continue
        fields = {
            "name": chair.name,
            "sex": chair.sex,
            "phone": chair.phone,
            "decision_number": "",
            "starts_on": chair.starts_on,
        }
        if rng.random() < NEW_HEAD and village.pk not in (SHOWCASE, NEIGHBOUR):
            sex = rng.choice("LP")
            fields |= {
                "name": full_name(rng, sex),
                "sex": sex,
                "starts_on": clock.days_ago(rng.randint(8, 90)),
                "phone": "",
            }
        change_head(
            agency=agency, village=village, fields=fields, cooperatives=[], actor=actor, now=clock.at(clock.month(5)),
            today=clock.month(5),
        )  # fmt: skip


def _by_cooperative(officers: list[Officer]) -> dict:
    found = defaultdict(list)
    for one in officers:
        found[one.cooperative].append(one)
    return found

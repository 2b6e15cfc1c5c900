"""Which villages have a live cooperative of the programme that wants one in each, at what stage, and which have none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from registry.formation import Stage, stage_of, stages, steps
from registry.models import Agency, Cooperative, CoveredVillage, FormationStep, Place
from registry.reports.status import GONE

__all__ = ["Coverage", "DistrictLine", "VillageLine", "coverage", "covered_by", "free_villages", "village_level"]


@dataclass(frozen=True)
class VillageLine:
    """A village, and the cooperative that serves it (None if none) with its stage. `neighbour`: it is another village's."""

    village: Place
    cooperative: Cooperative | None = None
    stage: Stage | None = None
    neighbour: bool = False


@dataclass(frozen=True)
class DistrictLine:
    """One kecamatan: its villages, how many are served, and how many of its own cooperatives stand at each stage."""

    district: Place
    villages: int
    covered: int
    at: dict[str, int]


@dataclass(frozen=True)
class Coverage:
    """All villages of an agency. `beside`: live cooperatives of the programme that serve no village, with the reason."""

    lines: tuple[VillageLine, ...]
    beside: tuple[tuple[Cooperative, str], ...]

    @property
    def villages(self) -> int:
        return len(self.lines)

    @property
    def missing(self) -> tuple[Place, ...]:
        return tuple(line.village for line in self.lines if line.cooperative is None)

    @property
    def joined(self) -> tuple[VillageLine, ...]:
        return tuple(line for line in self.lines if line.neighbour)

    @property
    def covered(self) -> int:
        return self.villages - len(self.missing)

    @property
    def cooperatives(self) -> int:
        return len({line.cooperative.pk for line in self.lines if line.cooperative})

    @property
    def districts(self) -> tuple[DistrictLine, ...]:
        groups: dict[Place, list[VillageLine]] = {}
        for line in self.lines:
            groups.setdefault(line.village.parent, []).append(line)
        return tuple(_district(district, lines) for district, lines in groups.items())

    @property
    def reached(self) -> tuple[tuple[Stage, int], ...]:
        """The funnel: of the cooperatives that serve a village, how many stand at each stage or further."""
        order = list(stages())
        at = {line.cooperative.pk: order.index(line.stage.code) for line in self.lines if line.cooperative}
        return tuple(
            (stage, sum(place >= number for place in at.values())) for number, stage in enumerate(stages().values())
        )


def _district(district: Place, lines: list[VillageLine]) -> DistrictLine:
    at = dict.fromkeys(stages(), 0)
    for line in lines:
        if line.stage and not line.neighbour:
            at[line.stage.code] += 1
    return DistrictLine(district, len(lines), sum(line.cooperative is not None for line in lines), at)


def village_level(agency: Agency) -> str:
    """Return what the villages of this agency's territory are: kelurahan or desa (a territory has one kind)."""
    villages = Place.objects.filter(parent__parent=agency.place_id, level__in=(Place.Level.KELURAHAN, Place.Level.DESA))
    return villages.order_by().values_list("level", flat=True).first() or Place.Level.DESA


def coverage(agency: Agency, programme: str) -> Coverage:
    """Compare the villages of the agency with the live cooperatives of a programme. Four queries."""
    villages = Place.objects.filter(parent__parent=agency.place_id).select_related("parent").order_by("code")
    serving = {
        row.village_id: row
        for row in CoveredVillage.objects.filter(agency=agency, programme=programme).select_related("cooperative")
    }
    at = _stages(agency, {row.cooperative_id for row in serving.values()})
    lines = tuple(
        VillageLine(one, row.cooperative, at[row.cooperative_id], not row.is_home) if row else VillageLine(one)
        for one in villages
        for row in [serving.get(one.pk)]
    )
    return Coverage(lines, _beside(agency, programme, {row.cooperative_id for row in serving.values() if row.is_home}))


def _stages(agency: Agency, ids: Iterable[int]) -> dict[int, Stage]:
    taken: dict[int, dict[str, date | None]] = {pk: {} for pk in ids}
    rows = FormationStep.objects.filter(agency=agency, step__in=steps()).values_list("cooperative", "step", "done_on")
    for pk, code, day in rows:
        if pk in taken:
            taken[pk][code] = day
    return {pk: stage_of(codes)[0] for pk, codes in taken.items()}


def _beside(agency: Agency, programme: str, home: set[int]) -> tuple[tuple[Cooperative, str], ...]:
    live = Cooperative.objects.filter(agency=agency, is_practice=False, standing__programme=programme)
    others = live.exclude(standing__legal_status__in=GONE).exclude(pk__in=home).select_related("village", "district")
    return tuple(
        (one, f"{one.village.name} sudah dilayani koperasi lain" if one.village else "desa atau kelurahannya belum dicatat")
        for one in others
    )  # fmt: skip


def covered_by(cooperative: Cooperative, agency: Agency) -> list[CoveredVillage]:
    """Return the villages one cooperative serves, its own first. One query."""
    rows = CoveredVillage.objects.filter(cooperative=cooperative, agency=agency).select_related("village__parent")
    return sorted(rows, key=lambda row: (not row.is_home, row.village_id))


def free_villages(agency: Agency, programme: str) -> set[str]:
    """Return the codes of the villages no live cooperative of the programme serves."""
    taken = CoveredVillage.objects.filter(agency=agency, programme=programme).values("village")
    villages = Place.objects.filter(parent__parent=agency.place_id).exclude(pk__in=taken)
    return set(villages.order_by().values_list("pk", flat=True))

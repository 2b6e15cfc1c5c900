"""Entering cooperatives in the registry, each with the facts a dinas would know about it by now."""

from datetime import date, timedelta
from functools import cache
from random import Random

from registry.access import Actor
from registry.actions import register_cooperative
from registry.models import Agency, Cooperative, Kbli, Place

from .clock import Clock
from .facts import blockers, figures, meetings, officers, trainings
from .plan import Planned
from .surveying import buildings

MAIN_KBLI = {
    "consumer": ["47112", "47111", "47241", "47192"],
    "producer": ["01121", "01442", "03221", "03251", "10794", "16291", "10631"],
    "savings_loan": ["64141"],
    "service": ["49431", "49424", "38110", "81210"],
    "marketing": ["46201", "46206", "46209"],
}
MERAH_PUTIH_KBLI = ["47112", "47772", "46652", "47722", "64142", "86105", "52102", "49431"]
SHOWCASE_KBLI = ["01442", "01411", "03221", "47112"]  # kambing, sapi, lele, sembako


def register(planned: Planned, agency: Agency, actor: Actor, clock: Clock) -> Cooperative:
    """Register one cooperative with its facts, as a dinas admin. The caller has bound the wall."""
    rng = planned.rng("register")
    places = _places()
    cooperative = register_cooperative(
        agency=agency, name=planned.name, short_name=planned.short_name, district=places[planned.district],
        village=places.get(planned.village or ""), fields=_profile(planned, rng, clock), kbli=_kbli(planned, rng),
        actor=actor, now=clock.at(clock.month(14)),
    )  # fmt: skip
    for tell in (officers, meetings, buildings, trainings, blockers, figures):
        tell(cooperative, planned, actor, clock)
    return cooperative


@cache
def _places() -> dict[str, Place]:
    return {place.pk: place for place in Place.objects.all()}


@cache
def _codes() -> dict[str, Kbli]:
    return {code.code: code for code in Kbli.objects.filter(version="2020")}


def _kbli(planned: Planned, rng: Random) -> list[Kbli]:
    if planned.is_showcase:
        chosen = SHOWCASE_KBLI
    elif planned.programme:
        chosen = rng.sample(MERAH_PUTIH_KBLI, rng.randint(1, 4))
    else:
        chosen = [rng.choice(MAIN_KBLI[planned.kind])]
        chosen += ["64142"] if planned.kind != "savings_loan" and rng.random() < 0.53 else []
    return [_codes()[code] for code in chosen]


def _profile(planned: Planned, rng: Random, clock: Clock) -> dict:
    """Return the fields of the profile. Numbers have the shape of real ones and begin with 99: they belong to nobody."""
    founded = planned.founded_on
    deed_on = founded + timedelta(days=rng.randint(7, 25))
    decree_on = deed_on + timedelta(days=rng.randint(5, 30))
    serial = rng.randint(0, 99_999)
    new = founded.year >= 2018
    status, decision = _status(planned, rng)
    fields = {
        "programme_id": planned.programme,
        "coop_type": planned.kind,
        "coop_group": _group(planned),
        "membership_level": "regency",
        "sector": _sector(planned, rng),
        "legal_status": status,
        "decision": decision,
        "decision_letter": "518/000/CONTOH" if decision else "",
        "decided_on": clock.month(9) if decision else None,
        "founded_on": founded,
        "deed_number": f"{rng.randint(1, 40):02d}",
        "deed_on": deed_on,
        "notary": "Notaris Contoh, S.H., M.Kn.",
        "decree_number": f"AHU-99{serial:05d}.AH.01.29.TAHUN {decree_on.year}"
        if new
        else f"000/CONTOH-{serial}/BH/{decree_on.year}",
        "decree_on": decree_on,
        "nib": f"99{serial:011d}" if rng.random() < 0.7 else "",
        "cooperative_nik": f"{planned.district.replace('.', '')}099{serial % 10_000:04d}" if rng.random() < 0.5 else "",
        "address": f"Jl. Raya {planned.village_name} No. {rng.randint(1, 90)}",
        "rt_rw": f"{rng.randint(1, 6):03d}/{rng.randint(1, 5):03d}",
        "postal_code": _postal_code(planned),
    }
    return fields | _life(planned, rng, clock)


def _status(planned: Planned, rng: Random) -> tuple[str, str]:
    if planned.programme or planned.months:
        return "legal_entity", ""
    chance = rng.random()
    if chance < 0.03:
        return rng.choice(["dissolved", "in_liquidation", "merged"]), "inactive"
    return "legal_entity", "inactive" if chance < 0.14 else ""


GROUP_WORDS = {
    "Guru": "kpri", "Pegawai": "kpri", "Pondok Pesantren": "kopontren", "Karyawan": "kopkar", "Wanita": "kopwan", "Pedagang Pasar": "kopas",
    "Tani": "koptan", "Gapoktan": "koptan", "Nelayan": "kopnel", "Pengrajin": "kopinkra", "Angkutan": "kopang", "Simpan Pinjam": "ksp",
}  # fmt: skip


def _group(planned: Planned) -> str:
    """The older kelompok, by what the name says; a programme's cooperative has none."""
    return (
        "" if planned.programme else next((code for word, code in GROUP_WORDS.items() if word in planned.name), "ksu")
    )


def _sector(planned: Planned, rng: Random) -> str:
    if planned.kind == "savings_loan":
        return "savings_loan"
    return rng.choices(["real", "real_usp_conventional", "real_usp_sharia"], [48, 44, 8])[0]


def _postal_code(planned: Planned) -> str:
    place = _places().get(planned.village or "")
    return place.postal_code if place else ""


def _life(planned: Planned, rng: Random, clock: Clock) -> dict[str, date | None]:
    """Say how alive the business is: many opened nothing yet, and of some nobody has heard for long."""
    opened = rng.random() < (0.24 if planned.programme == "kkmp" else 0.17 if planned.programme else 0.7)
    opened = opened or planned.is_showcase
    heard = planned.months or rng.random() < 0.66
    since = max(planned.founded_on + timedelta(days=60), clock.days_ago(rng.randint(40, 420)))
    return {
        "last_outlet_opened_on": min(since, clock.today) if opened else None,
        "last_activity_on": clock.days_ago(rng.randint(1, 45) if rng.random() < 0.7 else rng.randint(46, 500))
        if opened and heard
        else None,
        "last_recorded_on": clock.days_ago(rng.randint(2, 90) if rng.random() < 0.5 else rng.randint(91, 420))
        if heard
        else None,
    }

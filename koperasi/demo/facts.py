"""What a dinas knows about a cooperative: officers, RAT, training, blockers, reported figures. Told in order of time."""

from datetime import date, timedelta

from registry.access import Actor
from registry.actions import (
    appoint_officer,
    close_blocker,
    open_blocker,
    record_rat,
    record_training,
    report_figures,
)
from registry.models import Cooperative, Officer
from registry.periods import last_day

from .clock import Clock
from .logins import SHOWCASE_LOGINS
from .people import full_name
from .plan import Planned

EIGHT = [
    ("management", "chair"), ("management", "vice_chair_business"), ("management", "vice_chair_membership"),
    ("management", "secretary"), ("management", "treasurer"), ("supervisor", "supervisor_chair"),
    ("supervisor", "supervisor_member"), ("supervisor", "supervisor_member"),
]  # fmt: skip
FIVE = [EIGHT[0], EIGHT[3], EIGHT[4], EIGHT[5], EIGHT[6]]
TREASURER, SUPERVISOR = EIGHT[4], EIGHT[6]
TOPICS = [
    "Pembukuan sederhana",
    "Tata kelola koperasi",
    "Pengawasan koperasi",
    "Manajemen usaha simpan pinjam",
    "Pemasaran digital",
]
BLOCKERS = [
    ("land", "Lahan gedung belum bersertifikat; menunggu ukur ulang.", "Kantor Pertanahan"),
    ("land", "Tanah aset daerah belum mendapat izin pakai.", "BPKAD"),
    ("legal_name", "Nama di SK berbeda satu huruf dengan nama di akta.", "Kanwil Kemenkum Banten"),
    ("licence", "Izin lingkungan kandang belum terbit.", "DPMPTSP"),
    ("licence", "KBLI simpan pinjam belum masuk NIB.", "DPMPTSP"),
    ("officers", "Bendahara mengundurkan diri dan belum ada pengganti.", "Camat"),
    ("account", "Rekening koperasi belum dapat dibuka karena beda alamat.", "Bank penyalur"),
    ("capital", "Usulan pinjaman belum dijawab.", "Bank penyalur"),
    ("account", "Kata sandi akun SIMKOPDES hilang.", "Dinas Provinsi Banten"),
]  # fmt: skip


def posts_of(planned: Planned) -> list[tuple[str, str]]:
    """Return the posts of a cooperative, (organ, position), in the order of the members who hold them."""
    return EIGHT if planned.programme else FIVE


def officers(cooperative: Cooperative, planned: Planned, actor: Actor, clock: Clock) -> None:
    """Appoint eight in a Merah Putih cooperative, five elsewhere; of every fourth old one nobody knows them."""
    rng = planned.rng("officers")
    if not planned.programme and not planned.months and rng.random() < 0.3:
        return
    posts = posts_of(planned)
    starts = planned.founded_on if planned.programme else date(clock.year(rng.randint(1, 4)), rng.randint(2, 6), 1)
    starts = max(starts, planned.founded_on)
    names = _names(planned, clock, len(posts))
    for index, (organ, position) in enumerate(posts):
        if rng.random() < 0.02 and not planned.is_showcase:
            continue  # a post left empty
        name, sex = names[index]
        fields = {
            "organ": organ, "position": position, "name": name, "sex": sex, "starts_on": starts,
            "ends_on": starts.replace(year=starts.year + 5, day=1) - timedelta(days=1),
            "ex_officio": bool(planned.programme) and position == "supervisor_chair", **_appointment(planned, position, starts),
        }  # fmt: skip
        appoint_officer(cooperative=cooperative, fields=fields, actor=actor, now=clock.at(clock.month(13)))


def _appointment(planned: Planned, position: str, starts: date) -> dict:
    """How a term began: of Merah Putih cooperatives the founding meeting elected everybody but the ketua pengawas."""
    rng = planned.rng(f"appointment {position}")
    if not planned.programme:
        return {"appointed_by": "meeting", "earlier_terms": rng.choice([0, 0, 1, None])}
    by = "office" if position == "supervisor_chair" else "founding"
    return {
        "appointed_by": by,
        "decision_number": f"{rng.randint(1, 60):02d}/BA-MK/{starts.year}",
        "decision_on": starts,
    }


def _names(planned: Planned, clock: Clock, how_many: int) -> list[tuple[str, str]]:
    """Officers are members where the members are known; the showcase's are its logins."""
    if planned.months:
        names = [(one.person.name, one.person.sex) for one in planned.people(clock)[:how_many]]
    else:
        rng = planned.rng("officer names")
        names = [(full_name(rng, sex), sex) for sex in rng.choices("LLLPP", k=how_many)]
    if planned.is_showcase:
        by_kind = {login.kind: login.name for login in SHOWCASE_LOGINS[:5]}
        for index, kind, sex in (
            (0, "chair", "L"),
            (1, "vice_chair", "P"),
            (3, "secretary", "L"),
            (4, "treasurer", "P"),
            (6, "supervisor", "L"),
        ):
            names[index] = (by_kind[kind], sex)
    return names


def meetings(cooperative: Cooperative, planned: Planned, actor: Actor, clock: Clock) -> None:
    """Hold, or miss, the RAT of each of the last three book years."""
    rng = planned.rng("rat")
    habit = (
        1
        if planned.is_showcase
        else rng.choices([0.97, 0.6, 0.04], [60, 15, 25] if planned.programme else [45, 20, 35])[0]
    )
    for year in range(max(planned.founded_on.year, clock.year(3)), clock.today.year):
        if rng.random() > habit:
            continue
        held = date(year + 1, 1, 8) + timedelta(days=min(rng.randint(0, 110), rng.randint(0, 190)))
        if held > clock.today:
            continue
        reported = held + timedelta(days=rng.randint(3, 45))
        record_rat(
            cooperative=cooperative, book_year=year, held_on=held, present=max(12, round(planned.members * rng.uniform(0.45, 0.8))),
            reported_on=reported if reported <= clock.today and rng.random() < 0.9 else None, actor=actor, now=clock.at(held),
        )  # fmt: skip


def trainings(cooperative: Cooperative, planned: Planned, actor: Actor, clock: Clock) -> None:
    """Send some of the officers to a bimtek before there were sessions here; of programmes `training.py` tells."""
    rng = planned.rng("training")
    if planned.programme or rng.random() > 0.15:
        return
    held = clock.days_ago(rng.randint(20, 400))
    chosen = [
        one for one in Officer.objects.filter(cooperative=cooperative) if rng.random() < 0.42 and one.starts_on <= held
    ]
    for officer in chosen:
        record_training(officer=officer, topic=rng.choice(TOPICS), held_on=held, actor=actor, now=clock.at(held))


def blockers(cooperative: Cooperative, planned: Planned, actor: Actor, clock: Clock) -> None:
    """Open one thing somebody else must solve; some are overdue, some are closed."""
    rng = planned.rng("blocker")
    if rng.random() > (0.3 if planned.programme else 0.05) and not planned.is_showcase:
        return
    what, text, waits_for = BLOCKERS[0] if planned.is_showcase else rng.choice(BLOCKERS)
    opened = clock.days_ago(rng.randint(15, 240))
    blocker = open_blocker(
        cooperative=cooperative, what=what, text=text, waits_for=f"{waits_for} {planned.district_name}" if waits_for == "Camat" else waits_for,
        due_on=opened + timedelta(days=rng.choice([30, 60, 90, 180])) if rng.random() < 0.85 else None,
        actor=actor, now=clock.at(opened), today=opened,
    )  # fmt: skip
    if rng.random() < 0.25 and not planned.is_showcase:
        closed = min(clock.today, opened + timedelta(days=rng.randint(10, 100)))
        close_blocker(blocker=blocker, on=closed, actor=actor, now=clock.at(closed))


def figures(cooperative: Cooperative, planned: Planned, actor: Actor, clock: Clock) -> None:
    """Report figures by quarter, from different sources; about a third of those without books never report."""
    rng = planned.rng("figures")
    if rng.random() > (0.35 if planned.months else 0.62):
        return
    values = _figures(planned)
    for quarter in sorted(rng.sample(range(1, 5), rng.choice([1, 1, 2, 3])), reverse=True):
        period = _quarter_end(clock, quarter)
        told = min(clock.today, period + timedelta(days=rng.randint(4, 40)))
        if period < planned.founded_on:
            continue
        values = {name: round(value * rng.uniform(0.98, 1.09)) for name, value in values.items()}
        source = rng.choices(["cooperative", "ods", "dinas"], [55, 30, 15])[0]
        report_figures(
            cooperative=cooperative,
            period=period,
            values=values,
            source=source,
            actor=actor,
            now=clock.at(told),
            today=told,
        )


def _figures(planned: Planned) -> dict[str, int]:
    rng = planned.rng("figure values")
    men = round(planned.members * rng.uniform(0.3, 0.6))
    pokok, wajib = (
        planned.members * rng.choice([50_000, 100_000]),
        planned.members * rng.choice([10_000, 20_000]) * rng.randint(6, 40),
    )
    own = pokok + wajib + rng.randint(0, 90) * 1_000_000
    external = rng.choice([0, 0, rng.randint(5, 200) * 1_000_000])
    values = {
        "members_male": men, "members_female": planned.members - men, "employees": rng.choice([0, 0, 1, 2, 4]),
        "own_capital": own, "external_capital": external, "assets": own + external, "volume": rng.randint(0, 60) * 4_000_000,
        "shu": rng.randint(-6, 30) * 500_000, "principal_paid": pokok, "mandatory_paid": wajib,
    }  # fmt: skip
    keep = rng.sample(sorted(values), rng.choice([4, 7, 10, 10]))  # forms come back half empty
    return {name: values[name] for name in values if name in keep or name.startswith("members")}


def _quarter_end(clock: Clock, ago: int) -> date:
    """Return the last day of the quarter `ago` quarters back."""
    months = (clock.this_month.month - 1) % 3 + 1 + 3 * (ago - 1)
    return last_day(clock.month(months))

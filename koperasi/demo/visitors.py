"""Who comes to the door of a demo cooperative: neighbours who ask to join, and a member who finds a receipt wrong."""

import uuid
from datetime import timedelta

from finance.actions import answer_objection, open_door_page, raise_objection
from finance.models import Receipt
from koperasi.views.public import stranger
from members.actions import Asker, ask_to_join, start_campaign
from registry.access import Actor
from registry.codes import new_code
from registry.models import Cooperative
from registry.tenancy import Context, Role, bind, bound

from .clock import Clock
from .people import Someone

ANSWER_DAYS = 14
ASKED_DAYS_AGO = (19, 6, 1)  # the first one waits too long
WRONG = (
    "Saya menyetor dua bulan, di sini tertulis satu bulan.",
    "Tanggalnya keliru, saya menyetor seminggu sebelumnya.",
)


def open_door(cooperative: Cooperative, actor: Actor, clock: Clock) -> None:
    """Open the public page."""
    open_door_page(cooperative=cooperative, actor=actor, now=clock.at(clock.days_ago(30)))


def come(
    cooperative: Cooperative,
    neighbours: list[Someone],
    officer: tuple[Actor, Context],
    checker: tuple[Actor, Context],
    clock: Clock,
) -> None:
    """Let neighbours ask to join and two receipts be called wrong; the pengawas has answered one of them."""
    actor, context = officer
    bind(context)
    start_campaign(
        cooperative=cooperative, name="Satu RT sepuluh anggota", target=40, starts_on=clock.month(2),
        ends_on=clock.month(-2), actor=actor, now=clock.at(clock.month(2)),
    )  # fmt: skip
    for days, one in zip(ASKED_DAYS_AGO, neighbours, strict=True):
        _ask(cooperative, one, clock, days)
    codes = list(Receipt.objects.filter(cooperative=cooperative).order_by("-pk").values_list("code", flat=True)[:2])
    for code, text, days in zip(codes, WRONG, (8, 2), strict=True):
        now = clock.at(clock.days_ago(days), 19)
        place = Context(
            Role.PUBLIC, user_id=0, agency_id=cooperative.agency_id, cooperative_id=cooperative.pk, code=code
        )
        with bound(place):
            told = raise_objection(
                cooperative=cooperative, code=code, text=text, key=uuid.uuid4(), actor=stranger(cooperative, "Pemegang kuitansi"), now=now,
            )  # fmt: skip
        if days == 8:
            with bound(checker[1]):
                answer_objection(
                    objection=told, text="Sudah dicocokkan dengan buku kas: setoran kedua tercatat di kuitansi berikutnya.",
                    actor=checker[0], now=now + timedelta(days=1),
                )  # fmt: skip


def _ask(cooperative: Cooperative, one: Someone, clock: Clock, days: int) -> None:
    day, person = clock.days_ago(days), one.person
    assert person.birth_date is not None
    asker = Asker(
        person.name, person.sex, person.birth_date, f"{person.address}, RT/RW {person.rt_rw}", "", one.national_id
    )
    ask_to_join(
        cooperative=cooperative, code=new_code(cooperative.pk), asker=asker, answer_days=ANSWER_DAYS,
        actor=stranger(cooperative, "Pemohon lewat halaman publik"), now=clock.at(day, 16), today=day,
    )  # fmt: skip

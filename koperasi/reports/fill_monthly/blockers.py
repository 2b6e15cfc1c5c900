"""Matters that wait for others, and the decisions asked because of them."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from koperasi.reports.board import Board
from koperasi.reports.figures import OpenBlocker
from koperasi.reports.monthly import (
    MAX_DECISIONS,
    BlockerGroup,
    Decision,
)
from registry.models import Blocker
from registry.periods import last_day
from registry.sentences import decision_sentence

from .count import Count

ASKED = {
    Blocker.What.LAND: ("Menetapkan lahan atau gedung aset daerah", "yang belum punya tempat usaha"),
    Blocker.What.LEGAL_NAME: ("Mempercepat perbaikan nama badan hukum", "yang namanya berbeda di akta"),
    Blocker.What.LICENCE: ("Mempercepat izin usaha dan lingkungan", "yang izinnya belum terbit"),
    Blocker.What.OFFICERS: ("Menuntaskan penggantian pengurus atau pengawas", "yang susunannya belum lengkap"),
    Blocker.What.ACCOUNT: ("Membuka akun SIMKOPDES atau rekening", "yang belum memilikinya"),
    Blocker.What.CAPITAL: ("Membuka akses permodalan", "yang kekurangan modal"),
    Blocker.What.OTHER: ("Menindaklanjuti hambatan", "yang menunggu"),
}


def blockers(count: Count) -> tuple[BlockerGroup, ...]:
    """Matters by kind and by who must act, the one with most cooperatives first."""
    groups: dict[tuple[str, str], list[OpenBlocker]] = {}
    for one in count.open_blockers:
        groups.setdefault((one.what, one.waits_for), []).append(one)
    found = [_blocker_group(count, what, agency, matters) for (what, agency), matters in groups.items()]
    return tuple(sorted(found, key=lambda group: (-group.count, group.title, group.agency)))


def _blocker_group(count: Count, what: str, agency: str, matters: Sequence[OpenBlocker]) -> BlockerGroup:
    names = dict.fromkeys(count.labels[one.cooperative] for one in matters)
    deadlines = [one.due_on for one in matters if one.due_on]
    oldest = min(one.opened_on for one in matters)
    return BlockerGroup(
        title=Blocker.What(what).label,
        cooperatives=tuple(names),
        agency=agency,
        action=Counter(one.text for one in matters).most_common(1)[0][0],
        deadline=min(deadlines) if deadlines else None,
        oldest_days=(count.board.period.as_of - oldest).days,
    )


def decisions(typed: tuple[str, ...] | None, board: Board, matters: Sequence[OpenBlocker]) -> tuple[Decision, ...]:
    if typed is not None:
        return tuple(Decision(text) for text in typed if text)[:MAX_DECISIONS]
    groups: dict[tuple[str, str], list[OpenBlocker]] = {}
    for one in matters:
        groups.setdefault((one.what, one.waits_for), []).append(one)
    largest = sorted(groups.items(), key=lambda item: (-len({one.cooperative for one in item[1]}), item[0]))[
        :MAX_DECISIONS
    ]
    return tuple(_decision(board, what, agency, found) for (what, agency), found in largest)


def _decision(board: Board, what: str, agency: str, matters: Sequence[OpenBlocker]) -> Decision:
    action, whose = ASKED[Blocker.What(what)]
    by = last_day(board.period.month + timedelta(days=62))  # the end of the second month from now
    text = decision_sentence(action, len({one.cooperative for one in matters}), through=agency, before=by, whose=whose)
    return Decision(text, action)

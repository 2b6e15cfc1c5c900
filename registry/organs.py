"""Whether pengurus and pengawas are composed as the rules say: rules that are dated data, judged without a database.

`fixtures/organ_rules.json` holds packs of rules with version, days and legal source (domain 1.3). A pack belongs to a
programme, or to every cooperative (no programme named). What nobody wrote down is "cannot be said", never "met".
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from django.conf import settings

from registry.models.officers import Organ, Position
from registry.periods import add_months

__all__ = ["Judged", "Pack", "Rule", "Seat", "Verdict", "judge", "name_key", "pack_in_force", "packs"]

MET, NOT_MET, UNKNOWN = "met", "not_met", "unknown"
STATE_WORDS = {MET: "Terpenuhi", NOT_MET: "Belum terpenuhi", UNKNOWN: "Belum dapat dikatakan"}
_NAMES_SHOWN = 3


@dataclass(frozen=True)
class Rule:
    """One rule of a pack. `blocks`: organs are not complete without it. Which of the others count depends on `kind`."""

    code: str
    kind: str
    name: str
    source: str
    organ: str = ""
    least: int = 0
    most: int = 0
    odd: bool = False
    posts: tuple[str, ...] = ()
    what: str = ""
    blocks: bool = True


@dataclass(frozen=True)
class Pack:
    """The rules of one kind of cooperative in force from `valid_from` until `valid_to` (None: still)."""

    code: str
    version: int
    name: str
    programmes: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    rules: tuple[Rule, ...]

    @property
    def label(self) -> str:
        return f"{self.name}, versi {self.version}"

    @property
    def seats(self) -> dict[str, int]:
        """How many people each post needs: the named ones, and supervisors until there are enough."""
        wanted = {post: 1 for rule in self.rules if rule.kind in ("posts", "ex_officio") for post in rule.posts}
        least = next((rule.least for rule in self.rules if rule.kind == "count" and rule.organ == Organ.SUPERVISOR), 0)
        if Position.SUPERVISOR_CHAIR in wanted:
            wanted[Position.SUPERVISOR_MEMBER] = least - 1
        return wanted


@dataclass(frozen=True, slots=True)
class Seat:
    """Who serves in a post on a day, as far as the rules ask. `term_number`: which term in this post, None if unknown.

    `declared` holds what the person declared: True means the person meets it ("kinship": no such tie); what is absent was not declared.
    """

    organ: str
    position: str
    name: str
    sex: str
    starts_on: date
    ends_on: date
    ex_officio: bool = False
    term_number: int | None = None
    declared: Mapping[str, bool] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return f"{self.name} ({Position(self.position).label.lower()})"


@dataclass(frozen=True)
class Verdict:
    """What one rule says, with the sentence that names what is missing."""

    rule: Rule
    state: str
    sentence: str

    @property
    def words(self) -> str:
        return STATE_WORDS[self.state]

    @property
    def mark(self) -> str:
        """The badge's state: `good`, `late`, `wait`."""
        return {MET: "good", NOT_MET: "late", UNKNOWN: "wait"}[self.state]


@dataclass(frozen=True)
class Judged:
    """All rules of a pack for one cooperative on a day."""

    pack: Pack
    verdicts: tuple[Verdict, ...]

    @property
    def state(self) -> str:
        """Complete only when every rule that blocks is met; one broken rule outweighs any that cannot be said."""
        states = {one.state for one in self.verdicts if one.rule.blocks}
        return next((state for state in (NOT_MET, UNKNOWN) if state in states), MET)

    @property
    def open(self) -> list[Verdict]:
        """What is not met, then what cannot be said."""
        return [one for state in (NOT_MET, UNKNOWN) for one in self.verdicts if one.state == state]

    @property
    def fulfilled(self) -> list[Verdict]:
        return [one for one in self.verdicts if one.state == MET]

    @property
    def met(self) -> int:
        return sum(one.state == MET for one in self.verdicts if one.rule.blocks)

    @property
    def of(self) -> int:
        return sum(one.rule.blocks for one in self.verdicts)


@cache
def packs() -> tuple[Pack, ...]:
    """Return every pack of the fixture."""
    return tuple(_pack(row) for row in json.loads((settings.FIXTURES_DIR / "organ_rules.json").read_text()))


def _pack(row: dict) -> Pack:
    rules = tuple(Rule(**one | {"posts": tuple(one.get("posts", ()))}) for one in row["rules"])
    days = {name: row[name] and date.fromisoformat(row[name]) for name in ("valid_from", "valid_to")}
    return Pack(row["code"], row["version"], row["name"], tuple(row["programmes"]), rules=rules, **days)


@cache
def pack_in_force(programme: str, day: date) -> Pack:
    """Return the rules for a cooperative of `programme` ("" for none) on `day`; without own ones, those of every cooperative."""
    live = [one for one in packs() if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)]
    own = [one for one in live if programme and programme in one.programmes]
    general = [one for one in live if not one.programmes] or [one for one in packs() if not one.programmes]
    return max(own or general, key=lambda one: (one.valid_from, one.version))


def judge(pack: Pack, serving: Sequence[Seat], day: date) -> Judged:
    """Judge those who serve on `day`. With nobody on record nothing can be said."""
    if not serving:
        return Judged(
            pack, tuple(Verdict(rule, UNKNOWN, "Belum ada data pengurus dan pengawas.") for rule in pack.rules)
        )
    by_organ: dict[str, list[Seat]] = {"": list(serving)}
    for seat in serving:
        by_organ.setdefault(seat.organ, []).append(seat)
    found = []
    for rule in pack.rules:
        state, sentence = _KINDS[rule.kind](rule, by_organ.get(rule.organ, []), day)
        found.append(Verdict(rule, state, sentence))
    return Judged(pack, tuple(found))


def _count(rule: Rule, seats: list[Seat], _day: date) -> tuple[str, str]:
    count, who = len(seats), Organ(rule.organ).label.lower()
    if count < rule.least:
        return NOT_MET, f"Baru {count} {who} tercatat, kurang {rule.least - count} orang."
    if rule.odd and count % 2 == 0:
        return NOT_MET, f"{count} {who}: jumlahnya harus ganjil."
    return MET, f"{count} {who}."


def _posts(rule: Rule, seats: list[Seat], _day: date) -> tuple[str, str]:
    held = {seat.position for seat in seats}
    empty = [Position(post).label.lower() for post in rule.posts if post not in held]
    return (NOT_MET, f"Kosong: {', '.join(empty)}.") if empty else (MET, "Semua terisi.")


def _ex_officio(rule: Rule, seats: list[Seat], _day: date) -> tuple[str, str]:
    holder = next((seat for seat in seats if seat.position in rule.posts), None)
    if holder is None:
        return NOT_MET, "Belum ada ketua pengawas."
    if not holder.ex_officio:
        return NOT_MET, f"{holder.name} tidak tercatat menjabat karena lurah atau kepala desa."
    return MET, f"{holder.name}, karena jabatan."


def _women(rule: Rule, seats: list[Seat], _day: date) -> tuple[str, str]:
    count = sum(seat.sex == "P" for seat in seats)
    if not seats:
        return UNKNOWN, "Belum ada pengurus yang tercatat."
    return (MET if count >= rule.least else NOT_MET), f"{count} dari {len(seats)} pengurus perempuan."


def _one_organ(_rule: Rule, seats: list[Seat], _day: date) -> tuple[str, str]:
    keys = [name_key(seat.name) for seat in seats]
    managing = {key for key, seat in zip(keys, seats, strict=True) if seat.organ == Organ.MANAGEMENT}
    both = managing & {key for key, seat in zip(keys, seats, strict=True) if seat.organ == Organ.SUPERVISOR}
    double = sorted({seat.name for key, seat in zip(keys, seats, strict=True) if key in both})
    return (NOT_MET, f"Tercatat di keduanya: {_some(double)}.") if double else (MET, "Tidak ada.")


def _terms(rule: Rule, seats: list[Seat], _day: date) -> tuple[str, str]:
    over = [f"{seat.label} ke-{seat.term_number}" for seat in seats if (seat.term_number or 0) > rule.most]
    unknown = [seat.label for seat in seats if seat.term_number is None]
    if over:
        return NOT_MET, f"Melebihi {rule.most} masa jabatan: {_some(over)}."
    if unknown or not seats:
        return UNKNOWN, f"Belum dicatat masa jabatan ke berapa: {_some(unknown)}." if unknown else "Belum ada pengurus."
    return MET, "Tidak ada yang lebih."


def _years(rule: Rule, seats: list[Seat], day: date) -> tuple[str, str]:
    long = [seat.label for seat in seats if seat.ends_on > add_months(seat.starts_on, 12 * rule.most)]
    past = [seat.label for seat in seats if seat.ends_on < day]
    if long or past:
        words = [f"lebih dari {rule.most} tahun: {_some(long)}"] if long else []
        words += [f"sudah lewat: {_some(past)}"] if past else []
        return NOT_MET, f"Masa jabatan {'; '.join(words)}."
    return (MET, "Semua dalam masa jabatan.") if seats else (UNKNOWN, "Belum ada pengurus yang tercatat.")


def _declared(rule: Rule, seats: list[Seat], _day: date) -> tuple[str, str]:
    broken = [seat.label for seat in seats if seat.declared.get(rule.what) is False]
    silent = [seat for seat in seats if rule.what not in seat.declared]
    if broken:
        return NOT_MET, f"Menyatakan tidak: {_some(broken)}."
    if silent or not seats:
        return UNKNOWN, f"Belum menyatakan: {len(silent)} dari {len(seats)} orang." if seats else "Belum ada orangnya."
    return MET, f"{len(seats)} orang sudah menyatakan."


_KINDS = {
    "count": _count, "posts": _posts, "ex_officio": _ex_officio, "women": _women, "one_organ": _one_organ,
    "terms": _terms, "years": _years, "declared": _declared,
}  # fmt: skip


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f", dan {more} lagi" if more > 0 else "")


_BEFORE = re.compile(r"^((h|hj|haji|hajah|kh|dr|drs|dra|ir|prof|ust|ustadz|bpk|bapak|ibu)\b\.?\s*)+")


def name_key(name: str) -> str:
    """Return a name without titles, signs and capitals, to compare people by: "H. Abdul-Rahman, S.E." → "abdul rahman"."""
    plain = name.casefold().split(",")[0].replace("-", " ")
    words = re.sub(r"[^\w\s]", "", _BEFORE.sub("", plain.strip())).split()
    return " ".join(words)

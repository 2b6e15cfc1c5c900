"""The papers of cooperatives: scanned by the dinas, most of them checked; in some places their own treasurers send more."""

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

from registry.actions import check_documents, keep_document, keep_documents
from registry.actions.files import write_content
from registry.models import Agency, Cooperative, Document, Grant, GrantKind, Profile

from .clock import Clock
from .logins import acting
from .surveying import CHECKERS

# kind: (share of the programme's cooperatives, of the others, the field that must be known)
SHARES = {
    "akta": (0.86, 0.22, "deed_number"), "sk-ahu": (0.9, 0.4, "decree_number"), "npwp": (0.82, 0.3, "npwp"), "nib": (0.78, 0.3, "nib"),
    "nik-koperasi": (0.72, 0.5, "cooperative_nik"), "rekening": (0.64, 0.12, ""), "izin-simpan-pinjam": (0.05, 0.18, ""),
    "pirt": (0.03, 0.015, ""), "halal": (0.03, 0.015, ""), "pbg-slf": (0.06, 0.02, ""),
}  # fmt: skip
YEARS = {"nik-koperasi": 2, "pirt": 5, "pbg-slf": 5}
ISSUERS = {
    "akta": "Notaris Contoh, S.H., M.Kn.", "sk-ahu": "Kementerian Hukum", "npwp": "Direktorat Jenderal Pajak", "nib": "Lembaga OSS",
    "nik-koperasi": "Kementerian Koperasi", "rekening": "Bank Contoh", "halal": "BPJPH",
}  # fmt: skip
SENDERS = 9  # cooperatives of an agency whose treasurers send papers themselves


def tell(slug: str, admin: str, clock: Clock) -> int:
    """Let the dinas keep the papers it has, unless it did, and another person check most. Return how many papers."""
    with acting(admin) as actor:
        agency = Agency.objects.get(slug=slug)
        if Document.objects.filter(agency=agency, by_cooperative=False).exists():
            return 0
        profiles = list(
            Profile.objects.filter(agency=agency, cooperative__is_practice=False).select_related("cooperative").order_by("pk")
        )  # fmt: skip
        stored, kept = _stored(), 0
        for place, kind in enumerate(SHARES):
            day = clock.days_ago(40 - 2 * place)
            papers = list(_papers(kind, profiles, stored, day))
            keep_documents(papers=papers, actor=actor, now=clock.at(day), today=day)
            kept += len(papers)
    _check(slug, clock)
    return kept


def _papers(kind: str, profiles: list[Profile], stored: dict, day: date) -> Iterator[Document]:
    new, old, needed = SHARES[kind]
    for profile in profiles:
        rng = Random(f"{kind} {profile.cooperative.slug}")
        number = getattr(profile, needed) if needed else f"CONTOH-{rng.randint(1000, 9999)}/{rng.randint(2021, 2026)}"
        if rng.random() > (new if profile.programme_id else old) or not number:
            continue
        issued = _issued(kind, profile, day, rng)
        if issued is None or issued > day:
            continue
        if kind == "nib" and rng.random() < 0.02:
            number = f"99{rng.randint(0, 10**11 - 1):011d}"  # the paper says something else than the profile
        yield Document(
            cooperative=profile.cooperative, agency_id=profile.agency_id, kind=kind, number=number, issued_on=issued,
            issuer=ISSUERS.get(kind, "Pemerintah daerah"), grade=rng.choice("ABCC") if kind == "nik-koperasi" else "",
            valid_until=issued + timedelta(days=365 * YEARS[kind]) if kind in YEARS else None, **stored,
        )  # fmt: skip


def _issued(kind: str, profile: Profile, day: date, rng: Random) -> date | None:
    if kind in ("akta", "sk-ahu"):
        return profile.deed_on if kind == "akta" else profile.decree_on
    if kind in YEARS:  # some have ended, some are about to
        return day - timedelta(days=rng.randint(5, round(365 * YEARS[kind] * 1.06)))
    return profile.decree_on and profile.decree_on + timedelta(days=rng.randint(10, 90))


def _check(slug: str, clock: Clock) -> None:
    """Another person verifies most of them, and returns a few unreadable ones."""
    with acting(CHECKERS[slug]) as actor:
        agency = Agency.objects.get(slug=slug)
        rng, day = Random(f"papers {slug}"), clock.days_ago(12)
        waiting = list(Document.objects.filter(agency=agency).order_by("pk"))
        drawn = [(rng.random(), one) for one in waiting]
        good = [one for chance, one in drawn if chance < 0.93]
        check_documents(documents=good, accept=True, note="", actor=actor, now=clock.at(day))
        bad = [one for chance, one in drawn if chance > 0.992]
        if bad:
            note = "Halaman kedua tidak terbaca, mohon pindai ulang."
            check_documents(documents=bad, accept=False, note=note, actor=actor, now=clock.at(day))


def send(slug: str, clock: Clock) -> int:
    """Let some treasurers upload what they have, unless they did. Return how many papers."""
    with acting(CHECKERS[slug]):
        agency = Agency.objects.get(slug=slug)
        if Document.objects.filter(agency=agency, by_cooperative=True).exists():
            return 0
        kinds = {"agency": agency, "kind": GrantKind.TREASURER, "ended_on__isnull": True}
        keepers = list(
            Grant.objects.filter(**kinds).order_by("cooperative_id").values_list("cooperative_id", flat=True)
        )
        chosen = Cooperative.objects.filter(agency=agency, pk__in=keepers[:: max(1, len(keepers) // SENDERS)], is_practice=False)  # fmt: skip
        places = list(chosen.order_by("pk")[:SENDERS])
    for place in places:
        _send(place, keepers, clock)
    return len(places)


def _send(place: Cooperative, keepers: list[int], clock: Clock) -> None:
    rng = Random(f"send {place.slug}")
    username = "bendahara" if place.pk == keepers[0] and place.agency.slug == "kota-serang" else f"treasurer.{place.agency_id}.{place.pk}"  # fmt: skip
    kind, day = rng.choice(["nik-koperasi", "pirt", "halal"]), clock.days_ago(rng.randint(1, 9))
    issued = day - timedelta(days=rng.randint(10, 60))
    fields = {
        "number": f"CONTOH-{rng.randint(1000, 9999)}/{issued.year}", "issuer": ISSUERS.get(kind, "Pemerintah daerah"), "issued_on": issued,
        "valid_until": issued + timedelta(days=365 * YEARS[kind]) if kind in YEARS else None,
    }  # fmt: skip
    with acting(username, cooperative=place) as actor:
        if kind == "nik-koperasi":
            profile = Profile.objects.get(cooperative=place)
            fields |= {"grade": "B", "number": profile.cooperative_nik or "9900000000001"}
        earlier = (
            Document.objects.filter(cooperative=place, kind=kind).exclude(state="returned").order_by("-pk").first()
        )
        keep_document(
            cooperative=place, kind=kind, fields=fields, content=_drawn("JPEG"), content_type="image/jpeg",
            replaces=earlier if kind == "nik-koperasi" else None, actor=actor, now=clock.at(day), today=day,
        )  # fmt: skip


def _stored() -> dict:
    """One drawn page, kept once and shared: no real paper stands in a demo."""
    content = _drawn("PDF")
    return {
        "path": write_content(content), "size": len(content), "sha256": sha256(content).hexdigest(),
        "content_type": "application/pdf",
    }  # fmt: skip


def _drawn(form: str) -> bytes:
    picture = Image.new("RGB", (496, 702), (250, 249, 245))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((40, 40, 456, 662), outline=(120, 120, 120))
    draw.text((60, 70), "DOKUMEN CONTOH", (60, 60, 60))
    for line in range(14):
        draw.rectangle((60, 120 + 32 * line, 430 - 37 * (line % 3), 128 + 32 * line), (214, 211, 203))
    draw.text((60, 620), "gambar, bukan dokumen yang sebenarnya", (120, 120, 120))
    out = BytesIO()
    picture.save(out, form, quality=60)
    return out.getvalue()

"""Synthetic monthly reports: a city of 67 cooperatives, a regency of any number. No real figures, no
real people.
"""

import random
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache

from koperasi.reports.monthly import (
    AgeBucket,
    AgencyHead,
    AnnexGroup,
    AnnexRow,
    Before,
    BlockerGroup,
    BuildingRow,
    Comparison,
    Correction,
    Decision,
    DistrictRow,
    DuesRow,
    Figure,
    Freshness,
    Letter,
    MapClass,
    MapPicture,
    MonthlyReport,
    Share,
    Signatory,
    SilentDistrict,
    SourceMix,
    Stage,
    TrainingRow,
    add_known,
)
from koperasi.reports.monthly_map import map_picture
from registry.maps import load_map

CITY = {"Serang": 12, "Kasemen": 10, "Walantaka": 14, "Curug": 10, "Cipocok Jaya": 8, "Taktakan": 13}
REGENCY = [
    "Cinangka",
    "Padarincang",
    "Ciomas",
    "Pabuaran",
    "Gunungsari",
    "Baros",
    "Petir",
    "Tunjungteja",
    "Cikeusal",
    "Pamarayan",
    "Bandung",
    "Jawilan",
    "Kopo",
    "Cikande",
    "Kibin",
    "Kragilan",
    "Waringinkurung",
    "Mancak",
    "Anyar",
    "Bojonegara",
    "Pulo_Ampel",
    "Kramatwatu",
    "Ciruas",
    "Pontang",
    "Lebak_Wangi",
    "Carenang",
    "Binuang",
    "Tirtayasa",
    "Tanara",
]
CLASSES = (
    MapClass("G", "Gerai buka", "melayani pembeli"),
    MapClass("S", "Siap buka", "lengkap, gerai belum"),
    MapClass("D", "Melengkapi dokumen", "tanpa hambatan luar"),
    MapClass("H", "Terhambat", "menunggu instansi lain"),
)


def a_cooperative(number: int, chance: random.Random, name: str = "") -> AnnexRow:
    members = chance.randint(60, 900)
    due = members * 10_000
    reports = number % 11 != 5
    return AnnexRow(
        number=number,
        name=name or f"KKMP Contoh {number}",
        village=f"Kelurahan {number}",
        status="Tidak aktif" if number % 17 == 3 else "Belum dinilai" if number % 23 == 7 else "Aktif",
        building=("Pinjam", "Milik sendiri", "Belum ada", "Pinjam")[number % 4],
        rat="belum wajib" if number % 3 else "tepat waktu",
        data="pembukuan" if reports else "belum melapor",
        members=members if reports else None,
        due=due if reports else None,
        paid=due * chance.randint(40, 95) // 100 // 10_000 * 10_000 if reports else None,
        trained=chance.randint(2, 8),
        posts=8,
    )


def a_group(code: str, name: str, rows: tuple[AnnexRow, ...]) -> tuple[AnnexGroup, DistrictRow, DuesRow]:
    group = AnnexGroup(code, name, rows)
    members = group.members or 0
    reporting = sum(row.due is not None for row in rows)
    own = members * 117_500
    outside = (len(rows) % 3) * 12_500_000
    district = DistrictRow(
        code,
        name,
        len(rows),
        *(sum(row.status == status for row in rows) for status in ("Aktif", "Tidak aktif", "Belum dinilai")),
        members,
        members * 48 // 100,
        members - members * 48 // 100,
        sum(row.rat == "tepat waktu" for row in rows),
        len(rows) // 2,
        len(rows) * 2,
        own,
        outside,
        own + outside,
        members * 31_250,
        (members - 1500) * 2_750,
    )
    due, paid = group.due or 0, group.paid or 0
    behind = due - paid
    dues = DuesRow(code, name, len(rows), reporting, due, paid, behind, behind // 3, behind // 5, behind // 30_000)
    return group, district, dues


def a_report(districts: dict[str, int], head: AgencyHead, picture: MapPicture | None, **changes) -> MonthlyReport:
    chance = random.Random(7)
    number, groups = 0, []
    for at, (name, size) in enumerate(districts.items(), start=1):
        rows = []
        for _ in range(size):
            number += 1
            rows.append(a_cooperative(number, chance))
        groups.append(a_group(f"{head.area_code}.{at:02d}", name, tuple(rows)))
    annex, rows, dues = (tuple(column) for column in zip(*groups, strict=True))
    total = {
        name: add_known(getattr(row, name) for row in rows)
        for name in ("cooperatives", "active", "members", "men", "women", "rat")
    }
    count, reporting = total["cooperatives"], sum(row.reporting for row in dues)
    source = SourceMix(ledger=reporting * 2 // 3, cooperative=reporting - reporting * 2 // 3, missing=count - reporting)
    paid, due = sum(row.paid for row in dues), sum(row.due for row in dues)
    trained, posts = sum(group.trained for group in annex), sum(group.posts for group in annex)
    buildings = {
        kind: sum(row.building == kind for group in annex for row in group.rows)
        for kind in ("Milik sendiri", "Pinjam", "Belum ada")
    }
    housed = count - buildings["Belum ada"]

    def line(last: int) -> tuple[int | None, ...]:
        return (*(last * (70 + 5 * at) // 100 for at in range(6)), last)

    figures = (
        Figure(
            "status",
            "Koperasi aktif",
            "count",
            total["active"],
            count,
            "koperasi",
            "Aturan: menutup buku sekurangnya sekali dalam tiga bulan terakhir (Keputusan 12/2026).",
            source,
            line(total["active"]),
            Before(total["active"] - 5, count),
            (
                Share("tidak aktif", sum(r.inactive for r in rows)),
                Share("belum dinilai", sum(r.unrated for r in rows)),
            ),
        ),
        Figure(
            "members",
            "Anggota terdaftar",
            "count",
            total["members"],
            None,
            "orang",
            "Tercatat di buku daftar anggota, belum berhenti.",
            source,
            line(total["members"]),
            Before(total["members"] - 329),
            (Share("laki-laki", total["men"]), Share("perempuan", total["women"])),
        ),
        Figure(
            "dues",
            "Iuran wajib Oktober terbayar",
            "percent",
            paid,
            due,
            "rupiah",
            "Bagian tagihan bulan ini yang sudah dibayar.",
            source,
            (651, 660, 672, 655, None, 698, 705),
            Before(paid * 98 // 100, due, reporting - 4),
            (Share("terbayar", paid),),
        ),
        Figure(
            "rat",
            "RAT tepat waktu",
            "count",
            total["rat"],
            count,
            "koperasi",
            "Rapat anggota tahun buku 2025 sebelum 30 Juni 2026; batas dari Permenkop.",
            source,
            line(total["rat"]),
            Before(total["rat"], count),
        ),
        Figure(
            "training",
            "Pengurus dan pengawas terlatih",
            "percent",
            trained,
            posts,
            "jabatan",
            "Pemegang jabatan dengan sertifikat bimtek yang sesuai.",
            source,
            (400, 410, 430, 470, 510, 560, 600),
            Before(trained - 69, posts),
        ),
        Figure(
            "building",
            "Punya gedung operasional",
            "count",
            housed,
            count,
            "koperasi",
            "Milik sendiri atau pinjam, menurut survei lapangan.",
            source,
            line(housed),
            Before(housed + 1, count),
            (
                Share("milik sendiri", buildings["Milik sendiri"]),
                Share("pinjam", buildings["Pinjam"]),
                Share("belum ada", buildings["Belum ada"]),
            ),
        ),
    )
    silent = tuple(
        SilentDistrict(group.name, tuple(row.name for row in group.rows if row.due is None))
        for group in annex
        if any(row.due is None for row in group.rows)
    )
    facts = {
        "agency": head,
        "letter": Letter("500.3/214-Kop/2026", dated_on=date(2026, 11, 5)),
        "signatory": Signatory(
            "Dra. Hj. Wulan Contohwati, M.Si.",
            "Kepala Dinas",
            "Pembina Utama Muda",
            "196902141994032000",
            "Plt.",
        ),
        "month": date(2026, 10, 1),
        "data_on": date(2026, 10, 31),
        "compared_on": date(2026, 9, 30),
        "published_at": datetime(2026, 11, 5, 1, 10, tzinfo=UTC),
        "revision": 1,
        "code": "01-4F6Q-9TXM-2ABC",
        "check_url": "https://koperasi-serang.example/k/01-4F6Q-9TXM-2ABC",
        "figures": figures,
        "districts": rows,
        "districts_before": replace(
            rows[0],
            **{
                name: (add_known(getattr(row, name) for row in rows) or 0) * 97 // 100
                for name in ("cooperatives", "members", "own_capital", "shu")
            },
        ),
        "dues": dues,
        "comparisons": (
            Comparison("Aktif", "count", tuple((row.active, row.cooperatives) for row in rows)),
            Comparison("Melapor", "count", tuple((row.reporting, row.cooperatives) for row in dues)),
            Comparison("Iuran terbayar", "percent", tuple((row.paid, row.due) for row in dues)),
            Comparison("Jabatan terlatih", "count", tuple((group.trained, group.posts) for group in annex)),
        ),
        "freshness": Freshness(
            reporting,
            count,
            (
                AgeBucket("bulan ini", reporting),
                AgeBucket("1–3 bulan lalu", count - reporting),
                AgeBucket("lebih dari 3 bulan lalu", 0),
            ),
            silent,
        ),
        "map": picture,
        "stages": tuple(
            Stage(name, count - at * count // 14)
            for at, name in enumerate(
                (
                    "Musyawarah kelurahan khusus",
                    "Akta pendirian",
                    "SK pengesahan badan hukum",
                    "NPWP",
                    "NIB",
                    "Rekening atas nama koperasi",
                    "NIK koperasi",
                    "Gerai pertama buka",
                )
            )
        ),
        "training": tuple(
            TrainingRow(post, count * (86 - 8 * at) // 100, count, count * (70 - 8 * at) // 100)
            for at, post in enumerate(
                (
                    "Ketua",
                    "Wakil ketua usaha",
                    "Wakil ketua anggota",
                    "Sekretaris",
                    "Bendahara",
                    "Ketua pengawas",
                )
            )
        ),
        "training_note": "Sumber dana: APBD 2026 130, kementerian 82 orang.",
        "buildings": (
            BuildingRow("Milik sendiri", "own", buildings["Milik sendiri"]),
            BuildingRow("Pinjam", "borrowed", buildings["Pinjam"]),
            BuildingRow("Belum ada", "none", buildings["Belum ada"]),
        ),
        "building_note": "Syarat lahan: sekurangnya 600 m² (20 × 30 m).",
        "blockers": (
            BlockerGroup(
                "Belum ada lahan atau gedung 600 m²",
                ("Cipare", "Sukawana", "Kasemen", "Kilasah", "Kasunyatan", "Walantaka", "Cibendung"),
                "BPKAD, pengelola aset daerah",
                "Menetapkan lahan aset daerah untuk dipinjamkan",
                date(2026, 11, 30),
                96,
            ),
            BlockerGroup(
                "Ketua pengawas belum diganti setelah mutasi lurah",
                ("Pangampelan", "Kalodran", "Pipitan", "Cilowong"),
                "Camat dan lurah setempat",
                "Menerbitkan surat penunjukan lurah baru",
                date(2026, 11, 14),
                41,
            ),
            BlockerGroup(
                "Nama berbeda di akta dan SK pengesahan",
                ("Bendung", "Dalung"),
                "Kementerian Hukum, lewat notaris pembuat akta",
                "Perbaikan data SK melalui notaris",
                None,
                58,
            ),
        ),
        "decisions": (
            Decision(
                "Menetapkan lahan aset daerah untuk 7 koperasi, melalui BPKAD, sebelum 30 November 2026.",
                "Menetapkan lahan aset daerah",
            ),
            Decision(
                "Meminta camat mengganti ketua pengawas di 4 kelurahan, sebelum 14 November 2026.",
                "Meminta camat",
            ),
        ),
        "definitions": (
            "Aktif: menutup buku sekurangnya sekali dalam tiga bulan terakhir. Belum dinilai: data kurang.",
            "RAT: rapat anggota tahunan tahun buku 2025. Koperasi yang didirikan tahun 2026 belum wajib RAT.",
            "Modal sendiri: simpanan pokok, simpanan wajib, cadangan, dan hibah. Modal luar: pinjaman.",
            "Volume usaha: penjualan dan pinjaman sejak 1 Januari 2026. SHU: berjalan, belum diaudit.",
        ),
        "annex": annex,
    }
    return MonthlyReport(**{**facts, **changes})


@cache
def a_map(agency: str) -> MapPicture:
    """The city by kelurahan, the regency by kecamatan; letters dealt in turn, one area without data."""
    city = agency == "kota-serang"
    sheet = load_map(agency, "village" if city else "district")
    codes = sorted(shape.code for shape in sheet.shapes)
    letters = {code: "GSDHGG"[at % 6] for at, code in enumerate(codes) if at != 40}
    names = {f"36.73.{at:02d}": name for at, name in enumerate(CITY, start=1)}
    return map_picture(
        sheet,
        letters,
        names if city else {code.rpartition(".")[0]: "" for code in codes},
        CLASSES,
        heading="Di mana gerai sudah buka, dan di mana terhambat",
        legend_heading="Tahap koperasi",
        unit="koperasi" if city else "kecamatan",
    )


CITY_HEAD = AgencyHead(
    "kota-serang",
    "3673",
    "Kota Serang",
    "Pemerintah Kota Serang",
    "Dinas Koperasi, Usaha Kecil, Menengah, Perindustrian dan Perdagangan",
    "Jalan Contoh Nomor 1, Serang 42111 · Telepon (0254) 000000 · Pos-el dinas@contoh.invalid",
    "Serang",
    "Wali Kota",
    "67 Koperasi Kelurahan Merah Putih",
    "A4",
    "#0b5563",
    demo=True,
)
REGENCY_HEAD = replace(
    CITY_HEAD,
    slug="kab-serang",
    area_code="3604",
    region="Kabupaten Serang",
    government="Pemerintah Kabupaten Serang",
    head_title="Bupati",
    scope="888 koperasi dan 326 Koperasi Desa Merah Putih",
    paper="F4",
    brand="#6d2a58",
    village_word="Desa/kelurahan",
)


def city_report(**changes) -> MonthlyReport:
    return a_report(CITY, CITY_HEAD, a_map("kota-serang"), **changes)


def regency_districts(total: int) -> dict[str, int]:
    base, rest = divmod(total, len(REGENCY))
    return {name.replace("_", " "): base + (at < rest) for at, name in enumerate(REGENCY)}


def regency_report(total: int = 1214, **changes) -> MonthlyReport:
    districts = regency_districts(total)
    return a_report(districts, REGENCY_HEAD, a_map("kab-serang"), **changes)


RALAT = Correction("Iuran wajib, Kecamatan Curug", "Rp 9.830.000", "Rp 9.380.000", "salah ketik di laporan koperasi")

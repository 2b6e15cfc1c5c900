"""Names of invented cooperatives: kinds, groups and villages as they are found, companies and schools left out."""

from random import Random

VIRTUES = [
    "Sejahtera",
    "Makmur",
    "Mandiri",
    "Barokah",
    "Amanah",
    "Bersama",
    "Abadi",
    "Rahayu",
    "Utama",
    "Lestari",
    "Sentosa",
    "Mulya",
]
IMAGES = [
    "Karya",
    "Mitra",
    "Usaha",
    "Sumber",
    "Bina",
    "Tunas",
    "Cahaya",
    "Sinar",
    "Harapan",
    "Mekar",
    "Gema",
    "Warga",
    "Rukun",
    "Bakti",
    "Citra",
]
PATTERNS = {
    "consumer": [
        "Koperasi Konsumen Pegawai Kecamatan {district}", "Koperasi Konsumen Guru {district}",
        "Koperasi Konsumen Pondok Pesantren {virtue} {village}", "Koperasi Konsumen Karyawan {image} {virtue}",
        "Koperasi Konsumen Wanita {image} {virtue}", "Koperasi Konsumen Warga {village}",
        "Koperasi Konsumen Pensiunan {district}", "Koperasi Konsumen Majelis Taklim {virtue} {village}",
        "Koperasi Konsumen Pedagang Pasar {district}", "Koperasi Konsumen {image} {virtue}",
    ],
    "producer": [
        "Koperasi Produsen Kelompok Tani {image} {virtue}", "Koperasi Produsen Gapoktan {village}",
        "Koperasi Produsen Peternak {image} {virtue}", "Koperasi Produsen Nelayan {image} {virtue}",
        "Koperasi Produsen Pengrajin {village}", "Koperasi Produsen Tambak {image} {village}",
        "Koperasi Produsen Emping dan Keripik {village}",
    ],
    "savings_loan": ["Koperasi Simpan Pinjam {image} {virtue}", "Koperasi Simpan Pinjam {image} {village}"],
    "service": [
        "Koperasi Jasa Angkutan {image} {virtue}", "Koperasi Jasa Ojek {village}", "Koperasi Jasa Tenaga Kerja {image} {virtue}",
        "Koperasi Jasa Bank Sampah {village}",
    ],
    "marketing": ["Koperasi Pemasaran Hasil Tani {image} {virtue}", "Koperasi Pemasaran Hasil Laut {image} {virtue}"],
}  # fmt: skip

COAST = {"Kramatwatu", "Bojonegara", "Pulo Ampel", "Pontang", "Tirtayasa", "Tanara", "Anyar", "Cinangka"}
OF_THE_SEA = ("Nelayan", "Tambak", "Laut")


class Namer:
    """Gives every cooperative of an agency a name of its own."""

    def __init__(self) -> None:
        self.used: set[str] = set()

    def name(self, rng: Random, kind: str, district: str, village: str) -> str:
        """Return an unused name; the village, then a number, tells namesakes apart."""
        patterns = [one for one in PATTERNS[kind] if district in COAST or not any(word in one for word in OF_THE_SEA)]
        pattern = rng.choice(patterns)
        name = pattern.format(district=district, village=village, image=rng.choice(IMAGES), virtue=rng.choice(VIRTUES))
        candidates = [
            name,
            *([f"{name} {village}"] if village not in name else []),
            *(f"{name} {n}" for n in range(2, 99)),
        ]
        chosen = next(one for one in candidates if one not in self.used)
        self.used.add(chosen)
        return chosen


def short_name(name: str) -> str:
    """`Koperasi Konsumen Guru Ciruas` → `Kop. Guru Ciruas`; what the registry shortens itself: "" """
    for kind in ("Konsumen", "Produsen", "Jasa", "Pemasaran"):
        if name.startswith(f"Koperasi {kind} "):
            return f"Kop. {name.removeprefix(f'Koperasi {kind} ')}"[:80]
    return ""

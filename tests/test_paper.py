"""The papers: what leaves the system as PDF is tagged, Indonesian, the same twice, and reads nothing from outside."""

import os
from datetime import UTC, date, datetime

import pytest
from django.conf import settings

if not settings.configured and not os.environ.get("DJANGO_SETTINGS_MODULE"):
    settings.configure()  # papers need no database and no project settings

from finance.papers import (
    ReceiptLine,
    ReceiptPaper,
    Savings,
    SavingsBook,
    SavingsRow,
    receipt_pdf,
    receipt_thermal_pdf,
    savings_book_pdf,
)

RECEIVED = datetime(2026, 10, 24, 12, 42, tzinfo=UTC)


def a_receipt(**changes) -> ReceiptPaper:
    facts = {
        "cooperative_name": "Koperasi Kelurahan Merah Putih Pager Agung",
        "place_line": "Kelurahan Pager Agung, Kecamatan Walantaka, Kota Serang",
        "place": "Serang",
        "number": "KW/2026/00214",
        "received_from": "Siti Handayani",
        "member_number": "0087",
        "rupiah": 30_000,
        "purpose": "Simpanan wajib Agustus–Oktober 2026, 3 bulan × Rp 10.000",
        "paid_how": "Tunai, diterima bendahara",
        "received_by": "Rahmat Hidayatullah",
        "received_as": "Bendahara",
        "received_at": RECEIVED,
        "code": "7K3-4F6Q-9TXM-2ABC",
        "check_url": "https://koperasi-serang.example/k/7K3-4F6Q-9TXM-2ABC",
        "lines": (ReceiptLine("Wajib Agt. 2026", 10_000), ReceiptLine("Wajib Sept. 2026", 10_000),
                  ReceiptLine("Wajib Okt. 2026", 10_000)),
        "balance_rupiah": 220_000,
        "balance_text": "lunas sampai Oktober 2026",
    }  # fmt: skip
    return ReceiptPaper(**{**facts, **changes})


def a_book(**changes) -> SavingsBook:
    rows = (
        SavingsRow(date(2026, 1, 6), "BM-0009", "Wajib Januari", wajib=10_000, initials="rh"),
        SavingsRow(date(2026, 3, 7), "BM-0077", "Wajib Maret", wajib=10_000, voluntary=50_000, initials="rh"),
        SavingsRow(date(2026, 4, 25), "BK-0018", "Ambil sukarela", withdrawn=40_000, initials="rh"),
        SavingsRow(date(2026, 7, 4), "BM-0188", "Wajib Juli", wajib=10_000, initials="rh"),
        SavingsRow(
            date(2026, 7, 9),
            "BM-0195",
            "",
            wajib=-10_000,
            initials="rh",
            reverses="BM-0188",
            reason="salah anggota",
        ),
        SavingsRow(date(2026, 10, 24), "BM-0214", "Wajib Agt.–Okt.", wajib=30_000, initials="rh"),
    )
    facts = {
        "cooperative_name": "Koperasi Kelurahan Merah Putih Pager Agung",
        "place_line": "Kelurahan Pager Agung, Kecamatan Walantaka, Kota Serang",
        "member_number": "0087",
        "member_name": "Siti Handayani",
        "joined_on": date(2025, 11, 4),
        "opens_on": date(2026, 1, 1),
        "closes_on": date(2026, 10, 31),
        "opening": Savings(pokok=100_000, wajib=20_000, voluntary=15_000),
        "rows": rows,
        "treasurer_name": "Rahmat Hidayatullah",
        "treasurer_post": "Bendahara",
        "printed_at": RECEIVED,
        "printed_by": "R. Hidayatullah",
        "code": "7K3-4F6Q-9TXM-2ABC",
        "check_url": "https://koperasi-serang.example/k/7K3-4F6Q-9TXM-2ABC",
        "monthly_rupiah": 10_000,
        "paid_through": date(2026, 10, 1),
        "next_due_on": date(2026, 11, 10),
    }
    return SavingsBook(**{**facts, **changes})

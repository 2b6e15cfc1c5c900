"""Ten thousand lines, and files of which only a part arrived: taken whole or refused with a sentence, never half."""

import io
import uuid

import pytest
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent

from finance.models import Entry
from members.models import Member
from tests.test_members_import import START, a_list_of_300, importing, workbook  # noqa: F401  a fixture, and its lists

SHEET = "/kota-serang/koperasi/melati/iuran/setoran/"
MANY = 10_000
BROKEN = "Berkas Excel ini rusak atau tidak lengkap."


def csv_of(lines: int) -> bytes:
    """A list of people with every hundredth without a name."""
    out = io.StringIO()
    out.write("Nama;L/P;Tgl lahir;Tgl masuk;Status\n")
    for number in range(1, lines + 1):
        name = "" if number % 100 == 0 else f"Warga Banyak {number:05d}"
        out.write(f"{name};{'LP'[number % 2]};{number % 28 + 1:02d}/03/{1950 + number % 50};05/01/2026;Anggota\n")
    return out.getvalue().encode()


def test_ten_thousand_lines_come_in_whole_and_every_faulty_one_comes_back(importing, yusuf):  # noqa: F811
    importing.upload(csv_of(MANY), "daftar.csv")
    assert importing.counts() == (9_900, 0, 0, 100)
    assert sorted(importing.errors())[:2] == [101, 201]  # as Excel counts them, the heading being line 1
    importing.press("simpan")
    with yusuf.acting() as (_, melati):
        assert Member.objects.filter(cooperative=melati, name__startswith="Warga Banyak").count() == 9_900


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9, 0.999])
def test_half_an_excel_file_is_refused_with_a_sentence_and_nothing_of_it_stays(importing, yusuf, part):  # noqa: F811
    whole = workbook(a_list_of_300())
    file = io.BytesIO(whole[: int(len(whole) * part)])
    file.name = "daftar.xlsx"
    answer = importing.client.post(START, {"berkas": file})
    if answer.status_code == 302:  # taken, and found broken when it was read
        importing.upload(file.getvalue())
        assert (importing.batch.state, importing.counts()) == ("failed", (0, 0, 0, 0))
        assert BROKEN in importing.page().content.decode()
    else:
        assert BROKEN in answer.content.decode()
    with yusuf.acting() as (_, melati):
        assert Member.objects.filter(cooperative=melati).count() == 10


def test_the_line_in_which_a_csv_file_breaks_off_comes_back_as_faulty(importing, yusuf):  # noqa: F811
    whole = csv_of(50)
    cut = whole.index(b"Warga Banyak 00040") + len("Warga Ba")
    importing.upload(whole[:cut], "daftar.csv")
    assert importing.counts() == (39, 0, 0, 1)
    assert list(importing.errors()) == [41]


@pytest.fixture
def cashier(enter, siti):
    client = enter(siti)
    return client, {"kunci": str(uuid.uuid4()), "bulan": "2026-11", "langkah": "simpan", "koin": "0"}


def nothing_recorded(siti) -> bool:
    with siti.acting() as (_, melati):
        return not Entry.objects.filter(cooperative=melati).exists()


def test_ten_thousand_ticks_nobody_knows_are_refused_with_one_sentence(cashier, siti):
    client, form = cashier
    answer = client.post(SHEET, form | {"bayar": [f"A-{number}.10000" for number in range(1_000, 1_000 + MANY)]})
    assert answer.status_code == 200
    assert answer.content.decode().count("Ada baris yang tidak dikenali") == 1
    assert nothing_recorded(siti)


@pytest.mark.parametrize(
    ("what", "more"),
    [
        (TooManyFieldsSent, {"bayar": ["A-0001.10000"] * (settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}),
        (RequestDataTooBig, {"sebab": "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)}),
    ],
)
def test_a_form_too_large_to_read_is_refused_with_a_sentence_that_says_what_to_do(cashier, siti, what, more):
    client, form = cashier
    body = "&".join(
        f"{name}={value}"
        for name, values in (form | more).items()
        for value in ([values] if isinstance(values, str) else values)
    )
    answer = client.post(SHEET, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert "terlalu besar untuk dikirim sekaligus" in answer.content.decode()
    assert nothing_recorded(siti)

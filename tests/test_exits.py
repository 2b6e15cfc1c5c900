"""Leaving: savings become a debt to the leaver, paid out in parts with proofs; months after the exit are not owed.

Everybody owes pokok 100.000 once and wajib 10.000 a month from January 2026.
"""

import re
import uuid
from datetime import UTC, date, datetime, time

import pytest

from finance.actions import (
    DuesLine,
    Refused,
    ReusedKey,
    TooMuch,
    correct_payment,
    ensure_obligations,
    pay_out_exit,
    record_dues,
    reverse_payment,
    settle_exit,
)
from finance.models import Books, DuesDue, Entry, Obligation, Payment, PayOut
from finance.papers import PayOutPaper, pay_out_pdf
from finance.reports import arrears, exit_account, member_savings, open_dues, trial_balance, verify_cooperative
from members.actions import exit_member
from members.models import Member, MemberFlow
from registry.models import AuditEvent

LEFT_ON = date(2026, 4, 10)


def at(day: date) -> datetime:
    return datetime.combine(day, time(5), tzinfo=UTC)


def acts(actor, on: date) -> dict:
    return {"actor": actor, "now": at(on), "today": on}


def member_of(melati, number: int = 1) -> Member:
    return Member.objects.get(cooperative=melati, number=number)


def pay(actor, melati, on: date, number: int = 1, channel: str = "cash", **line) -> Payment:
    member = member_of(melati, number)
    recorded = record_dues(cooperative=melati, lines=[DuesLine(member.pk, **line)], paid_on=on, through=on, key=uuid.uuid4(),
                           channel=channel, **acts(actor, on))  # fmt: skip
    return Payment.objects.get(cooperative=melati, entry_id=recorded.entry_id)


def leave(actor, melati, on: date = LEFT_ON, reason: str = "moved") -> Member:
    return exit_member(member=member_of(melati), on=on, reason=reason, note="", actor=actor, now=at(on))


def settle(actor, melati, member, on: date = LEFT_ON, *, pay_now: bool = False):
    return settle_exit(cooperative=melati, member=member, on=on, pay_now=pay_now, **acts(actor, on))


def hand_over(actor, melati, member, rupiah: int, on: date = LEFT_ON, **more) -> PayOut:
    values = {"key": uuid.uuid4(), **acts(actor, on)} | more
    return pay_out_exit(cooperative=melati, member=member, rupiah=rupiah, on=on, **values)


def accounts(melati, as_of: date = date(2026, 12, 31)) -> dict[str, int]:
    return {a.code: a.debit - a.credit for a in trial_balance(cooperative=melati, as_of=as_of).accounts}


def owe_until(melati, through: date) -> None:
    books = Books.objects.get(cooperative=melati)
    ids = list(Member.objects.filter(cooperative=melati).values_list("pk", flat=True))
    ensure_obligations(cooperative=melati, opened_on=books.opened_on, member_ids=ids, through=through)


# --- Without savings ----------------------------------------------------------------------------


def test_who_saved_nothing_is_settled_and_owes_no_month_after_the_exit(siti):
    with siti.acting() as (actor, melati):
        owe_until(melati, date(2026, 7, 1))
        member = leave(actor, melati)
        due = dict(DuesDue.objects.filter(cooperative=melati, kind="wajib").values_list("period", "rupiah"))
        assert due[date(2026, 5, 1)] == 100_000  # ten members
        assert settle(actor, melati, member) is None
        owed = Obligation.objects.filter(cooperative=melati, member=member, kind="wajib", due_rupiah__gt=0)
        assert [row.period.month for row in owed.order_by("period")] == [1, 2, 3, 4]  # up to the month of exit
        after = {
            row.period.month: (row.obligations, row.rupiah)
            for row in DuesDue.objects.filter(cooperative=melati, kind="wajib")
        }
        assert after == {m: (10, 100_000) if m <= 4 else (9, 90_000) for m in range(1, 8)}
        event = AuditEvent.objects.get(verb="settle_exit")
        assert (event.detail["rupiah"], event.detail["waived"]) == (0, 30_000)
        assert not Entry.objects.filter(cooperative=melati).exists()  # nothing moved, so nothing is posted
        assert verify_cooperative(melati) == []


def test_settling_again_changes_nothing(siti):
    with siti.acting() as (actor, melati):
        pay(actor, melati, date(2026, 3, 20), pokok=100_000)
        member = leave(actor, melati)
        settle(actor, melati, member)
        before = accounts(melati)
        assert settle(actor, melati, member) is None
        assert accounts(melati) == before
        assert AuditEvent.objects.filter(verb="settle_exit").count() == 1


def test_even_before_settling_a_leaver_owes_nothing_after_the_month_of_exit(siti):
    with siti.acting() as (actor, melati):
        owe_until(melati, date(2026, 7, 1))
        member = leave(actor, melati)
        found = open_dues(cooperative=melati, member=member, through=date(2026, 7, 1))
        assert [month.month for month, _ in found.months] == [1, 2, 3, 4]
        savings = member_savings(cooperative=melati, member=member, until=date(2026, 7, 20))
        assert (savings.wajib_months_paid, savings.wajib_months) == (0, 4)
        assert savings.cards == ((2026, "uuuuxxxxxxxx"),)
        with pytest.raises(TooMuch, match="sudah berhenti"):
            pay(actor, melati, date(2026, 7, 20), wajib=50_000)
        pay(actor, melati, date(2026, 7, 20), wajib=40_000)


# --- With savings -------------------------------------------------------------------------------


def test_savings_are_returned_and_months_after_the_exit_are_no_longer_owed(siti):
    with siti.acting() as (actor, melati):
        pay(actor, melati, date(2026, 3, 20), wajib=55_000, ahead=True)  # January to May, and half of June
        member = leave(actor, melati)
        settle(actor, melati, member, pay_now=True)
        rows = Obligation.objects.filter(cooperative=melati, member=member, kind="wajib", period__gt=LEFT_ON)
        assert [(row.due_rupiah, row.paid_rupiah) for row in rows.order_by("period")] == [
            (10_000, 10_000),
            (5_000, 5_000),
        ]
        savings = member_savings(cooperative=melati, member=member, until=date(2026, 12, 31))
        assert (savings.total, savings.wajib_months_paid, savings.wajib_months) == (0, 6, 6)
        assert verify_cooperative(melati) == []


def test_a_debt_to_a_leaver_is_paid_in_parts_to_the_last_rupiah(siti):
    """By hand: 130.000 saved; 50.000 in cash, 60.000 and 20.000 later; 21700 ends at nothing."""
    with siti.acting() as (actor, melati):
        pay(actor, melati, date(2026, 3, 20), pokok=100_000, wajib=30_000)
        member = leave(actor, melati)
        settle(actor, melati, member)
        assert accounts(melati) == {"11100": 130_000, "21700": -130_000}
        with pytest.raises(TooMuch, match=r"tinggal Rp.130\.000"):
            hand_over(actor, melati, member, 130_001)
        first = hand_over(actor, melati, member, 50_000)
        second = hand_over(actor, melati, member, 60_000, date(2026, 5, 2))
        assert accounts(melati) == {"11100": 20_000, "21700": -20_000}
        with pytest.raises(TooMuch, match=r"tinggal Rp.20\.000"):
            hand_over(actor, melati, member, 20_001, date(2026, 5, 2))
        last = hand_over(actor, melati, member, 20_000, date(2026, 6, 1))
        assert [one.left_rupiah for one in (first, second, last)] == [80_000, 20_000, 0]
        assert accounts(melati) == {}
        assert accounts(melati, date(2026, 5, 1)) == {"11100": 80_000, "21700": -80_000}  # as of a day in between
        with pytest.raises(TooMuch, match="Tidak ada lagi"):
            hand_over(actor, melati, member, 1, date(2026, 6, 1))
        found = exit_account(member)
        assert (found.owed, found.paid, found.left, len(found.pay_outs)) == (130_000, 130_000, 0, 3)
        assert verify_cooperative(melati) == []


def test_paying_at_once_leaves_a_proof_too(siti):
    with siti.acting() as (actor, melati):
        pay(actor, melati, date(2026, 3, 20), pokok=100_000)
        member = leave(actor, melati)
        settle(actor, melati, member, pay_now=True)
        proof = PayOut.objects.get(cooperative=melati)
        assert (proof.rupiah, proof.left_rupiah, proof.paid_by, proof.channel) == (100_000, 0, actor.name, "cash")
        assert accounts(melati) == {}


def test_the_same_form_twice_pays_once_and_other_content_is_refused(siti):
    with siti.acting() as (actor, melati):
        pay(actor, melati, date(2026, 3, 20), pokok=100_000)
        member = leave(actor, melati)
        settle(actor, melati, member)
        key = uuid.uuid4()
        assert hand_over(actor, melati, member, 40_000, key=key) == hand_over(actor, melati, member, 40_000, key=key)
        with pytest.raises(ReusedKey):
            hand_over(actor, melati, member, 41_000, key=key)
        assert accounts(melati)["21700"] == -60_000


def test_nobody_is_paid_before_settling_or_before_leaving(siti):
    with siti.acting() as (actor, melati):
        pay(actor, melati, date(2026, 3, 20), pokok=100_000)
        with pytest.raises(Refused, match="dinyatakan berhenti"):
            hand_over(actor, melati, member_of(melati), 1)
        member = leave(actor, melati)
        with pytest.raises(TooMuch, match="Tidak ada lagi"):
            hand_over(actor, melati, member, 1)
        for wrong in (0, -5):
            with pytest.raises(Refused, match="lebih dari nol"):
                hand_over(actor, melati, member, wrong)


def test_money_that_is_not_there_is_not_handed_over(siti):
    """Pokok came by transfer, so the box holds 30.000 and the bank 100.000."""
    with siti.acting() as (actor, melati):
        pay(actor, melati, date(2026, 3, 20), pokok=100_000, channel="bank")
        pay(actor, melati, date(2026, 3, 21), wajib=30_000)
        member = leave(actor, melati)
        with pytest.raises(Refused, match=r"Kas menurut buku Rp.30\.000"):
            settle(actor, melati, member, pay_now=True)
        settle(actor, melati, member)
        with pytest.raises(Refused, match="Kas menurut buku"):
            hand_over(actor, melati, member, 30_001)
        hand_over(actor, melati, member, 100_000, channel="bank")
        hand_over(actor, melati, member, 30_000)
        assert accounts(melati) == {}


def test_a_return_is_not_dated_before_what_it_returns(siti):
    with siti.acting() as (actor, melati):
        pay(actor, melati, date(2026, 3, 20), pokok=100_000)
        member = leave(actor, melati)
        pay(actor, melati, date(2026, 4, 20), wajib=40_000)
        on = {"actor": actor, "now": at(date(2026, 5, 1)), "today": date(2026, 5, 1)}
        common = {"cooperative": melati, "member": member, "pay_now": False}
        with pytest.raises(Refused, match="sebelum tanggal berhenti"):
            settle_exit(on=date(2026, 4, 9), **common, **on)
        with pytest.raises(Refused, match="catatan terakhir"):
            settle_exit(on=date(2026, 4, 19), **common, **on)
        settle_exit(on=date(2026, 4, 20), **common, **on)
        with pytest.raises(Refused, match="catatan terakhir"):
            hand_over(actor, melati, member, 1, date(2026, 4, 19))


def test_an_heir_receives_what_a_dead_member_saved(siti):
    with siti.acting() as (actor, melati):
        pay(actor, melati, date(2026, 3, 20), pokok=100_000)
        member = leave(actor, melati, reason="died")
        with pytest.raises(Refused, match="ahli waris"):
            settle(actor, melati, member, pay_now=True)
        settle(actor, melati, member)
        with pytest.raises(Refused, match="ahli waris"):
            hand_over(actor, melati, member, 100_000, payee="  ")
        assert hand_over(actor, melati, member, 100_000, payee="Rohayati").payee == "Rohayati"
        assert not Entry.objects.filter(cooperative=melati, text__contains="Rohayati").exists()


def test_a_payment_whose_savings_were_returned_cannot_be_reversed(siti):
    with siti.acting() as (actor, melati):
        payment = pay(actor, melati, date(2026, 3, 20), pokok=100_000, wajib=30_000)
        settle(actor, melati, leave(actor, melati), pay_now=True)
        with pytest.raises(Refused, match="sudah dikembalikan"):
            reverse_payment(cooperative=melati, payment=payment, reason="salah", on=date(2026, 4, 11), **acts(actor, date(2026, 4, 11)))  # fmt: skip


def test_the_statement_shows_savings_and_not_what_is_paid_of_the_debt(siti):
    with siti.acting() as (actor, melati):
        pay(actor, melati, date(2026, 3, 20), pokok=100_000)
        member = leave(actor, melati)
        settle(actor, melati, member)
        hand_over(actor, melati, member, 40_000)
        moved = member_savings(cooperative=melati, member=member, until=date(2026, 12, 31)).movements
        assert [(movement.amount, movement.balance) for movement in moved] == [(-100_000, 0), (100_000, 100_000)]


# --- The pokok taken back -----------------------------------------------------------------------


def flows(melati) -> dict[int, tuple[int, int]]:
    """Month → (joined, change of applicants), of men."""
    return {f.month.month: (f.joined, f.applicants) for f in MemberFlow.objects.filter(cooperative=melati, sex="L")}


def undo(actor, melati, payment, on: date) -> None:
    reverse_payment(cooperative=melati, payment=payment, reason="salah orang", on=on, **acts(actor, on))


def test_who_paid_the_pokok_by_mistake_is_calon_anggota_again(siti):
    """By hand: five men applied in January; one paid in March, taken back in April."""
    with siti.acting() as (actor, melati):
        assert flows(melati) == {1: (0, 5)}
        payment = pay(actor, melati, date(2026, 3, 20), pokok=100_000, wajib=30_000)
        assert member_of(melati).status == "active"
        assert flows(melati) == {1: (0, 5), 3: (1, -1)}
        undo(actor, melati, payment, date(2026, 4, 2))
        member = member_of(melati)
        assert (member.status, member.became_member_on) == ("applicant", None)
        assert flows(melati) == {1: (0, 5), 3: (1, -1), 4: (-1, 1)}
        assert verify_cooperative(melati) == []
        pay(actor, melati, date(2026, 5, 5), pokok=100_000)
        assert (member_of(melati).status, member_of(melati).became_member_on) == ("active", date(2026, 5, 5))
        assert flows(melati)[5] == (1, -1)


def test_a_reversed_instalment_counts_as_the_by_laws_say(siti):
    with siti.acting() as (actor, melati):
        first = pay(actor, melati, date(2026, 2, 1), pokok=40_000)
        second = pay(actor, melati, date(2026, 3, 1), pokok=60_000)
        undo(actor, melati, first, date(2026, 3, 2))
        assert member_of(melati).status == "applicant"  # 60.000 of 100.000
        pay(actor, melati, date(2026, 3, 3), pokok=40_000)
        Books.objects.filter(cooperative=melati).update(instalments_make_members=True)
        undo(actor, melati, second, date(2026, 3, 4))
        assert member_of(melati).status == "active"  # 40.000: an instalment is enough here
        third = Payment.objects.filter(cooperative=melati, member=member_of(melati)).latest("pk")
        undo(actor, melati, third, date(2026, 3, 5))
        assert member_of(melati).status == "applicant"  # nothing


def test_a_reversed_wajib_leaves_the_membership_alone(siti):
    with siti.acting() as (actor, melati):
        pay(actor, melati, date(2026, 2, 1), pokok=100_000)
        undo(actor, melati, pay(actor, melati, date(2026, 2, 2), wajib=20_000), date(2026, 2, 3))
        assert member_of(melati).status == "active"


@pytest.mark.parametrize(
    ("pokok", "status", "since"), [(100_000, "active", date(2026, 3, 20)), (50_000, "applicant", None)]
)
def test_a_correction_keeps_a_member_whose_pokok_is_still_paid(siti, pokok, status, since):
    with siti.acting() as (actor, melati):
        payment = pay(actor, melati, date(2026, 3, 20), pokok=100_000, wajib=30_000)
        on = date(2026, 3, 25)
        correct_payment(cooperative=melati, payment=payment, line=DuesLine(payment.member_id, pokok=pokok, wajib=20_000), through=on,
                        reason="salah jumlah", on=on, key=uuid.uuid4(), **acts(actor, on))  # fmt: skip
        assert (member_of(melati).status, member_of(melati).became_member_on) == (status, since)
        assert verify_cooperative(melati) == []


# --- Arrears of an earlier day ------------------------------------------------------------------


def behind(melati, day: date) -> tuple[int, int] | None:
    rows = {row.number: (row.months, row.rupiah) for row in arrears(cooperative=melati, as_of=day).rows}
    return rows.get("A-0001")


def test_arrears_of_an_earlier_day_know_nothing_of_what_came_later(siti):
    """By hand: January and February open on 15 March; 15.000 paid on the 20th; taken back on 2 April; all paid on the 5th."""
    with siti.acting() as (actor, melati):
        payment = pay(actor, melati, date(2026, 3, 20), wajib=15_000)
        undo(actor, melati, payment, date(2026, 4, 2))
        pay(actor, melati, date(2026, 4, 5), wajib=40_000)
        leave(actor, melati, date(2026, 5, 2))
        assert behind(melati, date(2026, 1, 31)) is None
        assert behind(melati, date(2026, 3, 15)) == (2, 20_000)
        assert behind(melati, date(2026, 3, 20)) == (1, 5_000)
        assert behind(melati, date(2026, 4, 1)) == (2, 15_000)
        assert behind(melati, date(2026, 4, 2)) == (3, 30_000)
        assert behind(melati, date(2026, 4, 5)) is None
        assert arrears(cooperative=melati, as_of=date(2026, 5, 1)).members == 10
        assert arrears(cooperative=melati, as_of=date(2026, 5, 2)).members == 9
        assert arrears(cooperative=melati, as_of=date(2026, 1, 4)).members == 0  # everybody joined on the 5th


# --- The pages ----------------------------------------------------------------------------------


@pytest.fixture
def place(siti) -> str:
    return f"/{siti.grant.agency.slug}/koperasi/{siti.grant.cooperative.slug}"


def with_a_leaver(siti, rupiah: int = 130_000, **exit) -> None:
    with siti.acting() as (actor, melati):
        if rupiah:
            pay(actor, melati, date(2026, 3, 20), pokok=100_000, wajib=rupiah - 100_000)
        leave(actor, melati, **exit)


def text_of(response) -> str:
    return response.content.decode().replace("\u00a0", " ")


def form_of(client, path: str, **changed) -> dict:
    """What the page would send, as it stands there."""
    content = client.get(path).content.decode()
    key = re.search(r'name="kunci" value="([^"]+)"', content)
    return {"kunci": key[1] if key else "", "on": "10/04/2026", "channel": "cash", "payee": ""} | changed


def test_a_cashier_settles_and_pays_in_parts(enter, siti, place):
    with_a_leaver(siti)
    client, page = enter(siti), f"{place}/anggota/1/pengembalian/"
    assert "Rp 130.000" in text_of(client.get(f"{page}bayar/"))  # still savings, not settled
    settled = client.post(page, {"on": "10/04/2026"}, follow=True)
    assert settled.redirect_chain[-1][0] == f"{page}bayar/"
    assert "Belum dibayarkan" in text_of(settled)
    data = form_of(client, f"{page}bayar/", rupiah="50.000")
    client.post(f"{page}bayar/", data)
    again = client.post(f"{page}bayar/", data, follow=True)  # the button pressed twice
    assert "80.000" in text_of(again)
    other = client.post(f"{page}bayar/", data | {"rupiah": "60.000"})
    assert "sudah disimpan dengan isi lain" in text_of(other)
    too_much = client.post(f"{page}bayar/", form_of(client, f"{page}bayar/", rupiah="80.001"))
    assert "tinggal Rp 80.000" in text_of(too_much)
    assert 'value="80.001"' in text_of(too_much)
    statement = text_of(client.get(f"{place}/anggota/1/simpanan/"))
    assert "Dikembalikan Rp 130.000, sudah dibayarkan Rp 50.000" in statement
    client.post(f"{page}bayar/", form_of(client, f"{page}bayar/", rupiah="80.000"))
    assert "Catat pembayaran" not in text_of(client.get(f"{page}bayar/"))


def test_the_proof_names_the_heir_and_what_is_left(enter, siti, place, monkeypatch):
    from registry import paper

    with_a_leaver(siti, reason="died")
    client, page = enter(siti), f"{place}/anggota/1/pengembalian/"
    assert "pay_now" not in text_of(client.get(page))
    client.post(page, {"on": "10/04/2026"})
    nobody = client.post(f"{page}bayar/", form_of(client, f"{page}bayar/", rupiah="30.000"))
    assert "Belum diisi." in text_of(nobody)
    client.post(f"{page}bayar/", form_of(client, f"{page}bayar/", rupiah="30.000", payee="Rohayati"))
    link = re.search(r'href="([^"]+/pengembalian/2026-\d+\.pdf)"', text_of(client.get(f"{page}bayar/")))[1]
    monkeypatch.setattr(paper, "print_html", lambda html, **_: paper.PaperFile(html.encode(), "", 1))
    proof = text_of(client.get(link))
    for words in ("Rohayati", "ahli waris Ahmad Hidayat", "tiga puluh ribu rupiah", "Rp 100.000", "Yang menerima"):
        assert words in proof
    assert client.get(link.replace("anggota/1/", "anggota/2/")).status_code == 404


def test_who_only_reads_sees_the_debt_but_no_form(enter, siti, wati, place):
    with_a_leaver(siti)
    with siti.acting() as (actor, melati):
        settle(actor, melati, member_of(melati))
    client = enter(wati)
    page = client.get(f"{place}/anggota/1/pengembalian/bayar/")
    assert "Belum dibayarkan" in text_of(page)
    assert "Catat pembayaran" not in text_of(page)
    assert client.post(f"{place}/anggota/1/pengembalian/bayar/", {"rupiah": "1"}).status_code in (200, 403)
    assert client.get(f"{place}/anggota/1/pengembalian/").status_code == 403
    with siti.acting() as (_, melati):
        assert not PayOut.objects.filter(cooperative=melati).exists()


def test_a_leaver_without_savings_is_settled_on_the_page(enter, siti, place):
    with siti.acting() as (_, melati):
        owe_until(melati, date(2026, 7, 1))
    with_a_leaver(siti, rupiah=0)
    client, page = enter(siti), f"{place}/anggota/1/pengembalian/"
    assert "tidak punya simpanan" in text_of(client.get(page))
    done = client.post(page, {"on": "10/04/2026"}, follow=True)
    assert "Tidak ada simpanan yang harus dibayarkan" in text_of(done)
    with siti.acting() as (_, melati):
        assert exit_account(member_of(melati)).settled


def test_who_has_not_left_has_no_such_pages(enter, siti, place):
    client = enter(siti)
    assert {
        client.get(f"{place}/anggota/2/pengembalian/{end}").status_code for end in ("", "bayar/", "2026-1.pdf")
    } == {404}


def test_the_page_of_arrears_shows_any_day(enter, siti, place):
    with siti.acting() as (actor, melati):
        pay(actor, melati, date(2026, 3, 20), wajib=30_000)
    client = enter(siti)
    page = text_of(client.get(f"{place}/iuran/tunggakan/", {"per": "2026-03-15", "umur": "1"}))
    assert "10 dari 10 anggota menunggak Rp 200.000" in page
    assert 'href="?per=2026-03-15"' in page
    assert "9 dari 10 anggota menunggak Rp 180.000" in text_of(
        client.get(f"{place}/iuran/tunggakan/", {"per": "20/03/2026"})
    )
    wrong = text_of(client.get(f"{place}/iuran/tunggakan/", {"per": "2026-02-31"}))
    assert "Tulis tanggal seperti 20/11/2026" in wrong


def test_a_proof_with_long_names_stays_one_page():
    facts = {"cooperative_name": "Koperasi Kelurahan Merah Putih Sumur Pecung Kecamatan Serang", "place": "Serang",
             "place_line": "Kelurahan Sumur Pecung, Kecamatan Serang, Kota Serang", "number": "JU-2026-0311", "member_number": "A-0087",
             "member_name": "Raden Ayu Siti Nurhayati Halimah Kusumawati binti Muhammad", "payee": "Tubagus Muhammad Rizki Hidayatullah",
             "rupiah": 987_654_321, "paid_how": "transfer dari bank", "paid_by": "Rahmat Hidayatullah", "paid_on": LEFT_ON,
             "left_rupiah": 1_234_567, "heir": True, "demo": True}  # fmt: skip
    assert pay_out_pdf(PayOutPaper(**facts)).pages == 1

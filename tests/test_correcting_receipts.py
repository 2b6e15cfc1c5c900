"""A receipt that was wrong is put right from its page."""

import pytest
from django.utils import timezone

from finance.models import Obligation, Receipt
from finance.reports import verify_cooperative
from registry.periods import add_months, month_of, today_jakarta

PLACE = "/kota-serang/koperasi/melati/"


@pytest.fixture
def month():
    return month_of(today_jakarta(timezone.now()))


def fields(form) -> dict:
    """Return what the form would send as it stands: a zero is sent, an empty or unticked field is not."""
    return {
        name: str(form[name].value())
        for name in form.fields
        if form[name].value() not in (None, "") and form[name].value() is not False
    }


def test_months_paid_ahead_by_mistake_become_one(enter, siti, month):
    """Nobody was faster: the months that were open came after the present one."""
    client = enter(siti)
    page = client.get(f"{PLACE}iuran/terima/1/")
    client.post(f"{PLACE}iuran/terima/1/", fields(page.context["form"]))
    page = client.get(f"{PLACE}iuran/terima/1/")
    paid = client.post(f"{PLACE}iuran/terima/1/", fields(page.context["form"]) | {"bulan": "3"})
    form = client.get(f"{paid['Location']}koreksi/").context["form"]
    assert not any("lunas" in words for _, words in form.fields["bulan"].choices)
    typed = fields(form) | {"bulan": "1", "alasan": "salah pilih bulan"}
    corrected = client.post(f"{paid['Location']}koreksi/", typed)
    assert corrected.status_code == 302, corrected.context["form"].errors
    with siti.acting() as (_, melati):
        receipts = Receipt.objects.filter(cooperative=melati).order_by("number")
        assert [one.rupiah for one in receipts][1:] == [30_000, 10_000]
        ahead = Obligation.objects.filter(cooperative=melati, member__number=1, period__gt=month, paid_rupiah__gt=0)
        assert [one.period for one in ahead] == [add_months(month, 1)]
        assert verify_cooperative(melati) == []

"""The opening balances sent twice with the same form are recorded once."""

import uuid
from datetime import UTC, date, datetime

from finance.actions import OpeningLine, record_opening_balances
from finance.models import Posting
from members.models import Member

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
TODAY = date(2026, 1, 10)


def test_the_same_opening_form_again_answers_the_same_and_posts_nothing(siti):
    with siti.acting() as (actor, melati):
        first, second = Member.objects.filter(cooperative=melati).order_by("number")[:2]
        lines = [OpeningLine(first.pk, pokok=100_000, wajib=30_000), OpeningLine(second.pk, wajib=20_000)]
        form = {
            "cooperative": melati, "lines": lines, "cash": 150_000, "bank": 0, "as_of": TODAY, "expected_total": 150_000,
            "key": uuid.uuid4(), "actor": actor, "now": NOW, "today": TODAY,
        }  # fmt: skip
        recorded = record_opening_balances(**form)
        posted = Posting.objects.filter(cooperative=melati).count()
        again = record_opening_balances(**form)
        assert again.repeated
        assert again.entry_id == recorded.entry_id
        assert again.rupiah == 150_000
        assert Posting.objects.filter(cooperative=melati).count() == posted

"""What the public page leaves behind: that a receipt was checked, once."""

from datetime import datetime

from finance.models import Receipt, ReceiptLook


def note_look(*, receipt: Receipt, now: datetime) -> None:
    """Write down the first opening of a receipt's public page. Later ones change nothing. Nobody is named: no audit row."""
    look = ReceiptLook(cooperative_id=receipt.cooperative_id, receipt=receipt, code=receipt.code, first_at=now)
    ReceiptLook.objects.bulk_create([look], ignore_conflicts=True)

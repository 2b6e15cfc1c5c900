"""What the books say about doing business, for the status: sales, and loans granted to members.

Dues alone are no business: pokok and wajib are the members' equity (domain 4.2 asks for "usaha", not for savings).
"""

from finance.models import BooksMonth
from registry.reports.status import BusinessFact

IN_THE_BOOKS = BusinessFact(
    lambda agency: BooksMonth.objects.filter(agency=agency, business_rupiah__gt=0), "month", by_month=True
)

"""What the books say about doing business, for the status: sales, and loans granted to members.

Dues alone are no business: pokok and wajib are the members' equity (domain 4.2 asks for "usaha", not for savings).
"""

from django.db.models import Q, QuerySet

from finance.models import AccountMonth
from registry.models import Agency
from registry.reports.status import BusinessFact


def _sales_and_loans(agency: Agency) -> QuerySet[AccountMonth]:
    sales = Q(account_code__gte="41000", account_code__lt="43000", credit_rupiah__gt=0)
    loans = Q(account_code="12200", debit_rupiah__gt=0)
    return AccountMonth.objects.filter(sales | loans, agency=agency)


IN_THE_BOOKS = BusinessFact(_sales_and_loans, "month", by_month=True)

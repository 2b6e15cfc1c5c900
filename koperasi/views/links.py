"""Addresses behind figures: the list of cooperatives with filters, a cooperative, the dashboard."""

from dataclasses import dataclass
from datetime import date

from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from koperasi.reports.dashboard import Links


@dataclass(frozen=True)
class Addresses:
    """The addresses of one agency."""

    agency: str

    def list(self, **filters: str) -> str:
        """The list of cooperatives with these filters, named as in its address."""
        return self._with("registry:cooperatives", filters)

    def cooperative(self, slug: str) -> str:
        return self._to("registry:cooperative", slug)

    def report(self, month: date) -> str:
        return reverse("report", args=[self.agency, month.year, month.month])

    @property
    def jobs(self) -> str:
        return self._to("registry:jobs")

    @property
    def access(self) -> str:
        return self._to("registry:access")

    def dashboard(self, measure: str = "", month: date | None = None, district: str = "") -> str:
        filters = {"ukuran": measure, "bulan": f"{month:%Y-%m}" if month else "", "kecamatan": district}
        return self._with("dashboard", filters)

    def _with(self, name: str, filters: dict[str, str]) -> str:
        address = self._to(name)
        query = urlencode({key: value for key, value in filters.items() if value})
        return f"{address}?{query}" if address and query else address

    def _to(self, name: str, *more: str) -> str:
        """An address of another storey; a page that does not exist there is no link."""
        try:
            return reverse(name, args=[self.agency, *more])
        except NoReverseMatch:
            return ""

    def of_dashboard(self, measure: str, month: date) -> Links:
        """What the drawings of the dashboard lead to: a kecamatan to itself, a village and a cooperative to its rows."""
        return Links(
            district=lambda code: self.dashboard(measure, month, code),
            village=lambda code: self.list(desa=code),
            cooperative=lambda line: self.cooperative(line.slug),
        )

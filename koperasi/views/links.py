"""Addresses behind figures: the list of cooperatives with filters, a cooperative, the dashboard."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.http import urlencode

from koperasi.reports.dashboard import Links
from registry.imports import IMPORTERS


@dataclass(frozen=True)
class Addresses:
    """The addresses of one agency."""

    agency: str

    def list(self, **filters: str) -> str:
        """The list of cooperatives with these filters, named as in its address."""
        return self._with("registry:cooperatives", filters)

    def cooperative(self, slug: str) -> str:
        return reverse("registry:profile", args=[self.agency, slug])

    def report(self, month: date) -> str:
        return reverse("report", args=[self.agency, month.year, month.month])

    def imported(self, number: str, kind: str) -> str:
        """An uploaded list of a kind that waits for its decision."""
        return reverse(f"{IMPORTERS[kind].namespace}:import_batch", args=[self.agency, number])

    def documents(self, **filters: str) -> str:
        """The list of documents with these filters."""
        return self._with("registry:all_documents", filters)

    @property
    def sources(self) -> str:
        """What other sources say differently."""
        return reverse("registry:sources", args=[self.agency])

    @property
    def access(self) -> str:
        return reverse("registry:access", args=[self.agency])

    @property
    def objections(self) -> str:
        """The cooperatives in which members wait for an answer about a receipt."""
        return reverse("agency_objections", args=[self.agency])

    @property
    def requests(self) -> str:
        """The cooperatives that let people who ask to join wait too long."""
        return reverse("overdue_requests", args=[self.agency])

    def dashboard(self, measure: str = "", month: date | None = None, district: str = "") -> str:
        filters = {"ukuran": measure, "bulan": f"{month:%Y-%m}" if month else "", "kecamatan": district}
        return self._with("dashboard", filters)

    def _with(self, name: str, filters: dict[str, str]) -> str:
        query = urlencode({key: value for key, value in filters.items() if value})
        address = reverse(name, args=[self.agency])
        return f"{address}?{query}" if query else address

    def of_dashboard(self, measure: str, month: date) -> Links:
        """What the drawings of the dashboard lead to: a kecamatan to itself, a village and a cooperative to its rows."""
        return Links(
            district=lambda code: self.dashboard(measure, month, code),
            village=lambda code: self.list(kecamatan=code.rpartition(".")[0], desa=code),
            cooperative=lambda line: self.cooperative(line.slug),
        )

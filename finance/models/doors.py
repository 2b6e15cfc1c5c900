"""The public page of a cooperative: the one row a stranger with its code may read, and nothing else."""

from datetime import date

from django.db import models

from registry.models import Organ, Position
from registry.models.base import OfCooperativeAndAgency

from .dues import DuesKind


class DoorPage(OfCooperativeAndAgency):
    """What hangs at the door: a code of its own, and copies of what strangers may know of the cooperative.

    Names and posts of office-holders are public-office data; their phones are not copied. The database keeps the copies
    equal to their sources (`finance/sql/doors.sql`). Renewing the code closes every poster that shows the old one.
    """

    cooperative = models.OneToOneField("registry.Cooperative", models.PROTECT, primary_key=True, related_name="+")
    code = models.CharField(max_length=24)
    address = models.CharField(max_length=240, blank=True)
    phone = models.CharField(max_length=20, blank=True)  # of the cooperative
    officers = models.JSONField(default=list)  # organ, position, name, starts_on, ends_on
    rates = models.JSONField(default=list)  # kind, rupiah, valid_from
    opened_at = models.DateTimeField()
    renewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cooperative", "code"], name="a_door_has_one_code")]

    def posts_on(self, day: date) -> list[tuple[str, str, bool]]:
        """Return (post, name, whether of the pengawas) of who holds office on a day, in the order of the posts."""
        today = day.isoformat()
        serving = [one for one in self.officers if one["starts_on"] <= today <= one["ends_on"]]
        order = {position: number for number, position in enumerate(Position.values)}
        serving.sort(key=lambda one: (order.get(one["position"], 99), one["name"]))
        return [
            (Position(one["position"]).label, one["name"], one["organ"] == Organ.SUPERVISOR)
            for one in serving
            if one["position"] in Position.values
        ]

    def rates_on(self, day: date) -> dict[str, int]:
        """Return rupiah by kind of dues in force in the month of a day."""
        current: dict[str, int] = {}
        for one in sorted(self.rates, key=lambda one: one["valid_from"]):
            if one["kind"] in DuesKind.values and one["valid_from"] <= day.isoformat():
                current[one["kind"]] = one["rupiah"]
        return current

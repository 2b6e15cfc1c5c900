"""That somebody prepared a friendly word about open dues: so that nobody is asked twice in a week."""

from django.db import models
from django.db.models import Q

from registry.models.base import Link, OfCooperative


class Reminder(OfCooperative):
    """A text was prepared for one member on one day: by whom, about how much. Whether it was sent, only its sender knows."""

    member = Link("members.Member")
    prepared_on = models.DateField()
    prepared_at = models.DateTimeField()
    prepared_by = models.BigIntegerField()
    prepared_by_name = models.CharField(max_length=120)
    months = models.PositiveSmallIntegerField()
    rupiah = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cooperative", "member", "prepared_on"], name="nobody_is_reminded_twice_a_day"
            ),
            models.CheckConstraint(condition=Q(rupiah__gt=0), name="a_reminder_is_about_money"),
        ]
        indexes = [models.Index(fields=["cooperative", "prepared_on"])]

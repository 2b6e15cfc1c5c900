"""What rows of a cooperative have in common."""

from django.db import models


class OfCooperative(models.Model):
    """A row of one cooperative. The wall reads `cooperative_id`; foreign keys between such rows are composite."""

    cooperative = models.ForeignKey("registry.Cooperative", models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class OfCooperativeAndAgency(OfCooperative):
    """A row of one cooperative that its dinas may read too."""

    agency = models.ForeignKey("registry.Agency", models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class Link(models.ForeignKey):
    """A link to another row of the same cooperative.

    Django makes no constraint: `manage.py wall` adds the composite one, (cooperative_id, x_id), which row security
    cannot be tricked through. Indexes are named by the table that needs them.
    """

    def __init__(self, to, on_delete=models.PROTECT, **kwargs):
        kwargs["db_constraint"] = False
        kwargs.setdefault("db_index", False)
        kwargs.setdefault("related_name", "+")
        super().__init__(to, on_delete, **kwargs)


class OneLink(models.OneToOneField):
    """`Link`, at most one per target."""

    def __init__(self, to, on_delete=models.PROTECT, **kwargs):
        kwargs["db_constraint"] = False
        kwargs.setdefault("related_name", "+")
        super().__init__(to, on_delete, **kwargs)

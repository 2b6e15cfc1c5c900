"""Long work. The row is the truth; the queue only carries its id."""

from django.db import models


class Job(models.Model):
    """A piece of long work one person asked for, with the grant it must still hold when it runs."""

    class State(models.TextChoices):
        WAITING = "waiting", "menunggu giliran"
        RUNNING = "running", "sedang dikerjakan"
        DONE = "done", "selesai"
        FAILED = "failed", "gagal"

    agency = models.ForeignKey("registry.Agency", models.PROTECT, related_name="+", db_index=False)
    cooperative = models.ForeignKey("registry.Cooperative", models.PROTECT, null=True, related_name="+", db_index=False)
    number = models.CharField(max_length=16, unique=True)  # random, in the address
    kind = models.CharField(max_length=40)
    arguments = models.JSONField(default=dict)  # never a name or a NIK
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    message = models.CharField(max_length=240, blank=True)
    result = models.JSONField(default=dict)
    file = models.ForeignKey("registry.File", models.PROTECT, null=True, related_name="+")
    requested_by = models.BigIntegerField()
    grant = models.ForeignKey("registry.Grant", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "cooperative", "-made_at"])]

"""A receipt was opened on its public page: that it happened, and when first. Who looked is not kept."""

from django.db import models

from registry.models.base import OfCooperative, OneLink

from .dues import Receipt


class ReceiptLook(OfCooperative):
    """The first time somebody opened this receipt's public page."""

    receipt = OneLink(Receipt, related_name="look")
    code = models.CharField(max_length=24)  # carries the code for the public page's policy
    first_at = models.DateTimeField()

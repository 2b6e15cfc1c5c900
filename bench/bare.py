"""The floor over HTTP: a bare Django with no middleware and no template, whose one view records one payment."""

import os
import uuid

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "koperasi.settings")

import django
from django.conf import settings

django.setup()
settings.MIDDLEWARE = []
settings.ROOT_URLCONF = "bench.bare"

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.db import transaction  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402

from finance.actions import DuesLine, record_dues  # noqa: E402
from registry.access import Actor  # noqa: E402
from registry.models import Cooperative  # noqa: E402
from registry.tenancy import Context, Role, bind  # noqa: E402

from .house import TODAY  # noqa: E402


def pay(request, cooperative: int, member: int):
    with transaction.atomic():
        found = Cooperative.objects.select_related("agency").get(pk=cooperative)
        bind(Context(Role.OFFICER, user_id=1, agency_id=found.agency_id, cooperative_id=found.pk))
        record_dues(
            cooperative=found, lines=[DuesLine(member, wajib=10_000, ahead=True)], paid_on=TODAY, through=TODAY, key=uuid.uuid4(),
            actor=Actor(1, "Bendahara Ukur", "treasurer", found.agency_id, found.pk), now=timezone.now(), today=TODAY,
        )  # fmt: skip
    return HttpResponse("ok")


urlpatterns = [path("pay/<int:cooperative>/<int:member>/", pay)]
application = WSGIHandler()

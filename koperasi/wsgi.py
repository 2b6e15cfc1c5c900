"""The web process: a WSGI server imports `application` from here. It refuses to start behind a weak wall."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "koperasi.settings")
application = get_wsgi_application()


def _refuse_behind_a_weak_wall() -> None:
    from django.db import connections

    from registry.tenancy.checks import refuse_to_start

    refuse_to_start()
    connections.close_all()  # a server that forks must not share them


_refuse_behind_a_weak_wall()

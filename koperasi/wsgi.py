"""The web process: a WSGI server imports `application` from here."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "koperasi.settings")
application = get_wsgi_application()

"""Pages for what went wrong: a sentence that says what happened and what to do."""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from registry.models import GrantKind

TOO_LARGE = "Formulir ini terlalu besar untuk dikirim sekaligus, jadi tidak ada yang disimpan. Kirim sebagian demi sebagian, misalnya per RT."


def bad_request(request: HttpRequest, exception=None) -> HttpResponse:
    sentence = TOO_LARGE if isinstance(exception, TooManyFieldsSent | RequestDataTooBig) else ""
    return render(request, "400.html", {"sentence": sentence}, status=400)


def forbidden(request: HttpRequest, exception=None) -> HttpResponse:
    """Say whom the page is for and as whom one came: `Halaman ini untuk bendahara. Anda masuk sebagai pengawas.`"""
    needed = sorted(GrantKind(kind).label for kind in getattr(request, "needed_kinds", ()))
    return render(request, "403.html", {"needed": needed}, status=403)


def not_found(request: HttpRequest, exception=None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is too old or came from elsewhere; nothing was saved."""
    return render(request, "csrf.html", status=403)

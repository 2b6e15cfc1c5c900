"""The product's addresses and some planted holes, for the negative controls of `test_door.py`."""

from django.http import HttpResponse
from django.urls import include, path

from koperasi.urls import handler400, handler403, handler404, handler500  # noqa: F401
from members.models import Member
from registry.access import door
from registry.models import Cooperative, Grant, GrantKind
from registry.tenancy import Context, Role, bind


def without_door(request):
    return HttpResponse("open")


@door.login
def reads_another_place(request):
    """Binds whatever cooperative comes first that is not the person's own."""
    own = [grant.cooperative_id for grant in request.grants]
    other = Cooperative.objects.exclude(pk__in=own).first()
    bind(Context(Role.OFFICER, 1, other.agency_id, other.pk))
    return HttpResponse(", ".join(Member.objects.values_list("name", flat=True)))


@door(*GrantKind)
def forgets_the_filter(request, **kwargs):
    """The commonest bug: nothing names the cooperative. The wall is what holds."""
    return HttpResponse(", ".join(Member.objects.values_list("name", flat=True)))


@door(GrantKind.TREASURER)
def falls_over(request, **kwargs):
    raise ZeroDivisionError


@door(*GrantKind)
def writes_elsewhere(request, **kwargs):
    Member.objects.update(name="dirusak")
    return HttpResponse("ok")


@door.everyone
def tells_of_grants(request):
    return HttpResponse(str(Grant.objects.count()))


urlpatterns = [
    path("tanam/tanpa-pintu/", without_door, name="without_door"),
    path("tanam/lain/", reads_another_place, name="reads_another_place"),
    path("tanam/<slug:dinas>/koperasi/<slug:koperasi>/lupa/", forgets_the_filter, name="forgets_the_filter"),
    path("tanam/<slug:dinas>/koperasi/<slug:koperasi>/jatuh/", falls_over, name="falls_over"),
    path("tanam/<slug:dinas>/koperasi/<slug:koperasi>/rusak/", writes_elsewhere, name="writes_elsewhere"),
    path("tanam/<slug:dinas>/<asing>/", forgets_the_filter, name="has_an_unknown_part"),
    path("", include("koperasi.urls")),
]

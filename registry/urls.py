"""Addresses of the registry. Each part keeps its own list."""

from django.urls import path

from registry.views import access

app_name = "registry"

# --- Access ---
access_urls = [
    path("undangan/<str:token>/", access.invitation, name="invitation"),
    path("<slug:dinas>/akses/", access.people, name="access"),
    path("<slug:dinas>/akses/undang/", access.invite, name="access_invite"),
    path("<slug:dinas>/akses/data-pribadi/", access.looks, name="looks"),
    path("<slug:dinas>/akses/orang/<int:nomor>/", access.person, name="access_person"),
    path("<slug:dinas>/akses/tautan/<int:nomor>/", access.link_act, name="access_link"),
    path(
        "<slug:dinas>/koperasi/<slug:koperasi>/akses/", access.cooperative_people, name="cooperative_access"
    ),
    path(
        "<slug:dinas>/koperasi/<slug:koperasi>/akses/undang/",
        access.cooperative_invite,
        name="cooperative_invite",
    ),
    path(
        "<slug:dinas>/koperasi/<slug:koperasi>/akses/orang/<int:nomor>/",
        access.cooperative_person,
        name="cooperative_person",
    ),
    path(
        "<slug:dinas>/koperasi/<slug:koperasi>/akses/tautan/<int:nomor>/",
        access.cooperative_link_act,
        name="cooperative_link",
    ),
    path("<slug:dinas>/koperasi/<slug:koperasi>/jejak/", access.trail, name="trail"),
]

urlpatterns: list = [*access_urls]

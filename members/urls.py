from django.urls import path, re_path

from members import views
from members.views.importing import MEMBERS
from registry.views.imports import import_paths

app_name = "members"
urlpatterns = [
    path("", views.listing, name="list"),
    re_path(r"^unduh\.(?P<form>xlsx|csv)$", views.export, name="export"),
    path("tambah/", views.add, name="add"),
    *import_paths("impor/", MEMBERS),
    path("permohonan/", views.join_requests, name="join_requests"),
    path("permohonan/<str:kode>/", views.join_request, name="join_request"),
    path("<int:number>/", views.member, name="member"),
    path("<int:number>/ubah/", views.amend, name="amend"),
    path("<int:number>/berhenti/", views.leave, name="leave"),
    path("<int:number>/nik/", views.reveal, name="reveal"),
    path("<int:number>/kartu/", views.card, name="card"),
]

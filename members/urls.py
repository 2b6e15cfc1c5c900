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
    path("permohonan-berhenti/", views.exit_requests, name="exit_requests"),
    path("<int:number>/permohonan-berhenti/", views.ask_to_leave, name="ask_to_leave"),
    path("<int:number>/permohonan-berhenti/tolak/", views.refuse_request, name="refuse_request"),
    path("<int:number>/permohonan-berhenti/tarik/", views.withdraw_request, name="withdraw_request"),
    path("ajakan/", views.campaigns, name="campaigns"),
    path("permohonan/", views.join_requests, name="join_requests"),
    path("permohonan/<str:kode>/", views.join_request, name="join_request"),
    path("<int:number>/", views.member, name="member"),
    path("<int:number>/ubah/", views.amend, name="amend"),
    path("<int:number>/berhenti/", views.leave, name="leave"),
    path("<int:number>/nik/", views.reveal, name="reveal"),
    path("<int:number>/keluarga/", views.family, name="family"),
    path("<int:number>/keluarga/pindah/", views.move_out, name="move_out"),
    path("<int:number>/keluarga/waris/<int:pk>/hapus/", views.remove_heir, name="remove_heir"),
    path("<int:number>/usaha/", views.business, name="business"),
    path("<int:number>/kartu/", views.card, name="card"),
]

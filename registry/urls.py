"""Addresses of the registry, the place first. `koperasi/urls.py` includes these before those of finance."""

from django.urls import path, re_path

from registry.views import (
    access,
    attending,
    building_list,
    buildings,
    cooperatives,
    coverage,
    document_list,
    documents,
    facts,
    formation,
    groups,
    jobs,
    lifecycle,
    listing,
    nudges,
    officers,
    organs,
    persons,
    sources,
    training,
    villages,
)
from registry.views.imports import COOPERATIVES as COOPERATIVE_PAGES
from registry.views.imports import import_paths

app_name = "registry"

COOPERATIVES = "<slug:dinas>/koperasi/"
ONE = "<slug:dinas>/koperasi/<slug:koperasi>/"

cooperative_urls = [
    path(COOPERATIVES, listing.cooperatives, name="cooperatives"),
    re_path(r"^(?P<dinas>[-\w]+)/koperasi/unduh\.(?P<form>xlsx|csv)$", listing.download, name="download"),
    path(f"{COOPERATIVES}tambah/", cooperatives.add, name="add"),
    path(ONE, cooperatives.profile, name="profile"),
    path(f"{ONE}ubah/", cooperatives.edit, name="edit"),
    path(f"{ONE}kontak/", cooperatives.contacts, name="contacts"),
    path(f"{ONE}riwayat/", cooperatives.history, name="history"),
    path(f"{ONE}badan-hukum/", lifecycle.lifecycle, name="lifecycle"),
    path(f"{ONE}badan-hukum/<int:number>/batalkan/", lifecycle.take_back, name="take_back_decision"),
    path(f"{ONE}badan-hukum/<slug:tindakan>/", lifecycle.decide, name="decide"),
    path(f"{ONE}angka/", facts.figures, name="figures"),
    path(f"{ONE}angka/catat/", facts.report, name="report"),
    path(f"{ONE}rat/", facts.annual_meeting, name="meeting"),
    path(f"{ONE}hambatan/", facts.blocker, name="blocker"),
    path(f"{ONE}hambatan/<int:number>/selesai/", facts.blocker_solved, name="blocker_solved"),
    path(f"{ONE}bimtek/", training.own_trainings, name="own_trainings"),
    path(f"{ONE}bimtek/catat/", facts.training, name="training"),
]

SESSION = "<slug:dinas>/bimtek/sesi/<int:nomor>/"
training_urls = [
    path("<slug:dinas>/bimtek/", training.trainings, name="trainings"),
    path("<slug:dinas>/bimtek/anggaran/tambah/", training.add_budget, name="add_budget"),
    path("<slug:dinas>/bimtek/anggaran/<int:nomor>/", training.edit_budget, name="edit_budget"),
    path("<slug:dinas>/bimtek/anggaran/<int:nomor>/ketok-palu/", training.approve_budget, name="approve_budget"),
    path("<slug:dinas>/bimtek/cakupan/", coverage.coverage, name="coverage"),
    re_path(
        r"^(?P<dinas>[-\w]+)/bimtek/cakupan/unduh\.(?P<form>xlsx|csv)$", coverage.coverage_file, name="coverage_file"
    ),
    path("<slug:dinas>/bimtek/sesi/tambah/", training.add_session, name="add_session"),
    path(SESSION, training.session, name="session"),
    path(f"{SESSION}ubah/", training.edit_session, name="edit_session"),
    path(f"{SESSION}keadaan/", training.move, name="move_session"),
    path(f"{SESSION}undang/", training.invite, name="invite"),
    path(f"{SESSION}undangan/", training.invitations, name="invitations"),
    path(f"{SESSION}pintu/", attending.training_door, name="training_door"),
    path(f"{SESSION}nilai/", attending.scores, name="scores"),
    path(f"{SESSION}evaluasi/", attending.marks, name="marks"),
    path(f"{SESSION}sertifikat/terbit/", attending.issue, name="issue_certificates"),
    path(f"{SESSION}sertifikat/<int:sertifikat>/tarik/", attending.withdraw, name="withdraw_certificate"),
]

ORGANS = "<slug:dinas>/pengurus/"
officer_urls = [
    path(f"{ONE}pengurus/", officers.officers, name="officers"),
    path(f"{ONE}pengurus/tambah/", officers.add_officer, name="add_officer"),
    re_path(
        r"^(?P<dinas>[-\w]+)/koperasi/(?P<koperasi>[-\w]+)/pengurus/daftar\.(?P<bentuk_daftar>pdf|xlsx)$",
        officers.officers_file,
        name="officers_file",
    ),
    path(f"{ONE}pengurus/<int:number>/", officers.officer, name="officer"),
    path(f"{ONE}pengurus/<int:number>/berhenti/", officers.end_officer, name="end_officer"),
    path(f"{ONE}pengurus/<int:number>/perbaiki/", officers.amend_officer, name="amend_officer"),
    path(f"{ONE}pengurus/<int:number>/pernyataan/", officers.declarations, name="declarations"),
    path(ORGANS, organs.organs, name="organs_home"),
    path(f"{ORGANS}rangkap/", persons.persons, name="persons"),
    path(f"{ORGANS}rangkap/putuskan/", persons.judge, name="judge_pair"),
    path(f"{ORGANS}kepala/", persons.heads, name="heads"),
    path(f"{ORGANS}kepala/<str:wilayah>/", persons.head, name="head"),
    path(f"{ORGANS}kepala/<str:wilayah>/ganti/", persons.seat, name="seat_head"),
    path(f"{ORGANS}<slug:daftar>/", organs.organs, name="organs"),
    re_path(
        r"^(?P<dinas>[-\w]+)/pengurus/(?P<daftar>[-a-z]+)/unduh\.(?P<form>xlsx|csv)$",
        organs.organs_file,
        name="organs_file",
    ),
]

formation_urls = [
    path("<slug:dinas>/tahapan/", formation.board, name="formation"),
    path("<slug:dinas>/tahapan/catat/", formation.record_many, name="take_steps"),
    path("<slug:dinas>/tahapan/cakupan/", villages.villages, name="villages"),
    path("<slug:dinas>/tahapan/kelompok/", groups.groups, name="groups"),
    path("<slug:dinas>/tahapan/kelompok/tambah/", groups.add_group, name="add_group"),
    path("<slug:dinas>/tahapan/kelompok/<int:nomor>/", groups.edit_group, name="edit_group"),
    path("<slug:dinas>/tahapan/target/", groups.targets, name="targets"),
    path("<slug:dinas>/tahapan/target/tetapkan/", groups.add_target, name="add_target"),
    path("<slug:dinas>/tahapan/acara/", groups.events, name="events"),
    path("<slug:dinas>/tahapan/acara/catat/", groups.add_event, name="add_event"),
    path(f"{ONE}tahapan/", formation.way, name="way"),
    path(f"{ONE}tahapan/atur/", formation.follow, name="follow"),
    path(f"{ONE}tahapan/tetangga/", villages.join, name="join_village"),
    path(f"{ONE}tahapan/tetangga/<str:kode>/lepas/", villages.part, name="part_village"),
    path(f"{ONE}tahapan/<slug:langkah>/", formation.record_one, name="take_step"),
]

PAPER = f"{ONE}dokumen/<int:number>/"
document_urls = [
    path("<slug:dinas>/dokumen/", document_list.listing, name="all_documents"),
    re_path(
        r"^(?P<dinas>[-\w]+)/dokumen/unduh\.(?P<form>xlsx|csv)$", document_list.download, name="documents_download"
    ),
    path(f"{ONE}dokumen/", documents.documents, name="documents"),
    path(f"{ONE}dokumen/unggah/<slug:jenis>/", documents.upload, name="upload_document"),
    path(PAPER, documents.document, name="document"),
    path(f"{PAPER}berkas/", documents.file, name="document_file"),
    path(f"{PAPER}periksa/", documents.check, name="check_document"),
    path(f"{PAPER}pakai/", documents.use_number, name="use_number"),
]

building_urls = [
    path("<slug:dinas>/gedung/", building_list.buildings, name="buildings"),
    path("<slug:dinas>/gedung/peta/", building_list.map_, name="buildings_map"),
    re_path(r"^(?P<dinas>[-\w]+)/gedung/unduh\.(?P<form>xlsx|csv)$", building_list.download, name="buildings_download"),
    path(f"{ONE}gedung/", buildings.building, name="building"),
    path(f"{ONE}gedung/survei/", buildings.survey, name="survey_building"),
    path(f"{ONE}gedung/survei/<int:number>/periksa/", buildings.check, name="check_survey"),
    path(f"{ONE}gedung/foto/", buildings.add, name="add_building_photo"),
    path(f"{ONE}gedung/foto/<int:number>/", buildings.photo, name="building_photo"),
    path(f"{ONE}gedung/lahan/", buildings.add_land, name="add_land"),
    path(f"{ONE}gedung/lahan/<int:number>/", buildings.edit_land, name="edit_land"),
    path(f"{ONE}gedung/portal/", buildings.portal, name="building_portal"),
]

import_urls = import_paths(f"{COOPERATIVES}impor/", COOPERATIVE_PAGES)

nudge_urls = [
    path("<slug:dinas>/pengingat/", nudges.nudges, name="nudges"),
    path("<slug:dinas>/pengingat/siapkan/", nudges.prepare, name="prepare_nudges"),
]

source_urls = [
    path(f"{COOPERATIVES}selisih/", sources.sources, name="sources"),
    path(f"{COOPERATIVES}selisih/putuskan/", sources.decide, name="decide_sources"),
    path(f"{COOPERATIVES}selisih/unduh.xlsx", sources.differing_file, name="differing_file"),
    *sources.source_paths(f"{COOPERATIVES}selisih/"),
    path(f"{COOPERATIVES}selisih/<slug:sumber>/", sources.source, name="source"),
    path(f"{COOPERATIVES}selisih/<slug:sumber>/unduh.xlsx", sources.source_file, name="source_file"),
    path(f"{COOPERATIVES}selisih/<slug:sumber>/baru.xlsx", sources.strangers_file, name="strangers_file"),
    path(f"{ONE}sumber/", sources.compared, name="compared"),
    path(f"{ONE}sumber/<slug:sumber>/", sources.type_from, name="type_source"),
]

job_urls = [
    path("<slug:dinas>/pekerjaan/<slug:number>/", jobs.job, name="job"),
    path(f"{ONE}pekerjaan/<slug:number>/", jobs.job, name="cooperative_job"),
    path("<slug:dinas>/berkas/<int:number>/", jobs.file, name="file"),
    path(f"{ONE}berkas/<int:number>/", jobs.file, name="cooperative_file"),
]

access_urls = [
    path("undangan/<str:token>/", access.invitation, name="invitation"),
    path("<slug:dinas>/akses/", access.people, name="access"),
    path("<slug:dinas>/akses/undang/", access.invite, name="access_invite"),
    path("<slug:dinas>/akses/data-pribadi/", access.looks, name="looks"),
    path("<slug:dinas>/akses/kasus/", access.cases, name="cases"),
    path("<slug:dinas>/akses/orang/<int:nomor>/", access.person, name="access_person"),
    path("<slug:dinas>/akses/tautan/<int:nomor>/", access.link_act, name="access_link"),
    path("<slug:dinas>/koperasi/<slug:koperasi>/akses/", access.cooperative_people, name="cooperative_access"),
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
    path("<slug:dinas>/koperasi/<slug:koperasi>/kasus/", access.cooperative_case, name="cooperative_case"),
    path("<slug:dinas>/koperasi/<slug:koperasi>/kasus/<int:nomor>/akhiri/", access.case_end, name="case_end"),
    path("<slug:dinas>/koperasi/<slug:koperasi>/jejak/", access.trail, name="trail"),
]

# `tambah` and `impor` stand before the address of one cooperative; no cooperative may be called so (RESERVED_SLUGS).
urlpatterns = [
    *import_urls,
    *source_urls,
    *cooperative_urls,
    *formation_urls,
    *training_urls,
    *building_urls,
    *document_urls,
    *nudge_urls,
    *job_urls,
    *access_urls,
    *officer_urls,
]

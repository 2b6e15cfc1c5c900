"""Help in Indonesian, one page per role. Written as templates: the screens they speak of are linked, not described twice."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from registry.access import door

PAGES = {
    "bendahara": "Bendahara: iuran dan kuitansi",
    "sekretaris": "Sekretaris dan ketua: anggota dan akses",
    "pengawas": "Pengawas: membaca buku",
    "dinas": "Dinas: daftar, angka, laporan",
    "warga": "Anggota dan warga: memeriksa kuitansi",
}


@door.everyone
def help_index(request: HttpRequest) -> HttpResponse:
    """List the help pages."""
    return render(request, "help/index.html", {"pages": PAGES})


@door.everyone
def help_page(request: HttpRequest, halaman: str) -> HttpResponse:
    """Show one help page; an unknown one is a 404."""
    if halaman not in PAGES:
        raise Http404
    return render(request, f"help/{halaman}.html", {"title": PAGES[halaman]})

"""The pages of the import of members: those of every import, for the people who keep this book."""

from members.jobs import KIND
from members.views.doors import KEEPERS
from registry.views.imports import Pages

MEMBERS = Pages(
    kind=KIND,
    doors=KEEPERS,
    list_view="members:list",
    hint="Daftar Anda boleh diunggah seperti adanya. NIK dan nomor HP sebaiknya berformat teks. Status yang kosong dicatat sebagai calon "
    "anggota, tanggal masuk yang kosong sebagai hari ini, dan nomor anggota yang kosong diberi nomor berikutnya.",
)

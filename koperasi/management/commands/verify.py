"""`manage.py verify`: recompute every sum from the postings, walk the seals, and see that keys and files belong to them.

Exits 1 when anything does not add up. Reads each cooperative as an examiner would: by roles that only read,
bound to one cooperative at a time.
"""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection, transaction

from finance.reports import verify_cooperative
from members.reports import unopened_national_ids
from registry.actions.files import read_file
from registry.keys import KeyRingError
from registry.models import Agency, Cooperative, File
from registry.tenancy import NOBODY, Context, Role, bind
from registry.tenancy.checks import missing_keys


class Command(BaseCommand):
    help = "Verify books, keys and files of every cooperative, or of those named."

    def add_arguments(self, parser) -> None:
        parser.add_argument("slugs", nargs="*", help="only these cooperatives")

    def handle(self, *args, **options) -> None:
        cooperatives = Cooperative.objects.order_by("pk")
        if options["slugs"]:
            cooperatives = cooperatives.filter(slug__in=options["slugs"])
        checked = wrong = 0
        for cooperative in cooperatives:
            wrong += self._tell(cooperative.slug, of_cooperative(cooperative))
            checked += 1
        if not options["slugs"]:
            wrong += self._tell("kunci", of_keys())
            for agency in Agency.objects.order_by("pk"):
                wrong += self._tell(agency.slug, of_agency(agency))
        self.stdout.write(f"verify: {checked} koperasi diperiksa, {wrong} hal tidak cocok")
        if wrong:
            sys.exit(1)

    def _tell(self, where: str, findings: list[str]) -> int:
        for finding in findings:
            self.stdout.write(f"TIDAK COCOK  {where}: {finding}")
        return len(findings)


def of_cooperative(cooperative: Cooperative) -> list[str]:
    """Return what is wrong with the books, the NIKs and the files of one cooperative."""
    place = {"agency_id": cooperative.agency_id, "cooperative_id": cooperative.pk}
    with transaction.atomic():
        _only_read(Context(Role.CASE, **place))
        wrong = [f"{one.check}, {one.where}: {one.detail}" for one in verify_cooperative(cooperative)]
        try:
            wrong += [
                f"NIK anggota {number} tidak terbuka dengan kunci ini" for number in unopened_national_ids(cooperative)
            ]
        except KeyRingError as error:
            wrong.append(str(error))
        bind(Context(Role.SUPERVISOR, **place))
        wrong += list(_files())
        bind(NOBODY)
    return wrong


def of_agency(agency: Agency) -> list[str]:
    """Return which files of a dinas are lost or changed."""
    with transaction.atomic():
        _only_read(Context(Role.DINAS, agency_id=agency.pk))
        wrong = list(_files())
        bind(NOBODY)
    return wrong


def of_keys() -> list[str]:
    """Return what the key ring lacks for this database."""
    with connection.cursor() as cursor:
        return missing_keys(cursor)


def _files() -> Iterator[str]:
    """Tell which of the files that the bound role sees the disk lost, changed, or kept though they were deleted."""
    for file in File.objects.order_by("pk").iterator():
        if file.gone_at is None and not is_whole(file):
            yield f"berkas {file.name} hilang atau berubah"
        if file.gone_at and (Path(settings.MEDIA_ROOT) / file.path).exists():
            yield f"berkas {file.name} sudah dihapus tetapi isinya masih ada"


def is_whole(file: File) -> bool:
    try:
        return hashlib.sha256(read_file(file)).hexdigest() == file.sha256
    except OSError:
        return False


def _only_read(context: Context) -> None:
    bind(context)
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")

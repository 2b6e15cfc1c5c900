"""`manage.py retention`: whose NIK and contacts are past their years; with `--forget --as LOGIN` they are removed.

Without the option nothing changes: it prints member numbers, cooperative by cooperative, as the page of each shows them.
Nothing is removed in nobody's name: LOGIN is a sekretaris or ketua, and only their own cooperatives are done.
"""

from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from finance.reports import Forgettable, forgettable
from members.actions import forget_leavers
from members.views.doors import KEEPERS
from registry.access import Actor, context_of, load_grants
from registry.models import Cooperative, Grant, User
from registry.periods import today_jakarta
from registry.tenancy import NOBODY, Context, Role, bind


class Command(BaseCommand):
    help = "Show, or remove with --forget --as LOGIN, identity data of people who left long ago."

    def add_arguments(self, parser) -> None:
        parser.add_argument("slugs", nargs="*", help="only these cooperatives")
        parser.add_argument("--forget", action="store_true", help="remove what is shown")
        parser.add_argument("--as", dest="login", default="", help="the sekretaris or ketua in whose name")

    def handle(self, *args, **options) -> None:
        if options["forget"] != bool(options["login"]):
            raise CommandError("--forget and --as LOGIN belong together")
        cooperatives = Cooperative.objects.order_by("pk")
        if options["slugs"]:
            cooperatives = cooperatives.filter(slug__in=options["slugs"])
        now = timezone.now()
        grants = _grants_of(options["login"], now) if options["forget"] else {}
        total = 0
        for cooperative in cooperatives:
            if options["forget"] and cooperative.pk not in grants:
                continue
            found = _one(cooperative, grants.get(cooperative.pk), now)
            total += len(found.members)
            for one in found.members:
                self.stdout.write(f"{cooperative.slug} {one.number_text}, berhenti {one.exited_on}")
        what = "dihapus NIK dan kontaknya" if options["forget"] else "lewat masa simpan"
        self.stdout.write(f"retention: {total} orang {what}")


def _grants_of(login: str, now: datetime) -> dict[int, Grant]:
    """Return cooperative → the grant by which this person keeps its member book."""
    user = User.objects.filter(username=login).first()
    grants = load_grants(user.pk, today_jakarta(now)) if user else []
    found = {grant.cooperative_id: grant for grant in grants if grant.kind in KEEPERS and grant.cooperative_id}
    if not found:
        raise CommandError(f"{login} is sekretaris or ketua of no cooperative today")
    return found


def _one(cooperative: Cooperative, grant: Grant | None, now: datetime) -> Forgettable:
    """Return who is past the years in one cooperative, removed already when there is a grant to do it by."""
    place = {"agency_id": cooperative.agency_id, "cooperative_id": cooperative.pk}
    with transaction.atomic():
        bind(context_of(grant, cooperative) if grant else Context(Role.CASE, **place))
        found = forgettable(cooperative=cooperative, today=today_jakarta(now))
        if grant:
            actor = Actor(grant.user_id, grant.user_name, grant.kind, grant.agency_id, grant.cooperative_id)
            ids = [one.pk for one in found.members]
            forget_leavers(cooperative=cooperative, member_ids=ids, actor=actor, now=now)
        bind(NOBODY)
    return found

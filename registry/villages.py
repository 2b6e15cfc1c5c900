"""One live cooperative of a programme in each village (domain 9.13): the database refuses, this says so."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

ONE_PER_VILLAGE = "one_live_cooperative_of_a_programme_per_village"


class VillageTaken(Exception):
    """Another live cooperative of the programme serves the village already (domain 9.13)."""


@contextmanager
def one_per_village() -> Iterator[None]:
    """Turn the database's refusal of a second cooperative of a programme in a village into `VillageTaken`."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if ONE_PER_VILLAGE in str(error):
            raise VillageTaken from error
        raise

"""What upper storeys let go of before an undone import deletes its members.

This storey does not know who points at its members. An upper one registers, when its app starts, what it can release:

    releases(release_obligations)   # (cooperative=, batch_id=) -> None

Whatever still points at a member after that keeps the import from being undone, and names the member.
"""

from collections.abc import Callable

from registry.models import Cooperative

RELEASERS: list[Callable[..., None]] = []


def releases(release: Callable[..., None]) -> None:
    """Let an upper storey release what it holds of members; called once, when its app starts."""
    RELEASERS.append(release)


def release_all(*, cooperative: Cooperative, batch_id: int) -> None:
    """Ask every storey to release what it can of the members an import made. Inside the undo, which rolls back with it."""
    for release in RELEASERS:
        release(cooperative=cooperative, batch_id=batch_id)

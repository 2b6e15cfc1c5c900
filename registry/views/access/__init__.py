"""Access, one module per noun: opening a link, the people, one person, new links, cases, the book of acts."""

from .book import looks, trail
from .cases import case_end, cases, cooperative_case
from .links import cooperative_invite, cooperative_link_act, invite, link_act
from .opening import invitation
from .people import cooperative_people, people
from .person import cooperative_person, person

__all__ = [
    "case_end",
    "cases",
    "cooperative_case",
    "cooperative_invite",
    "cooperative_link_act",
    "cooperative_people",
    "cooperative_person",
    "invitation",
    "invite",
    "link_act",
    "looks",
    "people",
    "person",
    "trail",
]

"""The pages of the member book."""

from .book import export, listing
from .card import card
from .life import business, family, move_out, remove_heir
from .people import add, amend, leave, member, reveal

__all__ = [
    "add",
    "amend",
    "business",
    "card",
    "export",
    "family",
    "leave",
    "listing",
    "member",
    "move_out",
    "remove_heir",
    "reveal",
]

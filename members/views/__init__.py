"""The pages of the member book."""

from .book import export, listing
from .card import card
from .people import add, amend, leave, member, reveal

__all__ = ["add", "amend", "card", "export", "leave", "listing", "member", "reveal"]

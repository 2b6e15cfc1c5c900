"""The pages of the member book."""

from .book import export, listing
from .card import card
from .joining import join_request, join_requests
from .people import add, amend, leave, member, reveal

__all__ = ["add", "amend", "card", "export", "join_request", "join_requests", "leave", "listing", "member", "reveal"]

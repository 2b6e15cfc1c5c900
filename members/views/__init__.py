"""The pages of the member book."""

from .book import export, listing
from .campaigns import campaigns
from .card import card
from .joining import join_request, join_requests
from .leaving import ask_to_leave, exit_requests, refuse_request, withdraw_request
from .life import business, family, move_out, remove_heir
from .people import add, amend, leave, member, reveal

__all__ = [
    "add",
    "amend",
    "ask_to_leave",
    "business",
    "card",
    "exit_requests",
    "export",
    "family",
    "campaigns",
    "join_request",
    "join_requests",
    "leave",
    "listing",
    "member",
    "move_out",
    "refuse_request",
    "remove_heir",
    "reveal",
    "withdraw_request",
]

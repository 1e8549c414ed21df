"""Fixed choices of the programme."""

from enum import StrEnum


class Visibility(StrEnum):
    """Who may know of a session; only PUBLIC ever reaches a public page."""

    PUBLIC = "public"
    INVITED = "invited"
    MEDIA = "media"
    CLOSED = "closed"

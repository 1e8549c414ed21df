"""Fixed choices of calendars."""

from enum import StrEnum


class Scope(StrEnum):
    """What a feed holds."""

    WEEK = "week"
    SESSION = "session"

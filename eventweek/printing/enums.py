"""Fixed choices of printing."""

from enum import StrEnum


class Paper(StrEnum):
    """What is printed: 活动手册, 门口单, 海报, 参会证明, 胸牌."""

    BOOK = "book"
    DOORS = "doors"
    POSTERS = "posters"
    PROOFS = "proofs"
    BADGES = "badges"


class Sheet(StrEnum):
    """The size of the paper, and how it is held."""

    A4 = "a4"
    A4_WIDE = "a4-wide"
    A3 = "a3"
    A2 = "a2"
    CARD = "card"
    LANYARD = "lanyard"
    A6 = "a6"
    A4_CARDS = "a4-cards"


class PrintState(StrEnum):
    """Where a print job stands; WAITING and RUNNING are the worker's to go on with."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Step(StrEnum):
    """What the worker is doing about a print job, in this order."""

    READING = "reading"
    DRAWING = "drawing"
    SETTING = "setting"
    KEEPING = "keeping"


class BadgeRole(StrEnum):
    """What a badge says that somebody is, the highest first."""

    SPEAKER = "speaker"
    MEDIA = "media"
    GUEST = "guest"
    VISITOR = "visitor"


OPEN = (PrintState.WAITING, PrintState.RUNNING)
PERSONAL = (Paper.PROOFS, Paper.BADGES)
"""Papers that name people: for those who may read registrations, and kept for a short time."""

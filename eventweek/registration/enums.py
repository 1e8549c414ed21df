"""Fixed choices of registration."""

from enum import StrEnum


class Mode(StrEnum):
    """How one gets into a session; data of the session and its offering."""

    OPEN = "open"
    APPROVAL = "approval"
    INVITE = "invite+quota"
    SPECTATOR = "spectator"
    TIMED = "timed_entry"
    MEDIA = "media"
    NONE = "none"


class PoolClass(StrEnum):
    """Whose seats a pool holds; `room` is the whole of the offering."""

    ROOM = "room"
    PUBLIC = "public"
    INVITED = "invited"
    MEDIA = "media"
    STANDBY = "standby"


class State(StrEnum):
    """Where a registration stands; rejected and cancelled are final."""

    APPLIED = "applied"
    RETURNED = "returned"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


LIVE = (State.APPLIED, State.RETURNED, State.WAITLISTED, State.OFFERED, State.CONFIRMED)
SELF_SERVICE = (Mode.OPEN, Mode.SPECTATOR, Mode.TIMED)


class EndReason(StrEnum):
    """Why a registration ended."""

    PERSON = "person"
    ORGANISER = "organiser"
    SESSION = "session"

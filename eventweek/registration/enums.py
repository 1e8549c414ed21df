"""Fixed choices of registration."""

from enum import StrEnum

from eventweek.programme.enums import RegistrationMode


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
SELF_SERVICE = (RegistrationMode.OPEN, RegistrationMode.SPECTATOR, RegistrationMode.TIMED_ENTRY)


class EndReason(StrEnum):
    """Why a registration ended."""

    PERSON = "person"
    ORGANISER = "organiser"
    SESSION = "session"


REASONS = (*EndReason, "", "seats", "promoted")
"""What a step's reason may be besides an organiser's own words."""

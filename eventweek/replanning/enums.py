"""Fixed choices of re-planning."""

from enum import StrEnum


class Choice(StrEnum):
    """What somebody wants who is affected by a release; all but OPEN are answers."""

    OPEN = "open"
    KEPT = "kept"
    CHANGED = "changed"
    CANCELLED = "cancelled"


class Shifting(StrEnum):
    """What a release does to a session for those who are registered for it."""

    MOVED = "moved"
    CANCELLED = "cancelled"
    RESTORED = "restored"


class RunState(StrEnum):
    """Where a run of the planner stands; WAITING and RUNNING are open, of a week one at most.

    STOPPED: somebody took what it had found by then. FAILED: it has no plan.
    """

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class RunMode(StrEnum):
    """What a run may move: everything that is not pinned, only what is not published, what cannot stay."""

    FULL = "full"
    FILL = "fill"
    REPAIR = "repair"


class Way(StrEnum):
    """A way out of an incident: near by on the same day, at the same time elsewhere, later; or what cannot be housed is
    called off."""

    NEAR = "near"
    ROOMS = "rooms"
    LATER = "later"
    CANCEL = "cancel"


SEARCHED = (Way.NEAR, Way.ROOMS, Way.LATER)
"""The ways for which the planner looks."""


class Settling(StrEnum):
    """What the organiser decides where a smaller room has not enough seats."""

    OVERBOOK = "overbook"
    REQUEUE = "requeue"


class Audience(StrEnum):
    """Who is told of a release by a message: people who registered, people of the sessions, who manages a scope."""

    ATTENDEES = "attendees"
    PEOPLE = "people"
    STAFF = "staff"


class News(StrEnum):
    """What a release says of a session to somebody who takes part in it or manages it."""

    NEW = "new"
    MOVED = "moved"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    ADDED = "added"
    REMOVED = "removed"
    PEOPLE = "people"

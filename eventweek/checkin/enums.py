"""Fixed choices of the door."""

from enum import StrEnum


class Profile(StrEnum):
    """What a door device may do: scan; also find people by name; also let in on yellow as the lead on duty."""

    SCAN = "scan"
    FIND = "find"
    LEAD = "lead"


class ScanKind(StrEnum):
    """What a scan says happened at the gate."""

    IN = "in"
    OUT = "out"
    ANNUL = "annul"
    WALK_IN = "walk-in"


class Colour(StrEnum):
    """The answer at the door: let in, ask the lead on duty, do not let in."""

    YES = "yes"
    ASK = "ask"
    NO = "no"


class Unknown(StrEnum):
    """What a gate answers an unknown code with: ask the lead on duty, or no."""

    ASK = "ask"
    NO = "no"


class Override(StrEnum):
    """Why the lead on duty let somebody in on yellow; a choice, so that no personal data enters the scan."""

    GUEST = "guest"
    SEATS = "seats"
    MISTAKE = "mistake"
    HELPER = "helper"
    RETURN = "return"


class Contact(StrEnum):
    """When a device was heard of last: within ten minutes, longer ago, never."""

    FRESH = "fresh"
    QUIET = "quiet"
    NEVER = "never"


class Fit(StrEnum):
    """How gates do in a quarter hour: enough, a queue in its busiest minutes, a queue that grows all along."""

    ENOUGH = "enough"
    TIGHT = "tight"
    SHORT = "short"

"""Fixed choices of plans and releases."""

from enum import StrEnum


class Action(StrEnum):
    """What a release does to a session; UNPLACED only warns: the public keeps what was published."""

    NEW = "new"
    CHANGED = "changed"
    MOVED = "moved"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    UNPLACED = "unplaced"


class Difference(StrEnum):
    """What of a session a release changes, as people ask for it; in the order in which they are told."""

    CANCELLED = "cancelled"
    TIME = "time"
    PLACE = "place"
    RESTORED = "restored"
    NEW = "new"
    PEOPLE = "people"
    TEXTS = "texts"
    UNPLACED = "unplaced"


class Obstacle(StrEnum):
    """Why a session cannot be published again as it once was: what has been taken back since."""

    ARCHIVED = "archived"
    CANCELLED = "cancelled"
    ROOM = "room"
    PERSON = "person"
    CONSENT = "consent"
    FILE = "file"


class Level(StrEnum):
    """What a breach of a rule means in a week, the strictest first.

    BLOCK refuses the edit, BLOCK_RELEASE lets it be made and stops the release, WARN is shown, IGNORE is not looked at.
    """

    BLOCK = "block"
    BLOCK_RELEASE = "block_release"
    WARN = "warn"
    IGNORE = "ignore"

    @property
    def stops(self) -> bool:
        """Say whether nothing that breaks such a rule is published."""
        return self in (Level.BLOCK, Level.BLOCK_RELEASE)


class Preset(StrEnum):
    """The weights that a week starts from."""

    STEADY = "steady"
    COMPACT = "compact"
    REPAIR = "repair"


class Group(StrEnum):
    """What a rule is about: what must hold, what the public knows already, what is wished for."""

    MUST = "must"
    PUBLISHED = "published"
    WISH = "wish"

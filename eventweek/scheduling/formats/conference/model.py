"""What both formats say of a conference: plain values, as the file has them (pure)."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Link:
    """An address with its title; `type` is that of an attachment, such as `slides`."""

    href: str
    title: str
    type: str = ""


@dataclass(frozen=True)
class Speaker:
    """A person of an event; `key` identifies it in the source."""

    key: str
    name: str
    biography: str = ""


@dataclass(frozen=True)
class Event:
    """One entry. `start` is aware where the source gives an offset; a text that is no time or length stays as it is.

    `place` says where in the file it stands.
    """

    key: str
    place: str
    start: datetime | str
    minutes: int | str
    room: str
    guid: str = ""
    slug: str = ""
    url: str = ""
    title: str = ""
    subtitle: str = ""
    track: str = ""
    type: str = ""
    language: str = ""
    abstract: str = ""
    description: str = ""
    persons: tuple[Speaker, ...] = ()
    links: tuple[Link, ...] = ()
    attachments: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Hall:
    """A room; `capacity` None where the source does not say it."""

    name: str
    capacity: int | None = None


@dataclass(frozen=True)
class Conference:
    """A whole schedule. Days are ISO texts; `slot` is the grid in minutes (0: not said); `zone` an IANA name or empty.

    `unread` counts by name what the file holds and we do not keep.
    """

    title: str = ""
    acronym: str = ""
    venue: str = ""
    city: str = ""
    zone: str = ""
    first_day: str = ""
    last_day: str = ""
    slot: int = 0
    url: str = ""
    version: str = ""
    halls: tuple[Hall, ...] = ()
    events: tuple[Event, ...] = ()
    unread: dict[str, int] = field(default_factory=dict)

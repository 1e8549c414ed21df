"""The problem as people and files write it: plain, frozen records, read from JSON with every field checked.

Times are integer minutes from the first midnight of the event (local wall time of its zone); durations are minutes.
"""

from typing import Any, Literal, TypeVar

import msgspec

from eventweek.planner.reading import Fault, faults_of

FORMAT = "eventweek-planner/1"
MINUTES_A_DAY = 24 * 60

Level = Literal["hard", "medium", "soft", "ignore"]
Mode = Literal["full", "fill", "repair"]
Window = tuple[int, int]
"""From and until, minutes; until is not part of it."""
Shape = TypeVar("Shape", bound=msgspec.Struct)


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every record of the format is: named fields, none unknown."""


class Named(Record, frozen=True, kw_only=True):
    """A thing that sentences call by its name; `name_en`: by which English ones call it, where it has one."""

    id: str
    name: str = ""
    name_en: str = ""

    @property
    def called(self) -> Fault:
        """Return how Chinese and English sentences call it."""
        return self.name or self.id, self.name_en or self.name or self.id


class Event(Record, frozen=True, kw_only=True):
    """The days that are planned. `grid_min`: starts are multiples of it, counted from midnight."""

    id: str = "event"
    start: str
    days: int
    tz: str = "Asia/Shanghai"
    grid_min: int = 15
    day_start: int = 8 * 60
    day_end: int = 21 * 60
    lunch: Window | None = None


class City(Named, frozen=True, kw_only=True):
    """A city; sessions of a plenary's city make way for it."""


class Venue(Named, frozen=True, kw_only=True):
    """A place with rooms. Without a city it is on-line: nobody travels to it."""

    city: str | None = None


class Journey(Record, frozen=True, kw_only=True):
    """Minutes between two cities or two venues, both ways."""

    between: tuple[str, str]
    minutes: int


class Travel(Record, frozen=True, kw_only=True):
    """How long people need from room to room; a journey of two venues beats one of their cities."""

    same_room: int = 0
    same_venue: int = 0
    same_city: int = 0
    elsewhere: int = 0
    journeys: list[Journey] = []


class Room(Named, frozen=True, kw_only=True):
    """A room. `open`: windows in which sessions may stand, None for always; `buffer`: its own changeover."""

    venue: str
    type: str = ""
    capacity: int
    features: list[str] = []
    open: list[Window] | None = None
    buffer: int = 0


class Pool(Named, frozen=True, kw_only=True):
    """Things that are carried to sessions, so many at once: portable equipment, teams of interpreters."""

    quantity: int


class Wish(Record, frozen=True, kw_only=True):
    """Times and rooms that somebody would like, or would rather not have; an empty list wishes nothing."""

    windows: list[Window] = []
    rooms: list[str] = []


class Person(Named, frozen=True, kw_only=True):
    """Who takes part. `windows`: when they can be there, None for always; `daily_limit`: sessions a day.

    `home`: the venue or the city where they need not travel to.
    """

    windows: list[Window] | None = None
    home: str | None = None
    daily_limit: int | None = None
    tags: list[str] = []
    prefers: Wish | None = None
    avoids: Wish | None = None


class Kind(Named, frozen=True, kw_only=True):
    """What sessions of a kind have in common. `hours`: minutes of the day; `changeover`: between two of a room."""

    duration: int = 60
    hours: Window | None = None
    room_types: list[str] | None = None
    setup: int = 0
    teardown: int = 0
    changeover: int = 0
    max_parallel: int | None = None
    may_span_lunch: bool = False
    open_during_plenary: bool = False


class Part(Record, frozen=True, kw_only=True):
    """A person's part in a session."""

    id: str
    role: str = ""
    required: bool = True


class Tags(Record, frozen=True, kw_only=True):
    """What a session is about and for."""

    theme: list[str] = []
    sector: list[str] = []
    content: list[str] = []
    audience: list[str] = []


class Series(Record, frozen=True, kw_only=True):
    """The session's place in a series; `strict`: consecutive days, one room, one time of day.

    `days`: on how many days at least one that is not strict had better stand.
    """

    id: str
    index: int
    strict: bool = True
    days: int | None = None


class Pin(Record, frozen=True, kw_only=True):
    """Where it must stay: a start, a room, or both."""

    start: int | None = None
    room: str | None = None


class Published(Record, frozen=True, kw_only=True):
    """Where the public knows it to be, and how many would have to be told."""

    start: int
    room: str
    told: bool = False


class Session(Named, frozen=True, kw_only=True):
    """One session. `rooms` and `windows`: where and when at most; `expected`: people in the room.

    `level`: how hard it is, from 1, 0 where that is not known; `streamed`: it can be seen from elsewhere.
    """

    kind: str
    duration: int | None = None
    people: list[Part] = []
    tags: Tags = Tags()
    track: str = ""
    level: int = 0
    language: str = ""
    expected: int = 0
    registered: int = 0
    priority: int = 3
    features: list[str] = []
    pools: dict[str, int] = {}
    rooms: list[str] | None = None
    windows: list[Window] | None = None
    starts: list[int] | None = None
    series: Series | None = None
    pin: Pin | None = None
    published: Published | None = None
    tentative: bool = False
    locked: bool = False
    plenary: Literal["city", "week"] | None = None
    follows: str | None = None
    team: str | None = None
    streamed: bool = False
    prefers: Wish | None = None
    avoids: Wish | None = None


RelationType = Literal[
    "before",
    "not_parallel",
    "same_room",
    "same_day",
    "different_day",
    "consecutive_days",
    "adjacent",
    "same_start",
]


class Relation(Record, frozen=True, kw_only=True):
    """What holds between sessions; `before` takes two in order, with at least and at most so many minutes between.

    `level`: how much it matters, None for as much as its rule.
    """

    type: RelationType
    sessions: list[str]
    min_lag: int = 0
    max_lag: int | None = None
    level: Level | None = None


class Common(Record, frozen=True, kw_only=True):
    """How many people are known to want both of two sessions, by registrations and favourites."""

    sessions: tuple[str, str]
    people: int


class Setting(Record, frozen=True, kw_only=True):
    """How a rule is meant this week: its level, what one unit of it costs, and the number that it allows."""

    level: Level | None = None
    weight: int | None = None
    limit: int | None = None


class Limits(Record, frozen=True, kw_only=True):
    """When the search stops, and where chance begins."""

    seconds: float | None = None
    iterations: int | None = None
    seed: int = 0


class Problem(Record, frozen=True, kw_only=True, tag_field="format", tag=FORMAT):
    """What is to be planned. A file names its format beside these fields."""

    event: Event
    cities: list[City] = []
    venues: list[Venue] = []
    travel: Travel = Travel()
    rooms: list[Room]
    pools: list[Pool] = []
    people: list[Person] = []
    kinds: list[Kind]
    sessions: list[Session]
    relations: list[Relation] = []
    common: list[Common] = []
    preset: Literal["steady", "compact", "repair"] = "steady"
    weights: dict[str, Setting] = {}
    mode: Mode = "full"
    limits: Limits = Limits()


class Placement(Record, frozen=True, kw_only=True):
    """Where a session stands."""

    session: str
    room: str
    start: int


class BadProblem(Exception):
    """The problem cannot be planned as it is written; `faults` has a sentence for each thing, Chinese and English."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(english for _, english in faults))
        self.faults = faults


def decode(data: bytes | str) -> Problem:
    """Read a problem from JSON; raise `BadProblem` with where it is wrong."""
    return read(data, Problem)


def read(data: bytes | str, shape: type[Shape]) -> Shape:
    """Read a file of the planner from JSON; raise `BadProblem` with every place where it is not of that shape."""
    try:
        return msgspec.json.decode(data, type=shape)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadProblem(faults_of(data, shape, error)) from error


def encode(record: Any) -> bytes:
    """Write a record as JSON, always the same bytes for the same values."""
    return msgspec.json.format(msgspec.json.encode(record, order="deterministic"), indent=1)

"""The witness of a generated week: a plan drawn at random, and the week that allows it.

Sessions have their places first; then people come who can be there and get from one to the other; last, what each
session wants is drawn from its place.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import islice

from benchmarks.planning import BadInput
from benchmarks.week_draft import CAMP, GRID, KINDS, Draft, Sizes
from eventweek.planner.problem import (
    MINUTES_A_DAY,
    City,
    Event,
    Journey,
    Kind,
    Part,
    Person,
    Pin,
    Placement,
    Pool,
    Problem,
    Relation,
    Room,
    Series,
    Session,
    Tags,
    Travel,
    Venue,
    Window,
)
from eventweek.planner.week import Week

CITIES = ("长春", "吉林", "四平", "辽源", "通化", "白山", "松原", "白城", "延边")
FEATURES = ("projector", "stage", "interpretation", "stream", "tables", "workshop", "booths")
CAPACITIES = (30, 50, 80, 120, 200, 300, 500, 1000)
A_DAY = 4
"""Sessions of a person on one day."""
PRECEDENCE, PINNED, SHORT, FEW_ROOMS = 0.10, 0.15, 0.20, 0.30


@dataclass
class Witness:
    """A problem, and a plan of it that breaks no hard rule."""

    problem: Problem
    placements: list[Placement]


def draw(sizes: Sizes) -> Witness:
    """Draw a week; raise `BadInput` where the numbers do not go together."""
    if min(sizes.sessions, sizes.rooms, sizes.people, sizes.days) < 1 or not 0 < sizes.use <= 1:
        raise BadInput("sessions, rooms, people and days are at least 1, use is above 0 and at most 1")
    draft = Draft(sizes)
    draft.open_rooms()
    draft.pack()
    place = _place(draft)
    people = _people(draft, Week(place))
    sessions = _sessions(draft, place)
    problem = Problem(
        event=place.event,
        cities=place.cities,
        venues=place.venues,
        travel=place.travel,
        rooms=place.rooms,
        pools=[Pool(id="interpreters", name="同声传译", quantity=_peak(draft, sessions))],
        people=people,
        kinds=place.kinds,
        sessions=sessions,
        relations=_relations(draft),
    )
    placements = [
        Placement(session=session.id, room=place.rooms[draft.room[s]].id, start=draft.start[s])
        for s, session in enumerate(sessions)
    ]
    return Witness(problem, placements)


def _place(draft: Draft) -> Problem:
    """Return the problem without people and sessions: cities, venues, rooms with their hours, kinds."""
    sizes, chance = draft.sizes, draft.chance
    count = -(-sizes.rooms // 4)
    city_of = [n if n < len(CITIES) else n % 2 * (n % len(CITIES)) for n in range(count)]
    hours: dict[int, list[Window]] = defaultdict(list)
    for half in draft.halves:
        hours[half.room].append(half.window)
    rooms = [
        Room(
            id=f"room-{n + 1:03}",
            venue=f"venue-{n % count + 1:02}",
            capacity=chance.choice(CAPACITIES),
            features=sorted(chance.sample(FEATURES, chance.randint(1, 5))),
            open=sorted(hours[n]),
            buffer=chance.choice((0, 0, 15)),
        )
        for n in range(sizes.rooms)
    ]
    cities = [f"city-{n + 1}" for n in range(len(CITIES))]
    ways = [
        Journey(between=(cities[i], cities[k]), minutes=60 + 30 * (k - i)) for i in range(9) for k in range(i + 1, 9)
    ]
    return Problem(
        event=Event(start="2026-10-15", days=sizes.days, grid_min=GRID, day_start=480, day_end=1320, lunch=(720, 780)),
        cities=[City(id=id, name=name) for id, name in zip(cities, CITIES, strict=True)],
        venues=[Venue(id=f"venue-{n + 1:02}", city=cities[city]) for n, city in enumerate(city_of)],
        travel=Travel(same_venue=10, same_city=45, journeys=ways),
        rooms=rooms,
        kinds=_kinds(draft),
        sessions=[],
    )


def _kinds(draft: Draft) -> list[Kind]:
    found = []
    for name, changeover in [*((name, gap) for name, (_, gap, _) in KINDS.items()), ("camp", CAMP[1])]:
        own = [s for s, kind in enumerate(draft.kinds) if kind == name]
        begin = min((draft.start[s] % MINUTES_A_DAY for s in own), default=480)
        end = max((draft.end(s) % MINUTES_A_DAY for s in own), default=1320)
        found.append(Kind(id=name, duration=draft.minutes[name], changeover=changeover, hours=(begin, end)))
    return found


def _people(draft: Draft, week: Week) -> list[Person]:
    """Give each session two to four people who are there and have time for the way; return the people."""
    sizes, chance = draft.sizes, draft.chance
    short = set(chance.sample(range(sizes.people), round(SHORT * sizes.people)))
    days = [_days_of(draft, p in short) for p in range(sizes.people)]
    home = [chance.randrange(len(week.problem.venues)) for _ in range(sizes.people)]
    local: dict[int, list[int]] = defaultdict(list)
    for p, venue in enumerate(home):
        local[venue].append(p)
    of: list[list[int]] = [[] for _ in range(sizes.people)]

    def load(p: int) -> int:
        return len(of[p])

    travel = week.travel.tolist()
    order = list(range(sizes.sessions))
    chance.shuffle(order)
    for s in order:
        venue = int(week.venue_numbers[draft.room[s]])
        some = chance.sample(range(sizes.people), min(sizes.people, 60))
        ranked = dict.fromkeys([*sorted(local[venue], key=load), *sorted(some, key=load), *range(sizes.people)])
        able = (p for p in ranked if _can(draft, travel, of[p], days[p], s))
        found = [p for p in islice(able, chance.randint(2, 4))]
        if len(found) < 2:
            raise BadInput("there are too few people for two in each session; give more people")
        draft.people[s] = found
        for p in found:
            of[p].append(s)
    return [
        Person(
            id=f"person-{p + 1:04}",
            windows=None if len(days[p]) == sizes.days and p not in short else [_day(day) for day in sorted(days[p])],
            home=week.problem.venues[home[p]].id,
            daily_limit=A_DAY,
        )
        for p in range(sizes.people)
    ]


def _days_of(draft: Draft, short: bool) -> set[int]:
    """Return the days on which a person is there: one or two, or most."""
    every = range(draft.sizes.days)
    if short:
        first, length = draft.chance.choice(every), draft.chance.randint(1, 2)
        return {day for day in every if first <= day < first + length}
    away = draft.chance.choice(every) if draft.chance.random() < 0.3 and len(every) > 3 else None
    return {day for day in every if day != away}


def _day(day: int) -> Window:
    return day * MINUTES_A_DAY + 480, day * MINUTES_A_DAY + 1320


def _can(draft: Draft, travel: list[list[int]], busy: list[int], days: set[int], s: int) -> bool:
    day = draft.start[s] // MINUTES_A_DAY
    if day not in days or sum(draft.start[b] // MINUTES_A_DAY == day for b in busy) >= A_DAY:
        return False
    return all(
        max(draft.start[s] - draft.end(b), draft.start[b] - draft.end(s)) >= travel[draft.room[s]][draft.room[b]]
        for b in busy
    )


def _sessions(draft: Draft, place: Problem) -> list[Session]:
    """Return the sessions, each with wishes that its place in the witness meets."""
    count, chance = draft.sizes.sessions, draft.chance
    few = _choosy(draft)
    free = range(sum(draft.series), count)
    pinned = set(chance.sample(free, min(len(free), round(PINNED * count))))
    series = [(n, index) for n, length in enumerate(draft.series) for index in range(length)]
    found = []
    for s in range(count):
        room = place.rooms[draft.room[s]]
        member = s < len(series)
        if not member or series[s][1] == 0:  # a series wants the same each day
            expected, features, rooms = _wishes(draft, place, room, s in few)
        found.append(
            Session(
                id=f"session-{s + 1:04}",
                kind=draft.kinds[s],
                people=[Part(id=f"person-{p + 1:04}", role="speaker") for p in sorted(draft.people[s])],
                tags=_tags(draft, s),
                expected=expected,
                registered=int(expected * chance.uniform(0, 0.9)),
                priority=chance.randint(1, 5),
                features=features,
                pools={"interpreters": 1} if not member and chance.random() < 0.1 else {},
                rooms=rooms,
                windows=None if member else _windows(draft, s),
                series=Series(id=f"series-{series[s][0] + 1:03}", index=series[s][1]) if member else None,
                pin=_pin(draft, s, room) if s in pinned else None,
            )
        )
    return found


def _choosy(draft: Draft) -> set[int]:
    """Return the half of the sessions that has few rooms to choose from; a series has them as one."""
    units, at = list[range](), 0
    for length in [*draft.series, *[1] * (draft.sizes.sessions - sum(draft.series))]:
        units.append(range(at, at + length))
        at += length
    draft.chance.shuffle(units)
    found: set[int] = set()
    for unit in units:
        if len(found) + len(unit) <= draft.sizes.sessions // 2:
            found.update(unit)
    return found


def _wishes(draft: Draft, place: Problem, room: Room, few: bool) -> tuple[int, list[str], list[str] | None]:
    """Return expected audience, features and a list of rooms that leave few rooms, or more than few."""
    chance = draft.chance
    most = int(FEW_ROOMS * len(place.rooms))
    if not few:
        ordered = sorted((other.capacity for other in place.rooms), reverse=True)
        return int(min(room.capacity, ordered[min(most, len(ordered) - 1)]) * chance.uniform(0.5, 1.0)), [], None
    expected, features = int(room.capacity * chance.uniform(0.8, 1.0)), list[str]()
    for feature in ["", *chance.sample(room.features, len(room.features))]:
        features = sorted({*features, feature} - {""})
        fitting = [r for r in place.rooms if suits(r, expected, features)]
        if len(fitting) <= most:
            return expected, features, None
    near = [r.id for r in fitting if r.venue == room.venue and r.id != room.id]
    return expected, features, sorted([room.id, *near[: max(0, most - 1)]])


def suits(room: Room, expected: int, features: list[str]) -> bool:
    """Tell whether a room holds so many and has what is needed."""
    return room.capacity >= expected and set(features) <= set(room.features)


def _tags(draft: Draft, s: int) -> Tags:
    theme = f"theme-{draft.chance.randrange(draft.sizes.sessions // 12 + 1) + 1}"
    sector = [f"sector-{draft.chance.randrange(6) + 1}"] if draft.kinds[s] == "roadshow" else []
    return Tags(theme=[theme], sector=sector)


def _windows(draft: Draft, s: int) -> list[Window] | None:
    """Return for one in five sessions the days on which it may stand, its own among them."""
    if draft.chance.random() >= 0.2:
        return None
    every = range(draft.sizes.days)
    days = {draft.start[s] // MINUTES_A_DAY, *draft.chance.sample(every, min(2, len(every)))}
    return [_day(day) for day in sorted(days)]


def _pin(draft: Draft, s: int, room: Room) -> Pin:
    which = draft.chance.randrange(3)
    return Pin(start=None if which == 1 else draft.start[s], room=None if which == 0 else room.id)


def _relations(draft: Draft) -> list[Relation]:
    """Return an order that holds in the witness, for one session in ten; some must follow within a day."""
    count, chance = draft.sizes.sessions, draft.chance
    wanted, found = round(PRECEDENCE * count), list[Relation]()
    order = sorted(range(count), key=lambda s: (draft.start[s], s))
    for b in chance.sample(range(count), count):
        earlier = [a for a in order if draft.end(a) <= draft.start[b]]
        if len(found) == wanted:
            break
        if earlier:
            a = chance.choice(earlier)
            lag = draft.start[b] - draft.end(a)
            latest = -(-lag // MINUTES_A_DAY) * MINUTES_A_DAY if chance.random() < 0.2 else None
            pair = [f"session-{s + 1:04}" for s in (a, b)]
            found.append(Relation(type="before", sessions=pair, min_lag=min(60, lag), max_lag=latest))
    return found


def _peak(draft: Draft, sessions: list[Session]) -> int:
    """Return how many interpreters the witness has at work at once, at least one."""
    users = [s for s, session in enumerate(sessions) if session.pools]
    return max([1, *(sum(draft.start[a] <= draft.start[s] < draft.end(a) for a in users) for s in users)])

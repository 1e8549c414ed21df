"""Small random problems with a bit of everything, and the answer to one question by trying every placement."""

from hypothesis import strategies as st

from eventweek.planner import moves
from eventweek.planner.matches import Stand
from eventweek.planner.model import empty
from eventweek.planner.problem import (
    City,
    Event,
    Journey,
    Kind,
    Part,
    Person,
    Pin,
    Pool,
    Problem,
    Relation,
    Room,
    Series,
    Session,
    Setting,
    Travel,
    Venue,
)
from eventweek.planner.tables import CHOICES, END, OPTIONS, START

HOUR, DAY = 60, 24 * 60
OPENS, CLOSES = 9 * HOUR, 14 * HOUR
RELATIONS = (
    "before",
    "not_parallel",
    "same_room",
    "same_day",
    "different_day",
    "consecutive_days",
    "adjacent",
    "same_start",
)


def _maybe(strategy):
    return st.one_of(st.none(), strategy)


@st.composite
def _windows(draw, days):
    found = []
    for day in draw(st.sets(st.integers(0, days - 1), min_size=1)):
        begin = draw(st.integers(9, 12))
        found.append((day * DAY + begin * HOUR, day * DAY + draw(st.integers(begin + 1, 14)) * HOUR))
    return sorted(found)


@st.composite
def _rooms(draw, days, number):
    return [
        Room(
            id=f"r{k}",
            venue=draw(st.sampled_from(["east", "west", "net"])),
            type=draw(st.sampled_from(["hall", ""])),
            capacity=draw(st.sampled_from([20, 50])),
            features=draw(st.sampled_from([[], ["stage"]])),
            open=draw(_maybe(_windows(days))),
            buffer=draw(st.sampled_from([0, 0, HOUR])),
        )
        for k in range(number)
    ]


@st.composite
def _session(draw, number, days, rooms):
    start = st.builds(lambda day, hour: day * DAY + hour * HOUR, st.integers(0, days - 1), st.integers(9, 13))
    pin = st.builds(Pin, start=_maybe(start), room=_maybe(st.sampled_from([room.id for room in rooms])))
    return Session(
        id=f"s{number}",
        kind=draw(st.sampled_from(["talk", "talk", "show"])),
        duration=draw(st.sampled_from([HOUR, 2 * HOUR, 3 * HOUR])),
        people=[Part(id=name) for name in sorted(draw(st.sets(st.sampled_from(["p", "q"]))))],
        expected=draw(st.sampled_from([10, 30])),
        features=draw(st.sampled_from([[], [], ["stage"]])),
        pools=draw(st.sampled_from([{}, {}, {"kit": 1}])),
        windows=draw(_maybe(_windows(days))),
        priority=draw(st.integers(1, 5)),
        pin=draw(_maybe(pin)) if draw(st.booleans()) else None,
        plenary=draw(st.sampled_from([None, None, None, "city", "week"])),
        team=draw(st.sampled_from([None, None, "team"])),
        series=draw(st.sampled_from([None, None, Series(id="camp", index=number, strict=number % 2 == 0)])),
    )


@st.composite
def problems(draw, most=6):
    """Return a problem of four sessions and more, in two or three rooms, on one or two days."""
    days = draw(st.integers(1, 2))
    rooms = draw(_rooms(days, draw(st.integers(2, 3))))
    sessions = [draw(_session(k, days, rooms)) for k in range(draw(st.integers(4, most)))]
    two = st.lists(st.sampled_from([one.id for one in sessions]), min_size=2, max_size=2, unique=True)
    relation = st.builds(
        Relation, type=st.sampled_from(RELATIONS), sessions=two, max_lag=st.sampled_from([None, None, HOUR])
    )
    limit = draw(st.sampled_from([None, 1, 2]))
    return Problem(
        event=Event(start="2026-10-15", days=days, grid_min=HOUR, day_start=OPENS, day_end=CLOSES),
        cities=[City(id="c"), City(id="d")],
        venues=[Venue(id="east", city="c"), Venue(id="west", city="d"), Venue(id="net")],
        travel=Travel(same_venue=0, elsewhere=HOUR, journeys=[Journey(between=("east", "west"), minutes=2 * HOUR)]),
        rooms=rooms,
        pools=[Pool(id="kit", quantity=draw(st.integers(0, 1)))],
        people=[Person(id="p", daily_limit=limit), Person(id="q", windows=draw(_maybe(_windows(days))))],
        kinds=[
            Kind(id="talk", changeover=draw(st.sampled_from([0, 30]))),
            Kind(id="show", setup=30, teardown=60, max_parallel=1, room_types=draw(_maybe(st.just(["hall"])))),
        ],
        sessions=sessions,
        relations=draw(st.lists(relation, max_size=3)),
        weights={"presence": Setting(level=draw(st.sampled_from(["soft", "hard"])))},
    )


def can_place(model, sessions):
    """Try every placement of sessions, and tell whether one breaks no hard rule."""
    m, x = model.tables, empty(model, 0)

    def places(s):
        for o in range(m.sessions[s, OPTIONS], m.sessions[s + 1, OPTIONS]):
            for k in range(m.sessions[s, CHOICES], m.sessions[s + 1, CHOICES]):
                yield o, m.choices[k]

    def extend(rest):
        if not rest:
            return True
        for o, r in places(rest[0]):
            moves.toggle(m, x, rest[0], o, r)
            found = x.score[0] == 0 and extend(rest[1:])
            moves.toggle(m, x, rest[0], o, r)
            if found:
                return True
        return False

    return extend(list(sessions))


def greedy(model):
    """Return a plan that takes the first free place for each session, and leaves out whoever has none."""
    m, x, plan = model.tables, empty(model, 0), {}
    for s in range(model.size):
        for o in range(m.sessions[s, OPTIONS], m.sessions[s + 1, OPTIONS]):
            for k in range(m.sessions[s, CHOICES], m.sessions[s + 1, CHOICES]):
                if s in plan:
                    continue
                r = int(m.choices[k])
                moves.toggle(m, x, s, o, r)
                if x.score[0] == 0:
                    plan[s] = Stand(int(m.options[o, START]), int(m.options[o, END]), r)
                else:
                    moves.toggle(m, x, s, o, r)
    return plan

"""A published week is repaired with as few moves as it takes."""

import msgspec
import numpy as np
import pytest

from eventweek.planner.model import build
from eventweek.planner.moves import option_of
from eventweek.planner.problem import Event, Kind, Limits, Part, Person, Pin, Problem, Published, Room, Session, Venue
from eventweek.planner.search.chain import Chain
from eventweek.planner.search.repair import rank, repair
from eventweek.planner.search.solve import solve

NINE, HOUR, DAY = 9 * 60, 60, 1440
LIMITS = Limits(iterations=20_000, seed=3)


def _week(sessions, closed=(), **more):
    """Four rooms of two venues on two days, open from nine to noon; `closed`: closed on the first day."""
    days = {name: [(n * DAY + NINE, n * DAY + NINE + 3 * HOUR) for n in range(2)] for name in "abcd"}
    rooms = [
        Room(id=name, venue="one" if name in "ab" else "two", capacity=500, open=own[1:] if name in closed else own)
        for name, own in days.items()
    ]
    return Problem(
        event=Event(start="2026-10-15", days=2, grid_min=30),
        venues=[Venue(id="one"), Venue(id="two")],
        rooms=rooms,
        kinds=[Kind(id="k", duration=HOUR)],
        sessions=sessions,
        **more,
    )


def _published(name, room, start, **more):
    return Session(id=name, kind="k", published=Published(start=start, room=room), **more)


def _moved(problem, solution):
    rooms = [room.id for room in problem.rooms]
    return {
        session.id: (rooms[stand.room], stand.start)
        for s, session in enumerate(problem.sessions)
        if (stand := solution.plan[s])
        and (rooms[stand.room], stand.start) != (session.published.room, session.published.start)
    }


def _full(room, day=0):
    return [_published(f"{room}{n}", room, day * DAY + NINE + n * HOUR) for n in range(3)]


def test_nothing_moves_where_nothing_is_wrong():
    problem = _week([*_full("a"), *_full("b")])
    solution = repair(build(problem), LIMITS)
    assert solution.score[:2] == (0, 0) and _moved(problem, solution) == {}


def test_who_stood_in_a_closed_room_goes_to_the_next_at_the_same_time():
    problem = _week([*_full("a"), *_full("c")], closed="a")
    solution = repair(build(problem), LIMITS)
    assert _moved(problem, solution) == {f"a{n}": ("b", NINE + n * HOUR) for n in range(3)}


def test_whoever_has_registrations_stays():
    one = _published("many", "a", NINE, registered=300)
    two = _published("few", "a", NINE, registered=2)
    problem = _week([two, one])
    assert list(_moved(problem, repair(build(problem), LIMITS))) == ["few"]


def test_others_make_way_only_where_nothing_is_free():
    pinned = Session(id="vip", kind="k", pin=Pin(start=NINE, room="a"), published=Published(start=NINE, room="b"))
    problem = _week([pinned, *_full("a"), *_full("b")[1:], *_full("c"), *_full("d")])
    solution = repair(build(problem), LIMITS)
    moved = _moved(problem, solution)
    assert moved == {"vip": ("a", NINE), "a0": ("b", NINE)} and solution.score[0] == 0


def _ranked(problem, places):
    """Return how good a plan of a published week is: for each session its room and start."""
    chain = Chain.start(build(problem), 1)
    week, options = chain.model.week, chain.model.tables

    def stand(s, room, start):
        return option_of(options, s, start), week.room_of[room]

    home = [stand(s, own.published.room, own.published.start) for s, own in enumerate(problem.sessions)]
    for s, (room, start) in enumerate(places):
        chain.put(s, *stand(s, room, start))
    chain.keep()
    return rank(chain, np.array(home))


def test_one_move_is_better_than_two_of_which_fewer_people_are_told():
    problem = _week([_published("many", "a", NINE, registered=300), _published("none", "b", NINE)], closed="a")
    one = _ranked(problem, [("c", NINE + DAY), ("b", NINE)])
    two = _ranked(problem, [("b", NINE), ("b", NINE + HOUR)])
    assert one < two and one[3] > two[3]


def test_a_locked_session_stays_and_others_move():
    locked = _published("permit", "a", NINE, locked=True)
    guest = _published("guest", "a", NINE, registered=400)
    problem = _week([guest, locked])
    assert list(_moved(problem, repair(build(problem), LIMITS))) == ["guest"]


def test_what_cannot_be_placed_is_left_out_and_nothing_else_changes():
    lost = _published("lost", "a", NINE, rooms=["a"])
    problem = _week([lost, *_full("b")], closed="a")
    problem = msgspec.structs.replace(
        problem, sessions=[msgspec.structs.replace(lost, windows=[(0, DAY)]), *problem.sessions[1:]]
    )
    solution = repair(build(problem), LIMITS)
    assert 0 not in solution.plan and len(solution.plan) == 3


@pytest.mark.parametrize("search", [solve, repair])
def test_the_same_seed_gives_the_same_plan(search):
    people = [Person(id=f"p{n}", daily_limit=2) for n in range(4)]
    sessions = [
        _published(
            f"s{n}", "abcd"[n % 4], NINE + n // 4 * HOUR, people=[Part(id=f"p{n % 4}"), Part(id=f"p{(n + 1) % 4}")]
        )
        for n in range(12)
    ]
    problem = _week(sessions, people=people)
    first, second = (search(build(problem), LIMITS) for _ in range(2))
    assert first == second and first.score[0] == 0 and first.iterations > 0

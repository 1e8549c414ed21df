"""What is said of a place is what a score from nothing says."""

import re
from collections import Counter

import msgspec
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from eventweek.planner.board import Board
from eventweek.planner.bounds import why_not_there
from eventweek.planner.culprits import culprits
from eventweek.planner.explain import tell, where_else, why, why_not
from eventweek.planner.matches import Stand, find, total
from eventweek.planner.model import build
from eventweek.planner.precheck import precheck
from eventweek.planner.problem import Event, Kind, Pin, Problem, Room, Series, Session, Venue
from eventweek.planner.solution import reasons
from tests.conftest import scaled
from tests.planner.small import DAY, HOUR, greedy, problems

SLOW = settings(max_examples=scaled(80), deadline=None, suppress_health_check=list(HealthCheck))


CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


def bilingual(problem):
    """Give everything that has a name a Chinese one, and an English one too."""
    named = {}
    for table in ("cities", "venues", "rooms", "pools", "people", "kinds", "sessions"):
        named[table] = [
            replace(one, name=f"第{one.id}号", name_en=f"Number {one.id}") for one in getattr(problem, table)
        ]
    return replace(problem, **named)


def sentences(problem):
    """Yield all that is said of a problem and of plans for it, Chinese and English."""
    model = build(problem)
    for finding in precheck(model):
        yield from (finding.sentence, finding.relaxation)
    plan = greedy(model)
    board = Board(model, plan)
    for told in tell(model, find(model.terms, model.tables, plan)):
        yield told.sentence
    for s in range(model.size):
        yield from ((reason.sentence_zh, reason.sentence_en) for reason in reasons(model, s))
        for start in (-DAY, 9 * HOUR, 9 * HOUR + 5, 13 * HOUR):
            for room in range(len(problem.rooms)):
                if start < 0:
                    yield from why_not_there(model.week, s, start, problem.rooms[room].id)
                    continue
                verdict = why_not(board, s, start, room)
                yield from (*(told.sentence for told in (*verdict.broken, *verdict.mended)), *verdict.forbidden)
    for one in culprits(model, plan, 0.2):
        yield from filter(None, (one.sentence, one.relaxation))


@settings(SLOW, max_examples=scaled(20))
@given(problems(most=4))
def test_english_sentences_speak_english_where_every_name_has_it(problem):
    both = bilingual(problem)
    for zh, en in sentences(both):
        assert not CHINESE.search(en), en
        assert "Number" not in zh, zh


def test_what_has_no_english_name_is_called_by_its_own():
    room = Room(id="hall", name="主会堂", name_en="Main hall", venue="hub", capacity=10)
    only = Session(id="s1", name="启动仪式", kind="talk", expected=50)
    both = Session(id="s2", name="光电论坛", name_en="Photonics forum", kind="talk", expected=50)
    problem = Problem(
        event=Event(start="2027-04-12", days=1),
        venues=[Venue(id="hub", name="双创中心")],
        rooms=[room],
        kinds=[Kind(id="talk", name="讲座")],
        sessions=[only, both],
    )
    board = Board(build(problem), {})
    first, second = ([t.sentence for t in why_not(board, s, 9 * HOUR, 0).broken] for s in (0, 1))
    assert (
        "场地“主会堂”容不下“启动仪式”的预计人数。",
        "“Main hall” does not hold the audience expected at “启动仪式”.",
    ) in first
    assert (
        "场地“主会堂”容不下“光电论坛”的预计人数。",
        "“Main hall” does not hold the audience expected at “Photonics forum”.",
    ) in second


def _score(model, plan):
    return total(list(find(model.terms, model.tables, plan)))


def _difference(model, plan, moved):
    return tuple(
        after - before for before, after in zip(_score(model, plan), _score(model, {**plan, **moved}), strict=True)
    )


def _sum(verdict):
    score = [0, 0, 0]
    for sign, told in [(1, one) for one in verdict.broken] + [(-1, one) for one in verdict.mended]:
        score[told.match.level] += sign * told.match.cost
    return tuple(score)


@SLOW
@given(problems(most=5))
def test_every_placement_costs_what_a_score_from_nothing_says(problem):
    model = build(problem)
    plan = greedy(model)
    board = Board(model, plan)
    assert board.score == _score(model, plan)
    for s in range(model.size):
        for start in range(7 * HOUR, 16 * HOUR, HOUR // 2):
            for room in range(len(problem.rooms)):
                verdict = why_not(board, s, start, room)
                assert verdict.change == _difference(model, plan, {s: verdict.stand})
                assert _sum(verdict) == verdict.change
    assert board.score == _score(model, plan)


@SLOW
@given(problems())
def test_the_best_other_places_are_the_best(problem):
    model = build(problem)
    plan = greedy(model)
    board = Board(model, plan)
    for s in range(model.size):
        found = where_else(board, s)
        assert all(one.change == _sum(one) == _difference(model, plan, dict(one.moved)) for one in found)
        assert all(any(plan.get(t) != stand for t, stand in one.moved) for one in found)
        assert [one.change for one in found] == sorted(one.change for one in found)
        together = len(board.unit(s)) > 1
        every = sorted(map(tuple, (board.scores_together(s) if together else board.scores(s)).tolist()))
        best = [tuple(a + b for a, b in zip(board.score, one.change, strict=True)) for one in found]
        assert set(best) <= set(every) and (not best or best[0] in every[:2])
        concerned = Counter(match for match in find(model.terms, model.tables, plan) if s in match.sessions)
        assert Counter(told.match for told in why(board, s)) == concerned


@SLOW
@given(problems())
def test_a_plan_may_break_what_it_likes(problem):
    """A plan by hand, outside of every domain, is judged like any other."""
    model = build(problem)
    plan = {
        s: Stand(at, at + model.week.durations[s], s % len(problem.rooms))
        for s, at in enumerate(range(6 * HOUR, 6 * HOUR + model.size * 45, 45))
    }
    board = Board(model, plan)
    assert board.score == _score(model, plan)
    moved = {0: Stand(9 * HOUR, 9 * HOUR + model.week.durations[0], 0)}
    assert board.change(moved) == _difference(model, plan, moved)


def _pinned():
    return Problem(
        event=Event(start="2026-10-15", days=1, grid_min=60),
        venues=[Venue(id="v")],
        rooms=[Room(id=name, venue="v", capacity=50) for name in ("one", "two")],
        kinds=[Kind(id="k")],
        sessions=[Session(id="a", kind="k", pin=Pin(start=9 * HOUR, room="one")), Session(id="b", kind="k")],
    )


def test_pins_are_said_although_they_cost_nothing():
    board = Board(build(_pinned()), {})
    assert [en for _, en in why_not(board, 0, 10 * HOUR, 1).forbidden] == [
        "“a” is to stay at 540, but starts at 600.",
        "“a” is to stay in room “one”, but stands in “two”.",
    ]
    assert [en for _, en in why_not(board, 1, 9 * HOUR + 7, 1).forbidden] == [
        "“b” starts at 547, which is neither on the grid nor among its `starts`."
    ]


def test_a_place_that_is_none_is_refused():
    board = Board(build(_pinned()), {})
    for start, room in ((-60, 0), (2 * DAY, 0), (9 * HOUR, 2), (9 * HOUR, -1)):
        try:
            why_not(board, 0, start, room)
        except ValueError:
            continue
        raise AssertionError((start, room))


def _series():
    """Return two rooms on three days, a strict series of two, and somebody who takes the hall from it on its days."""
    camp = [Session(id=f"c{n}", kind="k", series=Series(id="camp", index=n)) for n in (1, 2)]
    rest = Session(id="rest", kind="k", pin=Pin(start=9 * HOUR, room="one"))
    return msgspec.structs.replace(
        _pinned(),
        event=Event(start="2026-10-15", days=3, grid_min=60, day_start=540, day_end=720),
        sessions=[*camp, rest],
    )


def test_a_strict_series_goes_elsewhere_as_a_whole():
    model = build(_series())
    plan = {s: Stand(s * DAY + 9 * HOUR, s * DAY + 10 * HOUR, 0) for s in range(2)} | {2: Stand(540, 600, 0)}
    board = Board(model, plan)
    for s in range(2):
        found = where_else(board, s, 100)
        assert len(found) == 2 * 3 * 2 - 1  # each pair of days, start and room but its own
        for one in found:
            (first, at), (second, then) = one.moved
            assert (first, second, one.stand) == (0, 1, (at, then)[s])
            assert (then.start - at.start, at.room) == (DAY, then.room)
            assert one.change[0] < 0 and {told.code for told in one.mended} >= {"room_overlap"}
            assert one.change == _sum(one) == _difference(model, plan, dict(one.moved))


def test_a_group_names_only_whom_it_concerns():
    """Five of one track on two days: on the second they change rooms."""
    sessions = [Session(id=name, kind="k", track="t") for name in "abcde"]
    model = build(msgspec.structs.replace(_series(), sessions=sessions))
    starts = 540, 600, DAY + 540, DAY + 600, DAY + 660
    plan = {
        s: Stand(start, start + 60, room) for s, (start, room) in enumerate(zip(starts, (0, 0, 0, 1, 0), strict=True))
    }
    board = Board(model, plan)
    assert [told.match.sessions for told in why(board, 3) if told.code == "track_room"] == [(2, 4, 3)]
    assert not [told for told in why(board, 0) if told.code == "track_room"]
    mended = why_not(board, 3, DAY + 600, 0).mended
    assert [told.match.sessions for told in mended if told.code == "track_room"] == [(2, 4, 3)]

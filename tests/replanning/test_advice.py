"""What the planner says of places: cells, verdicts and the best five are of one mind, and follow each move."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import local_day
from eventweek.kernel.db import db
from eventweek.programme.actions.sessions import edit_session
from eventweek.replanning.queries.advice import best_places, cells, judge, why_here
from eventweek.scheduling.actions.placements import place_session
from eventweek.scheduling.queries.drafts import find_placement
from tests.conftest import scaled
from tests.factories.programme import make_session, make_week
from tests.registration.world import week
from tests.replanning.world import move, session_of

ZONE = ZoneInfo("Asia/Shanghai")
KEY = "fo-02"
CHINESE = re.compile("[\u3400-\u9fff]")


@pytest.fixture
def code(demo_app: Flask, before_the_week: None) -> str:
    """Give a session of the demo week before any of it has begun."""
    return session_of(KEY).code


def _place() -> tuple[datetime, str]:
    db.session.rollback()
    own = find_placement(session_of(KEY).id)
    assert own
    return own.start, own.room.code


def test_each_cell_is_what_a_verdict_says(code: str) -> None:
    start, own = _place()
    day = local_day(start, "Asia/Shanghai")
    found = cells(week(), code, day)
    assert found and len(found.rooms) > 20
    seen = set()
    for room in {own, *sorted(found.rooms)[:: max(1, round(8 / scaled(8)))]}:
        for n, minute in list(enumerate(found.starts))[::5]:
            at = datetime.combine(day, datetime.min.time(), ZONE) + timedelta(minutes=minute)
            verdict, sign = judge(week(), code, at, room), found.rooms[room][n]
            assert verdict
            assert (sign not in ".sm") or not verdict.forbidden
            if sign in ".sm":
                price = verdict.change[1:]
                assert sign == ("m" if price[0] > 0 else "s" if price > (0, 0) else ".")
            else:
                assert verdict.broken
            seen.add(sign)
    assert seen - set(".sm") and seen & set(".sm")


def test_the_best_places_are_cells_that_nothing_forbids_and_worsen_in_order(code: str) -> None:
    places = best_places(week(), code)
    assert len(places) == 5 and not any(one.forbidden for one in places)
    assert [one.change for one in places] == sorted(one.change for one in places)
    for one in places:
        found = cells(week(), code, local_day(one.start, "Asia/Shanghai"))
        at = one.start.astimezone(ZONE)
        assert found and found.rooms[one.room][list(found.starts).index(at.hour * 60 + at.minute)] in ".sm"


def test_of_the_rooms_that_may_be_named_as_many_places_come(code: str) -> None:
    last = best_places(week(), code, most=60)[-1].room
    among = best_places(week(), code, rooms=[last, "nothere"])
    assert len(among) == 5 and {one.room for one in among} == {last} and among[0] not in best_places(week(), code)
    assert best_places(week(), code, rooms=[]) == []


def test_it_follows_every_move(code: str) -> None:
    start, room = _place()
    other = session_of("rs-ei-2")
    verdict = judge(week(), other.code, start, room)
    assert verdict and verdict.forbidden
    free = next(one for one in best_places(week(), code) if one.room != room)
    local = free.start.astimezone(ZONE)
    own = find_placement(session_of(KEY).id)
    assert own
    place_session(code, f"{local:%Y-%m-%dT%H:%M}", free.room, version=own.version, actor=SYSTEM)
    moved = judge(week(), other.code, start, room)
    assert moved and "r" not in {moved.room} and len(moved.broken) < len(verdict.broken)
    assert why_here(week(), code)


def test_what_is_done_to_a_session_changes_what_is_said_of_it(code: str) -> None:
    start, room = _place()
    day = local_day(start, "Asia/Shanghai")
    before = cells(week(), code, day)
    edit_session(code, {"expected": 100_000}, version=None, actor=SYSTEM, override="试")
    after = cells(week(), code, day)
    assert before and after and before.rooms[room] != after.rooms[room] and set(after.rooms[room]) & {"k"}


def test_whatever_it_does_not_know_has_no_answer(code: str) -> None:
    start, room = _place()
    assert cells(week(), "nothere", local_day(start, "Asia/Shanghai")) is None
    assert judge(week(), code, start, "nothere") is None
    assert judge(week(), code, start + timedelta(days=400), room) is None
    assert best_places(week(), "nothere") == [] and why_here(week(), "nothere") == []
    nowhere = cells(week(), code, local_day(start, "Asia/Shanghai") + timedelta(days=400))
    assert nowhere and nowhere.rooms == {}
    assert move(KEY, minutes=30) == code and cells(week(), code, local_day(start, "Asia/Shanghai"))


def test_a_week_without_a_hall_has_no_cells(app: Flask) -> None:
    bare = make_week()
    own = make_session(bare).code
    found = cells(bare, own, bare.first_day)
    assert found and found.rooms == {} and best_places(bare, own) == []


def test_english_advice_speaks_english_where_every_name_has_it(code: str) -> None:
    """The session, its rooms and those around it have English names in the demo week."""
    start, _room = _place()
    day, said = local_day(start, "Asia/Shanghai"), []
    found = cells(week(), code, day)
    assert found
    for room in found.rooms:
        verdict = judge(week(), code, start, room)
        said += [*verdict.broken, *verdict.mended] if verdict else []
    assert len(said) > 20 and not [one.en for one in said if CHINESE.search(one.en)]
    title = session_of(KEY).title
    assert any(title.en in one.en and title.zh in one.zh for one in said)
    edit_session(code, {"title_en": ""}, version=None, actor=SYSTEM)
    verdict = judge(week(), code, start, next(iter(found.rooms)))
    assert verdict and any(title.zh in one.en for one in verdict.broken)

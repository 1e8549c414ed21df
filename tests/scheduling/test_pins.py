"""Pins: what the planner may not change, of one session or of many; people may still move it."""

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.audit.models import AuditEntry, Revision
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Session, Week
from eventweek.scheduling.actions.pins import Pins, pin_session, pin_sessions
from eventweek.scheduling.actions.placements import place_session
from eventweek.scheduling.models import Placement
from eventweek.scheduling.queries.lines import list_lines
from tests.factories.keys import actor_of, make_owner
from tests.factories.programme import make_room, make_session, make_venue, make_week


@pytest.fixture
def week(app: Flask) -> Week:
    """Give a week with two sessions that have a place and one that has none."""
    week = make_week()
    room = make_room(make_venue())
    for title, start in (("甲", "2027-04-13T09:00"), ("乙", "2027-04-14T09:00"), ("丙", "")):
        session = make_session(week, title)
        if start:
            place_session(session.code, start, room.code, version=None, actor=SYSTEM)
    return week


def _codes() -> dict[str, str]:
    return {own.title.zh: own.code for own in db.session.scalars(select(Session))}


def _pins(week: Week) -> dict[str, str]:
    return {line.title.zh: line.pins for line in list_lines(week.id)}


@pytest.mark.database
def test_one_session_is_pinned_moved_by_hand_and_let_go(week: Week) -> None:
    code = _codes()["甲"]
    pinned = pin_session(code, Pins(time=True), version=1, actor=SYSTEM)
    assert _pins(week) == {"甲": "time", "乙": "", "丙": ""} and pinned.version == 2
    moved = place_session(code, "2027-04-13T10:00", pinned.room.code, version=2, actor=SYSTEM)
    assert moved.pin_time and not moved.pin_room
    pin_session(code, Pins(room=True), version=None, actor=SYSTEM)
    assert _pins(week)["甲"] == "both"
    pin_session(code, Pins(time=False), version=None, actor=SYSTEM)
    assert _pins(week)["甲"] == "room"
    kept = db.session.scalars(select(Revision).where(Revision.verb == "pin").order_by(Revision.id)).all()
    assert [one.changes for one in kept] == [
        {"pin_time": [None, True]},
        {"pin_room": [None, True]},
        {"pin_time": [True, None]},
    ]


@pytest.mark.database
def test_many_are_pinned_together_and_the_same_again_changes_nothing(week: Week) -> None:
    every = [*_codes().values(), "nothere00"]
    assert pin_sessions(week.id, every, Pins(True, True), actor=SYSTEM) == 2
    assert _pins(week) == {"甲": "both", "乙": "both", "丙": ""}
    versions = set(db.session.scalars(select(Placement.version)))
    assert pin_sessions(week.id, every, Pins(True, True), actor=SYSTEM) == 0
    assert set(db.session.scalars(select(Placement.version))) == versions == {2}
    assert pin_sessions(week.id, every[:1], Pins(False, False), actor=SYSTEM) == 1
    assert len(db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "session.pin")).all()) == 3


def test_what_has_no_place_or_was_moved_since_is_refused(week: Week) -> None:
    codes = _codes()
    with pytest.raises(Refusal, match="placement.not_found"):
        pin_session(codes["丙"], Pins(True), version=None, actor=SYSTEM)
    with pytest.raises(Refusal, match="version.stale"):
        pin_session(codes["甲"], Pins(True), version=7, actor=SYSTEM)
    assert set(_pins(week).values()) == {""}


def test_who_may_not_edit_pins_nothing_and_a_city_only_its_own(week: Week) -> None:
    every = list(_codes().values())
    reader, elsewhere = make_owner("spring", "reader"), make_owner("spring", "city", "city", "220200")
    for owner, code in ((reader, "permission.denied"), (elsewhere, r"reach\.session_city")):
        with pytest.raises(Refusal, match=code):
            pin_sessions(week.id, every, Pins(True), actor=actor_of(owner))
        with pytest.raises(Refusal, match=code):
            pin_session(_codes()["甲"], Pins(True), version=None, actor=actor_of(owner))
    assert set(_pins(week).values()) == {""}
    assert pin_sessions(week.id, every, Pins(True), actor=actor_of(make_owner("spring", "city", "city", "220100"))) == 2

"""What a process remembers of a week is right: after every kind of change, beside other processes, inside actions."""

import multiprocessing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from eventweek.audit.actors import SYSTEM
from eventweek.audit.models import AuditEntry
from eventweek.audit.stamps import week_stamp
from eventweek.kernel.clock import now
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.programme.actions.sessions import cancel_session, edit_session, restore_session
from eventweek.programme.models import Week
from eventweek.scheduling.actions.placements import place_session, unplace_session
from eventweek.scheduling.problems import problems
from eventweek.scheduling.queries.board import list_problems
from eventweek.scheduling.queries.frame import read_frame
from eventweek.scheduling.queries.levels import levels
from eventweek.scheduling.queries.remembered import working
from eventweek.scheduling.worklist import find_planned, list_planned
from tests.conftest import build
from tests.registration.world import book, offering_of, week


def _fresh(own: Week) -> list[Any]:
    """Return the problems of the week from nothing."""
    db.session.rollback()
    return problems((frame := read_frame(own)).week, frame.placed(working(own).spots), levels(own.id))


def _same() -> None:
    own = week()
    assert list_problems(own) == _fresh(own)


def _two() -> tuple[str, str]:
    own = [p for p in list_planned(week().id) if p.start and p.session.people and not p.session.permit_required]
    return own[3].session.code, own[4].session.code


def _move(code: str, like: str) -> None:
    one, two = find_planned(week().id, code), find_planned(week().id, like)
    assert one and two and two.start and two.room
    version = one.placement.version if one.placement else None
    place_session(code, two.start + timedelta(minutes=30), two.room.code, version=version, actor=SYSTEM, override="试")


@pytest.mark.database
def test_after_each_change_it_finds_what_a_look_from_nothing_finds(demo_app: Flask) -> None:
    one, two = _two()
    _same()
    _move(one, two)
    _same()
    assert {problem.rule for problem in list_problems(week())} & {"room_overlap"}
    edit_session(one, {"expected": 5000}, version=None, actor=SYSTEM, override="试")
    _same()
    assert "capacity" in {problem.rule for problem in list_problems(week())}
    cancel_session(one, reason=Bilingual("试", ""), actor=SYSTEM)
    _same()
    assert not any(one in problem.sessions for problem in list_problems(week()))
    restore_session(one, actor=SYSTEM)
    _same()
    placed = find_planned(week().id, one)
    assert placed and placed.placement
    unplace_session(one, version=placed.placement.version, actor=SYSTEM, override="试")
    _same()


def test_what_is_taken_back_is_never_remembered(demo_app: Flask) -> None:
    one, _two_ = _two()
    before = list_problems(week())
    with pytest.raises(RuntimeError, match="taken back"), transaction():
        edit_session(one, {"expected": 5000}, version=None, actor=SYSTEM, override="试")
        assert "capacity" in {problem.rule for problem in list_problems(week())}
        raise RuntimeError("taken back")
    assert list_problems(week()) == before


def _change_elsewhere(address: str, var: str, code: str) -> None:
    with build(address, Path(var)).app_context():
        edit_session(code, {"expected": 5000}, version=None, actor=SYSTEM, override="试")


@pytest.mark.database
def test_what_another_process_does_counts_at_once(demo_app: Flask) -> None:
    one, _two_ = _two()
    assert "capacity" not in {problem.rule for problem in list_problems(week())}
    db.session.remove()
    config = demo_app.extensions["eventweek"]
    process = multiprocessing.get_context("spawn").Process(
        target=_change_elsewhere, args=(config.database, str(config.var), one)
    )
    process.start()
    process.join(120)
    assert process.exitcode == 0
    assert "capacity" in {problem.rule for problem in list_problems(week())}


@pytest.mark.database
def test_an_entry_that_is_written_late_makes_another_stamp(demo_app: Flask) -> None:
    """On PostgreSQL an action may end after one that began later; its entry has the lower number then."""
    own = week()
    first = week_stamp(own.id)
    _enter(own.id, first[0] + 5)
    second = week_stamp(own.id)
    _enter(own.id, first[0] + 3)
    third = week_stamp(own.id)
    assert len({first, second, third}) == 3 and third[0] == second[0] == first[0] + 5


def _enter(week_id: int, number: int) -> None:
    facts = {"actor": "x", "verb": "session.edit", "subject": "session", "code": "x", "changes": {}}
    with transaction():
        db.session.add(AuditEntry(id=number, at=now(), week_id=week_id, **facts))
    db.session.rollback()


def test_what_visitors_do_leaves_the_stamp_alone(demo_app: Flask, before_the_week: None) -> None:
    before = week_stamp(week().id)
    book(offering_of("fo-02").code)
    assert week_stamp(week().id) == before

"""Findings that may pass: with a reason, one by one, until a session moves."""

from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM
from eventweek.audit.models import AuditEntry
from eventweek.editions.actions.copying import copy_week
from eventweek.editions.enums import Part
from eventweek.kernel.db import db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.programme.actions.sessions import edit_session
from eventweek.programme.models import Session, Week
from eventweek.replanning.actions import publish
from eventweek.scheduling.actions.levels import Wish, set_rules
from eventweek.scheduling.actions.overrides import let_pass, take_back
from eventweek.scheduling.actions.placements import place_session
from eventweek.scheduling.models import OverrideSession, RuleOverride
from eventweek.scheduling.problems import Problem
from eventweek.scheduling.queries.board import list_problems
from eventweek.scheduling.queries.overrides import list_overrides, still_stopping
from tests.factories.keys import actor_of, make_owner
from tests.factories.programme import make_room, make_session, make_venue, make_week

WHY = "两家共用一个大厅"


@pytest.fixture
def week(app: Flask) -> Week:
    """Give a week with two sessions of an hour in one room at one time."""
    week = make_week()
    room = make_room(make_venue())
    for title in ("甲", "乙"):
        session = make_session(week, title, duration_min=60)
        place_session(session.code, "2027-04-13T09:00", room.code, version=None, actor=SYSTEM)
    return week


def _stopping(week: Week) -> list[Problem]:
    return still_stopping(week.id, list_problems(week))


def _sessions() -> dict[str, Session]:
    return {own.title.zh: own for own in db.session.scalars(select(Session))}


@pytest.mark.database
def test_what_may_pass_is_published_and_the_reason_is_kept(week: Week) -> None:
    [found] = _stopping(week)
    with pytest.raises(Refusal, match="release.blocked"):
        publish(week.id, actor=SYSTEM, note="")
    made = let_pass(week.id, found.key, f" {WHY} ", actor=SYSTEM)
    assert (made.rule, made.reason) == ("room_overlap", WHY)
    assert [part.session.code for part in made.sessions] == list(found.sessions)
    assert let_pass(week.id, found.key, "另一个原因", actor=SYSTEM).reason == WHY and _stopping(week) == []
    assert publish(week.id, actor=SYSTEM, note="").number == 1
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "session.let_pass")).all()
    assert {(one.code, one.changes["reason"]) for one in entries} == {(code, WHY) for code in found.sessions}


@pytest.mark.database
def test_it_lapses_as_soon_as_one_of_its_sessions_moves(week: Week) -> None:
    [found] = _stopping(week)
    let_pass(week.id, found.key, WHY, actor=SYSTEM)
    one = _sessions()["甲"]
    [own] = list_overrides(week.id)
    room = own.sessions[0].room
    assert room
    place_session(one.code, "2027-04-13T09:15", room.code, version=1, actor=SYSTEM)
    [again] = _stopping(week)
    assert again.key != found.key and again.rule == "room_overlap"
    with pytest.raises(Refusal, match="release.blocked"):
        publish(week.id, actor=SYSTEM, note="")
    place_session(one.code, "2027-04-13T09:00", room.code, version=2, actor=SYSTEM)
    assert _stopping(week) == []  # exactly what was let pass


@pytest.mark.database
def test_it_can_be_taken_back_once(week: Week) -> None:
    [found] = _stopping(week)
    made = let_pass(week.id, found.key, WHY, actor=SYSTEM).code
    take_back(week.id, made, actor=SYSTEM)
    assert _stopping(week) == [found]
    assert db.session.scalar(select(func.count()).select_from(OverrideSession)) == 0
    with pytest.raises(Refusal, match="override.not_found"):
        take_back(week.id, made, actor=SYSTEM)


@pytest.mark.parametrize("reason", ["", "  ", "短短的", "\u200b\u200b\u200b\u200b\u200b"])
def test_a_reason_is_asked_for(week: Week, reason: str) -> None:
    [found] = _stopping(week)
    with pytest.raises(Invalid) as caught:
        let_pass(week.id, found.key, reason, actor=SYSTEM)
    assert [(one.field, one.code) for one in caught.value.errors] == [("reason", "override.reason")]


def test_only_what_stops_a_release_can_pass(week: Week) -> None:
    edit_session(_sessions()["甲"].code, {"expected": 500}, version=None, actor=SYSTEM)
    warned = next(one for one in list_problems(week) if one.rule == "capacity")
    with pytest.raises(Refusal, match="finding.warns"):
        let_pass(week.id, warned.key, WHY, actor=SYSTEM)
    with pytest.raises(Refusal, match="finding.not_found"):
        let_pass(week.id, "0" * 24, WHY, actor=SYSTEM)
    with pytest.raises(Refusal, match="text.too_long"):
        let_pass(week.id, warned.key, "长" * 301, actor=SYSTEM)


def test_a_number_that_grows_is_another_finding(week: Week) -> None:
    set_rules(week.id, {"capacity": Wish("block_release")}, version=None, actor=SYSTEM)
    own = _sessions()["甲"]
    edit_session(own.code, {"expected": 110}, version=None, actor=SYSTEM)
    for found in _stopping(week):
        let_pass(week.id, found.key, WHY, actor=SYSTEM)
    assert publish(week.id, actor=SYSTEM, note="").number == 1
    edit_session(own.code, {"expected": 500}, version=None, actor=SYSTEM)
    assert [one.rule for one in _stopping(week)] == ["capacity"]


@pytest.mark.parametrize("role", ["city", "track", "reader"])
def test_only_who_publishes_lets_pass_and_takes_back(week: Week, role: str) -> None:
    [found] = _stopping(week)
    made = let_pass(week.id, found.key, WHY, actor=SYSTEM).code
    actor = actor_of(make_owner("spring", role))
    with pytest.raises(Refusal, match="permission.denied"):
        let_pass(week.id, found.key, WHY, actor=actor)
    with pytest.raises(Refusal, match="permission.denied"):
        take_back(week.id, made, actor=actor)


@pytest.mark.database
def test_a_copied_edition_lets_nothing_pass(week: Week) -> None:
    [found] = _stopping(week)
    let_pass(week.id, found.key, WHY, actor=SYSTEM)
    values: dict[str, Any] = {"code": "autumn", "title_zh": "秋季", "first_day": "2027-09-13"}
    fresh = copy_week("spring", values, parts=list(Part), actor=SYSTEM)
    assert list_overrides(fresh.id) == [] and len(_stopping(fresh)) == 1


@pytest.mark.database
def test_two_at_once_let_it_pass_once(app: Flask, week: Week) -> None:
    [found] = _stopping(week)
    week_id, key, gate, failed = week.id, found.key, Barrier(2), []

    def act(reason: str) -> None:
        with app.app_context():
            gate.wait()
            try:
                let_pass(week_id, key, reason, actor=SYSTEM)
            except Exception as error:  # told by the assertion below
                failed.append(error)

    threads = [Thread(target=act, args=(reason,)) for reason in (WHY, "还有一个原因")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert failed == [] and db.session.scalar(select(func.count()).select_from(RuleOverride)) == 1

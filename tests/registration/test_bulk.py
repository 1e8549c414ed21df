"""Sessions and the settings of their offerings changed together, and undone together."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from eventweek.audit.actors import SYSTEM, Actor, GrantValue
from eventweek.audit.models import AuditEntry
from eventweek.kernel.clock import travel
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.programme.models import BulkChange, Session
from eventweek.programme.queries.bulk import get_bulk
from eventweek.registration.actions import cancel_registration, edit_offering
from eventweek.registration.actions.bulk import apply_changes, plan_changes, undo_changes
from eventweek.registration.actions.settings import write
from eventweek.registration.models import CapacityPool, Offering, Registration
from eventweek.registration.queries.settings import list_touched_offerings, name_offerings, told
from eventweek.registration.verify import list_findings
from tests.factories.crowd import OPENING, Crowd

pytestmark = pytest.mark.database
WISH = {"closes_at": "2027-04-11T18:00", "room_cap": 500, "queue_open": False, "max_party": 3}


@pytest.fixture
def crowd(app: Flask) -> Any:
    """Give a released week of three sessions with an offering each, of which people took seats."""
    with travel(OPENING - timedelta(days=9)):
        crowd = Crowd()
        crowd.grow(3)
        with transaction():
            db.session.query(BulkChange).delete()
        yield crowd


def _codes() -> list[str]:
    return list(db.session.scalars(select(Session.code).order_by(Session.id)))


def _offerings() -> list[Offering]:
    db.session.expire_all()
    return list(db.session.scalars(select(Offering).order_by(Offering.id)))


def test_settings_are_planned_applied_and_undone_with_the_sessions(crowd: Crowd) -> None:
    before, codes = [told(own) for own in _offerings()], _codes()
    given = {"set": {"visibility": "closed"}, "offering": WISH}
    plan = plan_changes(crowd.week_id, codes, given, actor=SYSTEM)
    assert [told(own) for own in _offerings()] == before and len(plan.offerings) == 3
    for _twice in range(2):
        apply_changes(crowd.week_id, plan.code, actor=SYSTEM)
    new = [told(own) for own in _offerings()]
    assert {(one["room_cap"], one["queue_open"], one["max_party"]) for one in new} == {(500, False, 3)}
    assert {datetime.fromisoformat(one["closes_at"]).isoformat() for one in new} == {"2027-04-11T10:00:00+00:00"}
    assert {s.visibility for s in db.session.scalars(select(Session))} == {"closed"}
    for _twice in range(2):
        undo_changes(crowd.week_id, plan.code, actor=SYSTEM)
    assert [told(own) for own in _offerings()] == before
    assert {s.visibility for s in db.session.scalars(select(Session))} == {"public"}
    edits = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "offering.edit")).all()
    assert len(edits) == 6


def test_settings_alone_can_be_changed(crowd: Crowd) -> None:
    plan = plan_changes(crowd.week_id, _codes(), {"offering": {"max_party": 2}}, actor=SYSTEM)
    assert plan.rows == [] and plan.stay == 3
    apply_changes(crowd.week_id, plan.code, actor=SYSTEM)
    assert {own.max_party for own in _offerings()} == {2}


def test_seats_that_are_given_out_are_not_taken_away(crowd: Crowd) -> None:
    first = _offerings()[0]
    taken = first.pools[0].taken
    assert taken > 1
    plan = plan_changes(crowd.week_id, _codes(), {"offering": {"room_cap": taken - 1}}, actor=SYSTEM)
    whys = {row["code"]: row["why"] for row in plan.offerings}
    assert whys[first.code] == [["seat.cap_below_taken", {"taken": taken}]]
    apply_changes(crowd.week_id, plan.code, actor=SYSTEM)
    assert _offerings()[0].pools[0].cap == 1000


def test_undo_leaves_seats_given_out_since_and_says_so(crowd: Crowd) -> None:
    with transaction():
        db.session.query(CapacityPool).update({"cap": 10})
    plan = plan_changes(crowd.week_id, _codes(), {"offering": {"room_cap": 500}}, actor=SYSTEM)
    apply_changes(crowd.week_id, plan.code, actor=SYSTEM)
    with transaction():
        _offerings()[0].pools[0].taken = 60
    with pytest.raises(Refusal, match=r"bulk\.changed_since"):
        undo_changes(crowd.week_id, plan.code, actor=SYSTEM)
    assert {own.pools[0].cap for own in _offerings()} == {500}
    undo_changes(crowd.week_id, plan.code, actor=SYSTEM, rest=True)
    assert [own.pools[0].cap for own in _offerings()] == [500, 10, 10]


def test_an_offering_changed_after_the_preview_stops_all(crowd: Crowd) -> None:
    given = {"set": {"visibility": "closed"}, "offering": {"max_party": 2}}
    plan = plan_changes(crowd.week_id, _codes(), given, actor=SYSTEM)
    own = _offerings()[1]
    edit_offering(own.code, {"max_party": 9}, version=own.version, actor=SYSTEM)
    with pytest.raises(Refusal, match=r"bulk\.stale"):
        apply_changes(crowd.week_id, plan.code, actor=SYSTEM)
    assert [one.max_party for one in _offerings()] == [5, 9, 5]
    assert {s.visibility for s in db.session.scalars(select(Session))} == {"public"}


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        ({"max_party": 0}, ("max_party", "number.range")),
        ({"max_party": None}, ("max_party", "field.required")),
        ({"room_cap": -1}, ("room_cap", "number.range")),
        ({"taken": 0}, ("taken", "field.unknown")),
        ({"queue_open": "yes"}, ("queue_open", "value.type")),
        ({"opens_at": "soon"}, ("opens_at", "moment.unknown")),
        ({"opens_at": "2027-04-12T10:00", "closes_at": "2027-04-11T10:00"}, ("closes_at", "hours.order")),
        (["max_party"], ("offering", "value.type")),
    ],
)
def test_wrong_settings_change_nothing(crowd: Crowd, settings: Any, wrong: tuple[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        plan_changes(crowd.week_id, _codes(), {"offering": settings}, actor=SYSTEM)
    assert wrong[0] in {error.field for error in refused.value.errors}
    assert wrong[1].split(".")[0] in {error.code.split(".")[0] for error in refused.value.errors}
    assert db.session.scalar(select(BulkChange.id)) is None


def test_who_only_edits_the_programme_changes_no_offering(crowd: Crowd) -> None:
    city = Actor("user:city", grants=(GrantValue("city", crowd.week_id),))
    with pytest.raises(Refusal, match=r"permission\.denied"):
        plan_changes(crowd.week_id, _codes(), {"offering": {"max_party": 2}}, actor=city)
    plan = plan_changes(crowd.week_id, _codes(), {"offering": {"max_party": 2}}, actor=SYSTEM)
    with pytest.raises(Refusal, match=r"permission\.denied"):
        apply_changes(crowd.week_id, plan.code, actor=city)
    assert {own.max_party for own in _offerings()} == {5}


def test_no_limit_and_no_times_of_their_own_are_set_and_undone(crowd: Crowd) -> None:
    given = {"offering": {"closes_at": "2027-04-11T18:00", "opens_at": "2027-03-01T08:00", "class_cap": 90}}
    apply_changes(crowd.week_id, plan_changes(crowd.week_id, _codes(), given, actor=SYSTEM).code, actor=SYSTEM)
    before = [told(own) for own in _offerings()]
    empty = {"offering": dict.fromkeys(("closes_at", "opens_at", "room_cap", "class_cap"))}
    plan = plan_changes(crowd.week_id, _codes(), empty, actor=SYSTEM)
    apply_changes(crowd.week_id, plan.code, actor=SYSTEM)
    assert {(own.opens_at, own.closes_at, *(pool.cap for pool in own.pools)) for own in _offerings()} == {(None,) * 4}
    undo_changes(crowd.week_id, plan.code, actor=SYSTEM)
    assert [told(own) for own in _offerings()] == before


def test_the_mode_changes_only_where_nobody_would_sit_with_the_wrong_class(crowd: Crowd) -> None:
    full = _offerings()[0]
    others = select(Registration).where(Registration.offering_id != full.id, Registration.ended_at.is_(None))
    for row in db.session.scalars(others).all():
        cancel_registration(row.code, note="", actor=SYSTEM)
    found = list_findings()  # the crowd has no history of its seats
    full, *empty = _offerings()
    assert full.pools[1].taken and not any(own.pools[1].taken for own in empty)
    plan = plan_changes(crowd.week_id, _codes(), {"offering": {"mode": "media"}}, actor=SYSTEM)
    whys = {row["code"]: row["why"] for row in plan.offerings}
    assert whys[full.code] == [["offering.mode_taken", {"taken": full.pools[1].taken}]]
    apply_changes(crowd.week_id, plan.code, actor=SYSTEM)
    assert [(own.mode, own.pools[1].cls) for own in _offerings()] == [("open", "public"), *[("media", "media")] * 2]
    undo_changes(crowd.week_id, plan.code, actor=SYSTEM)
    assert {(own.mode, own.pools[1].cls) for own in _offerings()} == {("open", "public")}
    assert list_findings() == found
    same = plan_changes(crowd.week_id, _codes(), {"offering": {"mode": "approval"}}, actor=SYSTEM)
    apply_changes(crowd.week_id, same.code, actor=SYSTEM)
    assert {(own.mode, own.pools[1].cls) for own in _offerings()} == {("approval", "public")}
    none = plan_changes(crowd.week_id, _codes(), {"offering": {"mode": "none"}}, actor=SYSTEM)
    assert {why for row in none.offerings for why, _facts in row["why"]} == {"offering.mode_none"}


def test_seats_given_out_after_the_look_keep_their_mode(crowd: Crowd) -> None:
    own = _offerings()[1]
    with transaction():
        db.session.execute(update(CapacityPool).where(CapacityPool.offering_id == own.id).values(taken=0))
        db.session.refresh(own.pools[1])
        unseen = update(CapacityPool).where(CapacityPool.offering_id == own.id).values(taken=1)
        db.session.execute(unseen.execution_options(synchronize_session=False))
        assert own.pools[1].taken == 0
        with pytest.raises(Invalid) as refused:
            write([(own, {"mode": "media"})], SYSTEM)
    assert [error.code for error in refused.value.errors] == ["offering.mode_taken"]
    assert _offerings()[1].mode == "open"


def test_what_an_undo_leaves_is_kept_by_name(crowd: Crowd) -> None:
    plan = plan_changes(crowd.week_id, _codes(), {"offering": {"max_party": 2}}, actor=SYSTEM)
    apply_changes(crowd.week_id, plan.code, actor=SYSTEM)
    left = _offerings()[1]
    edit_offering(left.code, {"max_party": 7}, version=left.version, actor=SYSTEM)
    undo_changes(crowd.week_id, plan.code, actor=SYSTEM, rest=True)
    bulk = get_bulk(crowd.week_id, plan.code)
    assert list_touched_offerings(bulk) == [left.code] and [own.max_party for own in _offerings()] == [5, 7, 5]
    assert [name.zh for name, _own in name_offerings([left.code])] == [left.sessions[0].session.title.zh]

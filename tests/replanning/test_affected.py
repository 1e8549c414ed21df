"""Whom a release affects: a question each, one message each, an answer that holds, seats that move with it."""

from datetime import timedelta

import pytest
from flask import Flask
from icalendar import Calendar

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.calendars.holders import calendar_of_holder
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.registration.actions import cancel_registration
from eventweek.registration.models import Pass, Registration
from eventweek.registration.queries import list_registrations
from eventweek.replanning.actions import close_questions, give_up_place, keep_place, swap_place
from eventweek.replanning.queries import Consequence, find_asked, foresee, list_swaps, map_questions
from eventweek.scheduling.queries.drafts import list_drafts
from tests.registration.world import book, cancel_now, counters, offering_of, phone, resize, state_of, week
from tests.replanning.world import asked, broken, move, put_out, told

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]


def test_whoever_holds_a_moved_session_is_asked_and_told_once(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 1)
    [first] = book(code, phone=phone(1), email="a@example.org")
    [second] = book(code, phone=phone(2), email="b@example.org", locale="en")
    moved = move("rs-ei-1", minutes=30)
    seen = foresee(week(), list_drafts(week().id, [moved]))
    assert (seen.people, seen.registrations, seen.cancelled, seen.sessions) == (2, 2, 0, {moved: Consequence(1, 1)})
    release = put_out(moved)
    for outcome in (first, second):
        own = asked(outcome.registration)
        assert (own.choice, own.release, own.displaced, own.decided_by) == ("open", release.number, False, "")
        [change] = own.changes
        assert change["session"] == moved and change["before"]["start"] < change["after"]["start"]
    messages = told("changed")
    assert [message.recipient for message in messages] == ["a@example.org", "b@example.org"]
    assert "时间：" in messages[0].context["changes"] and " → " in messages[0].context["changes"]
    assert messages[1].context["changes"].startswith("Time: ")
    assert broken() == []


def test_one_keeps_one_cancels_and_the_seat_goes_on(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 2)
    kept, dropped, waits = (book(code, phone=phone(n), email=f"p{n}@example.org")[0] for n in (1, 2, 3))
    put_out(move("rs-ei-1", minutes=30))
    keep_place(kept.registration, actor=VISITOR, owner=kept.pass_id)
    keep_place(kept.registration, actor=VISITOR, owner=kept.pass_id)
    give_up_place(dropped.registration, actor=VISITOR, owner=dropped.pass_id)
    give_up_place(dropped.registration, actor=VISITOR, owner=dropped.pass_id)
    assert [state_of(o.registration) for o in (kept, dropped, waits)] == ["confirmed", "cancelled", "confirmed"]
    assert counters(code) == (2, 0)
    assert [asked(o.registration).choice for o in (kept, dropped, waits)] == ["kept", "cancelled", "open"]
    assert asked(dropped.registration).decided_by == "visitor"
    with pytest.raises(Refusal, match="affected.answered"):
        keep_place(dropped.registration, actor=VISITOR, owner=dropped.pass_id)
    with pytest.raises(Refusal, match="registration.not_found"):
        keep_place(kept.registration, actor=VISITOR, owner=dropped.pass_id)
    with pytest.raises(Refusal, match="version.stale"):
        keep_place(kept.registration, actor=SYSTEM, version=99)
    give_up_place(kept.registration, actor=VISITOR, owner=kept.pass_id)
    assert asked(kept.registration).choice == "cancelled"
    assert broken() == []


def test_a_later_release_updates_the_open_question(demo_app: Flask) -> None:
    [mine] = book(offering_of("rs-ei-1").code, email="a@example.org")
    put_out(move("rs-ei-1", minutes=30))
    before = asked(mine.registration).changes[0]["before"]
    second = put_out(move("rs-ei-1", minutes=30))
    own = asked(mine.registration)
    assert own.release == second.number and own.changes[0]["before"] == before and len(told("changed")) == 2
    put_out(move("rs-ei-1", minutes=-60))
    own = asked(mine.registration)
    assert (own.choice, own.changes, own.decided_by) == ("kept", [], "system")
    assert "改回" in told("changed")[2].context["changes"]
    put_out(move("rs-ei-1", minutes=15))
    db.session.rollback()
    assert len(map_questions(mine.pass_id)) == 1 and broken() == []


def test_what_changes_but_time_and_place_asks_nobody(demo_app: Flask) -> None:
    [mine] = book(offering_of("rs-nm-1").code, email="a@example.org")
    put_out(move("rs-ei-1", minutes=30))
    row = db.session.query(Registration).filter_by(code=mine.registration).one()
    assert find_asked(row.id) is None and told("changed") == []
    with pytest.raises(Refusal, match="affected.not_found"):
        keep_place(mine.registration, actor=VISITOR, owner=mine.pass_id)


def test_pass_and_calendar_follow_by_themselves(demo_app: Flask) -> None:
    moved, gone = offering_of("rs-ei-1").code, offering_of("rs-stu").code
    [mine, _other] = book(moved, gone, email="a@example.org")
    before = {facts.code: facts.starts for facts in list_registrations(mine.pass_id)}
    put_out(move("rs-ei-1", minutes=30))
    cancel_now("rs-stu")
    own = db.session.get(Pass, mine.pass_id)
    assert own
    facts = next(facts for facts in list_registrations(own.id) if facts.code == mine.registration)
    assert facts.entitled and facts.starts == before[mine.registration] + timedelta(minutes=30)
    events = Calendar.from_ical(calendar_of_holder(own, "zh-CN", "http://x")[1]).walk("VEVENT")
    entries = {str(event.get("STATUS")): event for event in events}
    assert entries["CONFIRMED"]["DTSTART"].dt == facts.starts and entries["CONFIRMED"]["SEQUENCE"] > 0
    assert entries["CANCELLED"]["SEQUENCE"] > 0 and len(events) == 2


def test_a_cancelled_session_is_noted_with_a_way_on(demo_app: Flask) -> None:
    [mine] = book(offering_of("rs-ei-1").code, email="a@example.org")
    cancel_now("rs-ei-1")
    own = asked(mine.registration)
    assert (own.choice, own.decided_by) == ("cancelled", "system") and own.changes[0]["after"]["cancelled"]
    [message] = told("session_cancelled")
    assert message.context["answer"].endswith(mine.registration) and told("changed") == []
    assert list_swaps(own.registration) != []
    assert broken() == []


def test_what_is_answered_elsewhere_is_answered(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    gone, silent = (book(code, phone=phone(n), email=f"p{n}@example.org")[0] for n in (1, 2))
    put_out(move("rs-ei-1", minutes=30))
    cancel_registration(gone.registration, actor=VISITOR, owner=gone.pass_id)
    assert map_questions(gone.pass_id) == {} and len(map_questions(silent.pass_id)) == 1
    with travel(now() + timedelta(minutes=5)):
        assert "an open question belongs to a live registration of what it is about" in broken()
        assert close_questions() == 1
        assert asked(gone.registration).choice == "cancelled" and broken() == []
    [facts] = list_registrations(silent.pass_id)
    with travel(facts.starts + timedelta(minutes=10)):
        assert "no question is open after the start of its session" in broken()
        assert map_questions(silent.pass_id) == {}
        assert close_questions() == 1 and close_questions() == 0
        own = asked(silent.registration)
        assert (own.choice, own.decided_by, state_of(silent.registration)) == ("kept", "", "confirmed")
        with pytest.raises(Refusal, match="registration.started"):
            give_up_place(silent.registration, actor=VISITOR, owner=silent.pass_id)


def test_somebody_changes_to_another_session_with_room(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 1)
    mine, waits = (book(code, phone=phone(n), email=f"p{n}@example.org")[0] for n in (1, 2))
    put_out(move("rs-ei-1", minutes=30))
    row = asked(mine.registration).registration
    swaps = list_swaps(row)
    assert swaps and all(own.offering.code != code for own in swaps)
    target = swaps[0].offering.code
    with pytest.raises(Refusal, match="affected.no_swap"):
        swap_place(mine.registration, code, actor=VISITOR, owner=mine.pass_id)
    swap_place(mine.registration, target, actor=VISITOR, owner=mine.pass_id)
    own = asked(mine.registration)
    assert (own.choice, own.target, own.registration.offering.code) == ("changed", target, target)
    assert state_of(waits.registration) == "confirmed" and counters(code) == (1, 0)
    assert broken() == []


def test_somebody_who_waits_can_change_too(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    resize(code, 1)
    book(code, phone=phone(1))
    [waits] = book(code, phone=phone(2), email="b@example.org")
    put_out(move("rs-ei-1", minutes=30))
    target = list_swaps(asked(waits.registration).registration)[0].offering.code
    swap_place(waits.registration, target, actor=VISITOR, owner=waits.pass_id)
    assert state_of(waits.registration) == "confirmed" and counters(code) == (1, 0) and broken() == []


def test_a_new_clash_is_found_and_swaps_avoid_it(demo_app: Flask) -> None:
    first, second = offering_of("po-220700"), offering_of("rs-ei-1")
    [mine, other] = book(first.code, second.code, email="a@example.org")
    held = {facts.code: facts for facts in list_registrations(mine.pass_id)}
    taken = held[other.registration].sessions[0]
    away = int((held[other.registration].starts - held[mine.registration].starts).total_seconds()) // 60
    moved = move("po-220700", minutes=away)
    assert foresee(week(), list_drafts(week().id, [moved])).clashing == 1
    put_out(moved)
    own = asked(mine.registration)
    assert own.clashing and own.clashes[0]["kind"] == "overlap" and "冲突" in told("changed")[0].context["changes"]
    swaps = list_swaps(own.registration, 1000)
    assert swaps and all(s.starts >= taken.end or s.sessions[-1].end <= taken.start for s in swaps)
    put_out(move("po-220700", minutes=-away))
    assert (asked(mine.registration).clashes, asked(mine.registration).choice) == ([], "kept")

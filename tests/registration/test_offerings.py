"""The demo's offerings: what may be taken, how many seats, why not."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM, Actor
from eventweek.checkin.actions.devices import create_gate
from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.language import CATALOGUE
from eventweek.programme.models import Session
from eventweek.registration.actions import (
    close_offering,
    create_offering,
    edit_offering,
    open_offerings,
    reopen_offering,
)
from eventweek.registration.models import Offering
from eventweek.registration.queries import list_offerings
from tests.registration.world import book, counters, offering_of, resize, set_week_state, week

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]


def test_the_demo_has_every_mode_and_each_no_has_its_sentence(demo_app: Flask) -> None:
    codes = db.session.scalars(select(Session.code)).all()
    found = {own.code: own for facts in list_offerings(codes).values() for own in facts}
    assert Counter(own.mode for own in found.values()) == {
        "open": 77,
        "spectator": 32,
        "approval": 24,
        "invite+quota": 12,
        "timed_entry": 21,
        "media": 3,
    }
    assert {own.why_not.code for own in found.values() if own.why_not} == {"mode.invite", "mode.media"}
    assert {own.why_not.code for own in found.values() if own.why_not} <= CATALOGUE.keys()
    assert sorted(len(own.sessions) for own in found.values())[-4:] == [1, 3, 3, 3]
    assert all(own.cap and own.free == own.cap and own.taken == 0 for own in found.values())
    assert open_offerings(week().id, actor=SYSTEM) == []


def test_slots_come_from_the_note_and_lie_in_the_session(demo_app: Flask) -> None:
    code = db.session.scalars(select(Session.code).where(Session.source_key == "demo:ex-main-1")).one()
    slots = list_offerings([code])[code]
    assert [own.name.zh for own in slots] == ["09:00-12:00", "12:00-14:30", "14:30-17:00"]
    assert [own.slot_start.hour for own in slots if own.slot_start] == [1, 4, 6]


def test_listing_needs_the_same_statements_for_any_number(
    demo_app: Flask, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    codes = db.session.scalars(select(Session.code).where(Session.registration != "none")).all()
    counted = []
    for some in (codes[:3], codes):
        with statements() as seen:
            assert len(list_offerings(some)) == len(some)
        counted.append(len(seen))
    assert counted == [5, 5]


def test_seats_follow_the_room_and_the_plan(demo_app: Flask) -> None:
    own = offering_of("rs-ei-1")
    expected = own.sessions[0].session.expected
    [facts] = list_offerings([own.sessions[0].session.code])[own.sessions[0].session.code]
    assert facts.cap == expected
    book(own.code, seats=2)
    [facts] = list_offerings(facts.sessions)[facts.sessions[0]]
    assert (facts.taken, facts.free, facts.full) == (2, expected - 2, False)


def test_a_cap_never_goes_below_what_is_given_out(demo_app: Flask) -> None:
    code = offering_of("rs-ei-1").code
    book(code, seats=3)
    with pytest.raises(Refusal, match="seat.cap_below_taken"):
        resize(code, 2)
    resize(code, 2, overbook=1)
    assert counters(code) == (3, 0)
    with pytest.raises(Refusal, match="version.stale"):
        edit_offering(code, {"room_cap": 9}, version=1, actor=SYSTEM)
    for cap in (0, -1, 10**7):
        with pytest.raises(Invalid) as caught:
            resize(code, cap)
        assert {error.code for error in caught.value.errors} == {"number.range"}


def test_two_live_offerings_never_share_a_session(demo_app: Flask) -> None:
    own, week_id = offering_of("rs-ei-1"), week().id
    old, session = own.code, own.sessions[0].session.code
    values = {"sessions": [session], "mode": "open", "room_cap": 10, "class_cap": 10}
    with pytest.raises(Invalid) as caught:
        create_offering(week_id, values, actor=SYSTEM)
    assert caught.value.errors[0].code == "offering.shared"
    close_offering(old, actor=SYSTEM)
    with pytest.raises(Invalid) as closed:
        book(old)
    assert closed.value.errors[0].code == "offering.closed"
    fresh = create_offering(week_id, values | {"max_party": 2}, actor=SYSTEM).code
    assert book(fresh)[0].state == "confirmed"
    with pytest.raises(Invalid) as caught:
        reopen_offering(old, actor=SYSTEM)
    assert caught.value.errors[0].code == "offering.shared"


def test_offerings_are_the_organisers(demo_app: Flask) -> None:
    week_id, before = week().id, db.session.scalar(select(func.count()).select_from(Offering))
    nobody = Actor("nobody")
    with pytest.raises(Refusal, match="permission.denied"):
        create_offering(week_id, {"sessions": [], "mode": "open"}, actor=nobody)
    with pytest.raises(Refusal, match="permission.denied"):
        close_offering(offering_of("rs-ei-1").code, actor=nobody)
    for values, code in (
        ({"sessions": ["x"], "mode": "open"}, "session.unknown"),
        ({"sessions": [], "mode": "open"}, "session.unknown"),
    ):
        with pytest.raises(Invalid) as caught:
            create_offering(week_id, values, actor=SYSTEM)
        assert caught.value.errors[0].code == code
    bad = {"sessions": [offering_of("rs-ei-1").sessions[0].session.code], "mode": "timed_entry"}
    bad |= {"slot_start": datetime(2026, 10, 15, 3).astimezone(), "slot_end": datetime(2026, 10, 15, 2).astimezone()}
    with pytest.raises(Invalid) as caught:
        create_offering(week_id, bad, actor=SYSTEM)
    assert [error.code for error in caught.value.errors] == ["hours.order"]
    assert db.session.scalar(select(func.count()).select_from(Offering)) == before


def test_an_archived_week_keeps_its_offerings_as_they_are(demo_app: Flask) -> None:
    offering = offering_of("rs-ei-1")
    for state in ("closed", "archived"):
        set_week_state(state)
    verbs: list[Callable[[], object]] = [
        lambda: edit_offering(offering.code, {"max_party": 2}, version=offering.version, actor=SYSTEM),
        lambda: close_offering(offering.code, actor=SYSTEM),
        lambda: open_offerings(week().id, actor=SYSTEM),
        lambda: create_gate(week().id, "any", Bilingual("南门", ""), actor=SYSTEM),
    ]
    for verb in verbs:
        with pytest.raises(Refusal) as caught:
            verb()
        assert caught.value.code == "week.archived"

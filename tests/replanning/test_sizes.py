"""A release into a smaller room: nobody is dropped, nothing is published before it is decided what becomes of whom."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, Actor, GrantValue
from eventweek.audit.models import AuditEntry
from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.registration.actions import cancel_registration, hold_seats
from eventweek.registration.models import CapacityPool, Offering, Registration
from eventweek.replanning.actions import Decision, publish
from eventweek.replanning.enums import Settling
from eventweek.replanning.queries import foresee
from eventweek.scheduling.queries.drafts import list_drafts
from tests.registration.world import book, counters, offering_of, phone, state_of, week
from tests.replanning.world import asked, broken, move, put_out, small_room, told

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]


def size_of(code: str) -> tuple[int | None, int]:
    """Return cap and overbooking of the room's pool."""
    db.session.rollback()
    query = select(CapacityPool.cap, CapacityPool.overbook).join(Offering, Offering.id == CapacityPool.offering_id)
    cap, overbook = db.session.execute(query.where(Offering.code == code, CapacityPool.cls == "room")).one()
    return cap, overbook


def shrunk(seats: int) -> tuple[str, str, list[str]]:
    """Register parties of 1, 2 and 1, and plan a room of so many seats; return offering, session and registrations."""
    code = offering_of("rs-ei-1").code
    parties = (1, 2, 1)
    codes = [
        book(code, phone=phone(n), seats=k, email=f"p{n}@example.org")[0].registration for n, k in enumerate(parties)
    ]
    return code, move("rs-ei-1", room=small_room("rs-ei-1", seats)), codes


def test_nothing_is_published_before_it_is_decided(demo_app: Flask) -> None:
    code, session, registered = shrunk(3)
    [shortage] = foresee(week(), list_drafts(week().id, [session])).shortages
    assert (shortage.size, shortage.taken, shortage.short, shortage.offering) == (3, 4, 1, code)
    with pytest.raises(Refusal, match="release.short") as caught:
        put_out(session)
    assert caught.value.facts["seats"] == 1
    with pytest.raises(Invalid) as bare:
        put_out(session, decision=Decision({code: Settling.OVERBOOK}))
    assert [(error.field, error.code) for error in bare.value.errors] == [("reason", "field.required")]
    assert size_of(code) == (150, 0) and told("changed") == [] and broken() == []
    assert [state_of(own) for own in registered] == ["confirmed"] * 3


def test_the_surplus_is_overbooked_by_a_recorded_decision(demo_app: Flask) -> None:
    code, session, registered = shrunk(3)
    put_out(session, decision=Decision({code: Settling.OVERBOOK}, "前排加座"))
    assert size_of(code) == (3, 1) and counters(code) == (4, 0)
    assert [state_of(own) for own in registered] == ["confirmed"] * 3
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "offering.overbook")).one()
    assert entry.changes["reason"] == "前排加座" and entry.changes["short"] == 1
    assert len(told("changed")) == 3 and broken() == []


def test_who_registered_last_waits_first(demo_app: Flask) -> None:
    code, session, [first, second, third] = shrunk(3)
    [waits] = [book(code, phone=phone(9), seats=1, email="w@example.org")[0].registration]
    cancel_registration(waits, actor=SYSTEM)
    put_out(session, decision=Decision({code: Settling.REQUEUE}, "换小厅"))
    assert [state_of(own) for own in (first, second, third)] == ["confirmed", "confirmed", "waitlisted"]
    assert size_of(code) == (3, 0) and counters(code) == (3, 1)
    own = asked(third)
    assert own.displaced and own.choice == "open" and not asked(first).displaced
    [message] = [one for one in told("changed") if one.recipient == "p2@example.org"]
    assert "候补最前面" in message.context["changes"]
    [late] = book(code, phone=phone(10), seats=1)
    assert (late.state, late.position) == ("waitlisted", 2)
    cancel_registration(first, actor=SYSTEM)
    assert state_of(third) == "confirmed" and state_of(late.registration) == "waitlisted" and broken() == []


def test_whole_parties_go_and_who_fits_stays(demo_app: Flask) -> None:
    code, session, [first, second, third] = shrunk(2)
    put_out(session, decision=Decision({code: Settling.REQUEUE}, "换小厅"))
    assert [state_of(own) for own in (first, second, third)] == ["confirmed", "waitlisted", "confirmed"]
    assert counters(code) == (2, 2) and broken() == []


def test_seats_that_are_kept_back_stop_it(demo_app: Flask) -> None:
    code, session, _registered = shrunk(3)
    hold_seats(code, "public", 5, expires=now() + timedelta(hours=5), actor=SYSTEM, owner="市科技局", reason="代表团")
    with pytest.raises(Refusal, match="seat.kept_back") as caught:
        put_out(session, decision=Decision({code: Settling.REQUEUE}, "换小厅"))
    assert caught.value.facts["seats"] == 2 and broken() == []


def test_a_smaller_room_with_enough_seats_sets_the_size(demo_app: Flask) -> None:
    code, session, _registered = shrunk(40)
    put_out(session)
    assert size_of(code) == (40, 0) and broken() == []
    put_out(move("rs-ei-1", room=small_room("rs-ei-1", 300)))
    assert size_of(code) == (40, 0)


def test_an_older_overbooking_ends_with_the_larger_room(demo_app: Flask) -> None:
    code, session, _registered = shrunk(3)
    put_out(session, decision=Decision({code: Settling.OVERBOOK}, "前排加座"))
    db.session.rollback()
    for row in db.session.scalars(select(Registration).where(Registration.state == "confirmed")).all()[:2]:
        cancel_registration(row.code, actor=SYSTEM)
    put_out(move("rs-ei-1", room=small_room("rs-ei-1", 2)))
    assert size_of(code) == (2, 0) and broken() == []


def test_who_may_not_edit_registrations_decides_nothing(demo_app: Flask) -> None:
    code, session, _registered = shrunk(3)
    city = Actor("city", id=1, grants=(GrantValue("city", week().id),))
    with pytest.raises(Refusal, match="permission.denied"):
        decision = Decision({code: Settling.REQUEUE}, "换小厅")
        publish(week().id, actor=city, note="", sessions=[session], decision=decision)
    assert counters(code) == (4, 0)

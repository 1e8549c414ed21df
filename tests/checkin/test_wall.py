"""The live wall: its numbers, who sees which part of it, and what asking again costs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from eventweek.accounts.enums import Role
from eventweek.audit.actors import SYSTEM, VISITOR, Actor, GrantValue
from eventweek.checkin.actions.devices import stop_gate
from eventweek.checkin.actions.scans import ScanRequest, record_scan
from eventweek.checkin.enums import Contact
from eventweek.checkin.models import Device
from eventweek.checkin.queries.gates import DeviceFacts, list_gates
from eventweek.checkin.queries.sessions import DoorSession, Turnout, list_sessions
from eventweek.checkin.queries.wall import Wall, Wish, read_wall
from eventweek.kernel.clock import local_day, travel
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.replanning.actions import cancel_and_publish
from tests.factories.door import make_device, make_gate, make_pass, open_sessions
from tests.registration.world import book, offering_of, week

pytestmark = pytest.mark.usefixtures("before_the_week")


def wall(actor: Actor = SYSTEM, **wish: Any) -> Wall:
    """Read the wall."""
    db.session.rollback()
    return read_wall(week(), Wish(**wish), actor=actor)


def enter(
    session: DoorSession, device: DeviceFacts, seq: int, token: str, *, kind: str = "in", rehearsal: bool = False
) -> None:
    """Let somebody in or out at the first gate of the session's venue."""
    gate = next(gate for gate in list_gates(week().id) if gate.venue.code == session.venue_code)
    request = ScanRequest(seq, gate.code, session.code, kind=kind, code=token, rehearsal=rehearsal)
    record_scan(device, request, actor=device.actor)


def of_door(kind: str, code: str) -> Actor:
    """Return somebody of the door in one place."""
    return Actor(label="door", grants=(GrantValue(str(Role.DOOR), week().id, kind, code),))


@pytest.mark.database
def test_people_are_counted_by_session_venue_city_and_week(demo_app: Flask) -> None:
    mine = open_sessions()[0]
    three, one = make_pass(mine, seats=3), make_pass(mine, phone="+8613800138001")
    with travel(mine.start - timedelta(minutes=20)):
        before = wall(session=mine.code)
        assert (before.today.registered, before.today.arrived) == (4, 0)
        device, _key = make_device()
        enter(mine, device, 1, three.token)
        enter(mine, device, 2, one.token)
        enter(mine, device, 3, one.token, kind="out")
        whole = wall()
        [row] = [row for row in whole.sessions if row.session.id == mine.id]
        [venue] = [row for row in whole.venues if row.code == mine.venue_code]
        [city] = [row for row in whole.cities if row.code == mine.city_code]
        assert (row.turnout.arrived, row.turnout.inside) == (4, 3)
        assert {(p.today.arrived, p.today.inside, p.week.arrived) for p in (venue, city)} == {(4, 3, 4)}
        assert (whole.today.arrived, whole.today.inside, whole.week.arrived) == (4, 3, 4)
        assert whole.week.registered == sum(r.week.registered for r in whole.cities) >= whole.today.registered >= 4
        quarter = mine.start - timedelta(minutes=30)
        quarter -= timedelta(minutes=quarter.minute % 15)
        assert [(at.astimezone(UTC), n) for at, n in whole.quarters if n] == [(quarter, 4)]
        moments = [at for at, _n in whole.quarters]
        assert all(b - a == timedelta(minutes=15) for a, b in zip(moments, moments[1:], strict=False))


@pytest.mark.database
def test_a_party_is_told_in_the_quarter_in_which_it_came(demo_app: Flask) -> None:
    """A moment before the quarter ends belongs to it, on either database."""
    mine = open_sessions()[0]
    held = make_pass(mine, seats=2)
    with travel(mine.start - timedelta(milliseconds=10)):
        device, _key = make_device()
        enter(mine, device, 1, held.token)
        [(at, people)] = [quarter for quarter in wall(session=mine.code).quarters if quarter[1]]
    assert (at.astimezone(UTC), people) == (mine.start - timedelta(minutes=15), 2)


def test_rehearsals_never_count(demo_app: Flask) -> None:
    mine = open_sessions()[0]
    held = make_pass(mine)
    with travel(mine.start):
        device, _key = make_device()
        enter(mine, device, 1, held.token, rehearsal=True)
        seen = wall()
        assert seen.week.arrived == seen.week.inside == 0 and not any(people for _at, people in seen.quarters)
        enter(mine, device, 2, held.token)
        assert wall().week.arrived == 1


def test_cancelled_sessions_are_not_shown(demo_app: Flask) -> None:
    offering = offering_of("rs-ei-1")
    [mine] = [s for s in list_sessions(week().id) if s.id == offering.sessions[0].session_id]
    book(offering.code, seats=5)
    day = local_day(mine.start, "Asia/Shanghai")
    before = wall(day=day)
    assert mine.code in {row.session.code for row in before.sessions} and before.week.registered >= 5
    cancel_and_publish(mine.code, reason=Bilingual("停电", ""), actor=SYSTEM, note="")
    assert mine.code not in {row.session.code for row in wall(day=day).sessions}
    with pytest.raises(Refusal, match=r"wall\.not_found"):
        wall(session=mine.code)


def test_gates_and_devices_say_how_they_are(demo_app: Flask) -> None:
    mine, other = (
        open_sessions()[0],
        next(s for s in open_sessions(40) if s.venue_code != open_sessions()[0].venue_code),
    )
    gate, away = make_gate(mine), make_gate(other)
    stop_gate(gate.code, stopped=True, actor=SYSTEM)
    made = [make_device("scan", gate)[0], make_device("scan", away)[0], make_device()[0], make_device()[0]]
    start = datetime(2026, 10, 8, 4, tzinfo=UTC)
    facts = [(start, 60_001), (start - timedelta(minutes=10), -60_000), (None, 0), (start, 0)]
    with transaction():
        for own, (seen, offset) in zip(made, facts, strict=True):
            db.session.get_one(Device, own.id).last_seen_at = seen
            db.session.get_one(Device, own.id).clock_offset_ms = offset
        db.session.get_one(Device, made[3].id).revoked_at = start
    with travel(start + timedelta(minutes=1)):
        rows = {row.code: row for row in wall().devices}
        told = {code: (row.contact, row.clock_wrong, row.troubled) for code, row in rows.items()}
        assert told == {
            made[0].code: (Contact.FRESH, True, True),
            made[1].code: (Contact.QUIET, False, True),
            made[2].code: (Contact.NEVER, False, True),
        }
        narrow = wall(venue=mine.venue_code)
        assert [g.code for g in narrow.gates if g.stopped] == [gate.code]
        assert {g.venue_code for g in narrow.gates} == {mine.venue_code}
        assert [row.code for row in narrow.devices] == [made[0].code]


def test_a_role_of_one_venue_sees_that_alone(demo_app: Flask) -> None:
    mine = open_sessions()[0]
    other = next(s for s in open_sessions(40) if s.venue_code != mine.venue_code)
    make_pass(other, seats=2)
    make_pass(mine, seats=3, phone="+8613800138001")
    make_device()
    own = wall(of_door("venue", mine.venue_code))
    assert [row.code for row in own.venues] == [mine.venue_code] and len(own.cities) == 1
    assert {row.session.venue_code for row in own.sessions} <= {mine.venue_code}
    assert {gate.venue_code for gate in own.gates} == {mine.venue_code} and own.devices == ()
    assert own.week == wall(venue=mine.venue_code).week == Turnout(3)
    assert wall().week == Turnout(5)
    with pytest.raises(Refusal, match=r"wall\.not_found"):
        wall(of_door("venue", mine.venue_code), session=other.code)
    city = wall(of_door("city", mine.city_code))
    assert [row.code for row in city.cities] == [mine.city_code]
    for nobody in (VISITOR, Actor(label="x", grants=(GrantValue("reader", week().id),))):
        with pytest.raises(Refusal, match=r"permission\.denied"):
            wall(nobody)


@pytest.mark.parametrize("wish", [{"session": "nobody"}, {"venue": "\0"}, {"city": "999999"}, {"session": "x" * 9000}])
def test_what_is_not_there_is_said(demo_app: Flask, wish: dict[str, str]) -> None:
    with pytest.raises(Refusal, match=r"wall\.not_found"):
        wall(**wish)


@pytest.mark.database
def test_asking_again_costs_one_statement_and_the_tag_follows_the_scans(demo_app: Flask, statements: Any) -> None:
    mine = open_sessions()[0]
    held, own = make_pass(mine), week()
    with travel(mine.start):
        device, _key = make_device()
        make_gate(mine)

        def cost() -> tuple[int, str]:
            db.session.rollback()
            with statements() as seen:
                tag = read_wall(own, Wish(), actor=SYSTEM).tag
            return len([one for one in seen if "FROM week " not in one]), tag

        first, again = cost(), cost()
        assert (first[0], again[0]) == (9, 1) and first[1] == again[1]
        enter(mine, device, 1, held.token)
        after = cost()
        assert after[0] == 9 and after[1] != again[1]
        for _each in range(3):
            make_device("scan", make_gate(mine))
        assert cost()[0] == 9
    with travel(mine.start + timedelta(minutes=1)):
        assert cost()[1] != after[1]


def test_the_day_is_todays_or_the_first(demo_app: Flask) -> None:
    mine = list_sessions(week().id)[-1]
    assert wall().day == week().first_day and wall(session=mine.code).day == local_day(mine.start, "Asia/Shanghai")
    with travel(datetime(2026, 10, 16, 4, tzinfo=UTC)):
        assert wall().day == local_day(datetime(2026, 10, 16, 4, tzinfo=UTC), "Asia/Shanghai")
    other = wall(day=week().last_day).sessions
    assert other and {row.session.code for row in other}.isdisjoint({row.session.code for row in wall().sessions})

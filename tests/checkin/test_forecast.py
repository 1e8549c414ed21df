"""How many gates: the arithmetic of the curve, what is typed wrong, and what the week's registrations make of it."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask

from eventweek.audit.actors import SYSTEM, VISITOR, Actor, GrantValue
from eventweek.checkin.enums import Fit
from eventweek.checkin.forecast import (
    BURST,
    CURVE,
    Asked,
    Crowd,
    asked_for,
    busiest_rate,
    expect,
    fit_of,
    gates_for,
    measure,
    passes,
)
from eventweek.checkin.models import Attendance
from eventweek.checkin.queries.forecast import Forecast, read_forecast
from eventweek.checkin.queries.sessions import DoorSession
from eventweek.kernel.clock import local_day, travel
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Invalid, Refusal
from tests.factories.door import make_device, make_gate, make_pass, open_sessions
from tests.registration.world import week

NINE = 9 * 60
"""Nine o'clock, in minutes."""


def test_eight_gates_at_eight_seconds_pass_one_a_second() -> None:
    assert passes(8, 8) == 1 and passes(12, 8) == Fraction(3, 2)


def test_a_forum_of_two_thousand_needs_one_and_a_half_a_second_at_its_peak() -> None:
    """45 % come from half an hour to a quarter hour before: 900 in 900 s, half as fast again when it is busiest."""
    expected = expect([Crowd("hall", 2000, NINE)], CURVE)["hall"]
    peak = max(expected.values())
    assert (peak, CURVE[2], BURST) == (2000 * Fraction(45, 100), 45, Fraction(3, 2)) and peak == 900
    assert busiest_rate(peak) == 900 * Fraction(3, 2) / 900 == Fraction(3, 2)
    assert gates_for(peak, 8) == Fraction(3, 2) * 8 == 12
    assert {n * 15: int(people) for n, people in expected.items()} == {
        NINE - 60: 100,
        NINE - 45: 400,
        NINE - 30: 900,
        NINE - 15: 440,
        NINE: 120,
        NINE + 15: 40,
    }
    assert sum(CURVE) == 100 and sum(expected.values()) == 2000


@pytest.mark.parametrize(
    ("people", "gates", "fit"),
    [(900, 12, Fit.ENOUGH), (900, 11, Fit.TIGHT), (900, 8, Fit.TIGHT), (900, 7, Fit.SHORT), (1, 0, Fit.SHORT)],
)
def test_words_follow_from_the_numbers(people: int, gates: int, fit: Fit) -> None:
    assert fit_of(people, gates, 8) == fit


def test_doors_add_up_and_a_beginning_between_quarters_is_split() -> None:
    crowds = [Crowd("a", 100, NINE + 5), Crowd("a", 200, NINE), Crowd("b", 30, NINE)]
    expected = expect(crowds, (0, 0, 100, 0, 0, 0))
    quarter = (NINE - 30) // 15
    assert expected["a"] == {quarter: 200 + Fraction(200, 3), quarter + 1: Fraction(100, 3)}
    assert expected["b"] == {quarter: 30}
    even = expect([Crowd("a", 120, NINE, spread=60)], CURVE)["a"]
    assert even == {NINE // 15 + n: 30 for n in range(4)}


@pytest.mark.parametrize(
    ("seconds", "shares", "codes"),
    [
        ("0", [], {"seconds": "forecast.seconds"}),
        ("-1", [], {"seconds": "forecast.seconds"}),
        ("1000000000", [], {"seconds": "forecast.seconds"}),
        ("9" * 5000, [], {"seconds": "forecast.seconds"}),
        ("8.5", [], {"seconds": "forecast.seconds"}),
        ("八", [], {"seconds": "forecast.seconds"}),
        ("²", [], {"seconds": "forecast.seconds"}),
        ("8", ["5", "20", "45", "22", "6", "1"], {"shares": "forecast.sum"}),
        ("8", ["100"], {"shares": "forecast.count"}),
        ("8", ["0"] * 6, {"shares": "forecast.sum"}),
        ("8", ["200", "-100", "0", "0", "0", "0"], {"shares": "forecast.share"}),
        ("0", ["x", "20", "45", "22", "6", "2"], {"seconds": "forecast.seconds", "shares": "forecast.share"}),
    ],
)
def test_what_is_typed_wrong_is_said_at_its_field(seconds: str, shares: list[str], codes: dict[str, str]) -> None:
    with pytest.raises(Invalid) as caught:
        asked_for(seconds, shares)
    assert {error.field: error.code for error in caught.value.errors} == codes


def test_what_is_left_out_is_as_usual() -> None:
    assert asked_for("", []) == Asked(8, CURVE)
    assert asked_for(" 120 ", ["0", "0", " 100 ", "0", "0", "0"]) == Asked(120, (0, 0, 100, 0, 0, 0))


def test_a_measured_curve_adds_up_and_needs_a_hundred() -> None:
    assert measure({-20: 99}) is None
    assert measure({-500: 10, -60: 10, -46: 10, -16: 30, -1: 20, 0: 10, 400: 10}) == (30, 0, 30, 20, 10, 10)
    thirds = measure({-50: 100, -20: 100, -1: 100})
    assert thirds == (34, 0, 33, 33, 0, 0)


def foretold(session: DoorSession, actor: Actor = SYSTEM, **more: Any) -> Forecast:
    """Read the forecast of a session's day."""
    db.session.rollback()
    return read_forecast(week(), local_day(session.start, "Asia/Shanghai"), Asked(**more), actor=actor)


@pytest.mark.database
def test_registrations_become_gates_of_their_venue(demo_app: Flask, before_the_week: None, statements: Any) -> None:
    mine = open_sessions()[0]
    other = next(s for s in open_sessions(40) if s.venue_code != mine.venue_code)
    make_pass(mine, seats=2000)
    make_pass(mine, seats=500, state="waitlisted", phone="+8613800138001")
    slot = (timedelta(hours=2), timedelta(hours=3))
    make_pass(mine, seats=90, slot=slot, phone="+8613800138002")
    [door] = foretold(mine).doors
    assert (door.code, door.lanes, door.worst.people, door.worst.needed, door.worst.fit) == (
        mine.venue_code,
        1,
        900,
        12,
        Fit.SHORT,
    )
    assert door.worst.at == mine.start - timedelta(minutes=30) and door.worst.rate == 1.5
    assert sum(row.people for row in door.quarters) == pytest.approx(2090, abs=6)
    assert door.quarters[-1].at == mine.start + timedelta(hours=2, minutes=15)
    gate = make_gate(mine)
    for _each in range(12):
        make_device("scan", gate)
    make_device()
    make_device("scan", gate, make_gate(other))
    with statements() as seen:
        again = foretold(mine)
    assert len([one for one in seen if "FROM week " not in one]) == 7
    assert (again.doors[0].gates, again.doors[0].phones, again.roaming) == (2, 12, 2)
    assert {row.fit for row in again.doors[0].quarters} == {Fit.ENOUGH}
    assert foretold(mine, seconds=16).doors[0].worst.needed == 24


def test_the_worst_stands_first_and_only_the_own_reach_is_told(demo_app: Flask, before_the_week: None) -> None:
    first = open_sessions()[0]
    day = local_day(first.start, "Asia/Shanghai")
    same = [s for s in open_sessions(80) if local_day(s.start, "Asia/Shanghai") == day]
    other = next(s for s in same if s.venue_code != first.venue_code)
    make_pass(first, seats=10)
    make_pass(other, seats=800, phone="+8613800138001")
    assert [door.code for door in foretold(first).doors] == [other.venue_code, first.venue_code]
    narrow = Actor(label="door", grants=(GrantValue("door", week().id, "venue", first.venue_code),))
    assert [door.code for door in foretold(first, narrow).doors] == [first.venue_code]
    for nobody in (VISITOR, Actor(label="x", grants=(GrantValue("city", week().id),))):
        with pytest.raises(Refusal, match=r"permission\.denied"):
            foretold(first, nobody)


def test_the_week_measures_its_own_curve(demo_app: Flask, before_the_week: None) -> None:
    mine = next(s for s in open_sessions(40) if s.family != "show")
    with transaction():
        for n, (minutes, party) in enumerate(((-50, 30), (-20, 60), (5, 30))):
            at = mine.start + timedelta(minutes=minutes, seconds=30)
            facts = {"week_id": week().id, "session_id": mine.id, "holder": f"h{n}", "entries": 1}
            db.session.add(Attendance(party=party, first_in=at, last_in=at, **facts))
    assert foretold(mine).measured is None
    with travel(mine.end + timedelta(minutes=1)):
        assert foretold(mine).measured == (25, 0, 50, 0, 25, 0)

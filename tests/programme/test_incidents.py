"""Halls that are lost: what may be said of them, what they close, and that they come back."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, Actor, GrantValue
from eventweek.audit.models import AuditEntry
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.programme.actions.incidents import lift_loss, report_loss
from eventweek.programme.actions.weeks import set_week_state
from eventweek.programme.queries.incidents import get_incident, list_incidents, map_losses
from eventweek.programme.rules.incidents import Loss, why_no_loss
from eventweek.replanning.queries.problem import week_problem
from eventweek.scheduling.actions import place_session
from eventweek.scheduling.planning import apart
from eventweek.scheduling.queries.board import list_problems, list_problems_at
from eventweek.scheduling.queries.drafts import find_placement
from tests.replanning.halls import MORNING, Halls, make_halls, on_the_day

pytestmark = pytest.mark.database
FIRST, LAST, ZONE = date(2027, 4, 12), date(2027, 4, 16), "Asia/Shanghai"
Values = dict[str, Any]


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with on_the_day():
        yield


@pytest.fixture
def halls(app: Flask) -> Halls:
    """Give the small week on its second day."""
    return make_halls()


def report(halls: Halls, *, actor: Actor = SYSTEM, **values: Any) -> Any:
    return report_loss(halls.id, {"rooms": [halls.rooms["one"]], **values}, actor=actor)


@pytest.mark.parametrize(
    ("since", "until", "code"),
    [
        (0, None, ""),
        (0, 60, ""),
        (-24 * 60, 30, ""),
        (-24 * 60 - 1, None, "incident.past"),
        (60, 60, "incident.until"),
        (60, 30, "incident.until"),
        (-60, -30, "incident.over"),
        (5 * 24 * 60, None, "incident.outside"),
    ],
)
def test_when_a_hall_is_lost(since: int, until: int | None, code: str) -> None:
    loss = Loss(MORNING + timedelta(minutes=since), None if until is None else MORNING + timedelta(minutes=until))
    assert [error.code for error in why_no_loss(loss, MORNING, FIRST, LAST, ZONE)] == ([code] if code else [])


def test_a_loss_takes_time_away_to_the_minute() -> None:
    loss = Loss(MORNING, MORNING + timedelta(hours=1))
    before, hour = MORNING - timedelta(hours=1), timedelta(hours=1)
    assert not loss.meets(before, MORNING) and not loss.meets(MORNING + hour, MORNING + 2 * hour)
    assert loss.meets(before, MORNING + timedelta(minutes=1)) and Loss(MORNING).meets(MORNING + 50 * hour, LATE)


LATE = datetime(2027, 4, 20, tzinfo=UTC)


def test_windows_are_cut_and_never_all_gone() -> None:
    assert apart([(0, 100)], [(20, 30), (50, 60)]) == [(0, 20), (30, 50), (60, 100)]
    assert apart([(0, 100)], [(0, 100)]) == [(0, 1)] and apart([], [(0, 1)]) == []


def test_a_lost_hall_is_closed_for_edits_for_findings_and_for_the_planner(halls: Halls) -> None:
    assert [one.rule for one in list_problems(halls.week)] == []
    report(halls, until="2027-04-13T12:00", reason_zh="漏水")
    found = list_problems(halls.week)
    assert [(one.rule, one.sessions) for one in found] == [("room_lost", (halls.sessions["甲"],))]
    session, room = halls.session("丙"), halls.rooms["one"]
    place = find_placement(session.id)
    assert place
    with pytest.raises(Invalid) as refused:
        place_session(session.code, "2027-04-13T11:00", room, version=place.version, actor=SYSTEM)
    assert [(e.field, e.code) for e in refused.value.errors] == [("room", "room.lost")]
    own = next(one for one in week_problem(halls.week, "repair").rooms if one.id == room)
    assert own.open and (1440 + 510, 1440 + 720) not in own.open and (1440 + 720, 1440 + 1260) in own.open
    place = find_placement(session.id)
    assert place
    place_session(session.code, "2027-04-13T17:00", room, version=place.version, actor=SYSTEM)
    db.session.rollback()
    assert "room_lost" not in {one.rule for one in list_problems(halls.week) if halls.sessions["丙"] in one.sessions}
    told = list_problems_at(halls.week, halls.session("丙"), MORNING + timedelta(hours=1), place.room)
    assert "room_lost" in {one.rule for one in told}, "what a move would break is told before"


def test_it_comes_back_once(halls: Halls) -> None:
    own = report(halls)
    assert own.until is None and own.reason == Bilingual("场地临时不能使用", "The room cannot be used")
    code, version = own.code, own.version
    with pytest.raises(Refusal, match=r"version\.stale"):
        lift_loss(halls.id, code, actor=SYSTEM, version=version + 1)
    for _ in range(2):
        lift_loss(halls.id, code, actor=SYSTEM, version=version)
    assert map_losses(halls.id) == {} and [one.lifted_by for one in list_incidents(halls.id)] == ["system"]
    told = list(db.session.scalars(select(AuditEntry.verb).where(AuditEntry.subject == "incident")))
    assert told == ["incident.report", "incident.lift"]
    report(halls)


def test_a_venue_stands_for_its_halls(halls: Halls) -> None:
    own = report_loss(halls.id, {"venues": [halls.venues["near"]]}, actor=SYSTEM)
    assert {part.room.code for part in own.rooms} == {halls.rooms[name] for name in ("one", "two", "three")}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"rooms": []}, "incident.rooms"),
        ({"rooms": ["nix"]}, "reference.unknown"),
        ({"rooms": [], "venues": ["nix"]}, "reference.unknown"),
        ({"since": "yesterday"}, "moment.unknown"),
        ({"until": "2027-04-13T08:00"}, "incident.until"),
        ({"since": "2027-04-11T08:00"}, "incident.past"),
        ({"since": "2027-05-01T08:00"}, "incident.outside"),
        ({"rooms": [3]}, "json.type"),
        ({"reason_zh": 3}, "json.type"),
    ],
)
def test_what_cannot_be_meant_is_said_and_closes_nothing(halls: Halls, values: Values, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        report(halls, **values)
    assert [error.code for error in refused.value.errors] == [code]
    assert map_losses(halls.id) == {}


def test_what_is_lost_already_is_not_lost_again(halls: Halls) -> None:
    report(halls, until="2027-04-13T12:00")
    with pytest.raises(Invalid) as refused:
        report(halls, since="2027-04-13T11:00")
    assert [error.code for error in refused.value.errors] == ["incident.already"]
    report(halls, since="2027-04-13T12:00")


def test_who_may_say_so(halls: Halls) -> None:
    city, other = (Actor("city", grants=(GrantValue("city", None, "city", code),)) for code in ("220100", "220200"))
    with pytest.raises(Refusal, match=r"permission\.denied"):
        report(halls, actor=Actor("reader", grants=(GrantValue("reader"),)))
    with pytest.raises(Refusal, match=r"permission\.denied"):
        report(halls, actor=Actor("track", grants=(GrantValue("track", None, "track", "robots"),)))
    with pytest.raises(Refusal, match=r"reach\.hall_city") as refused:
        report(halls, actor=other)
    assert (refused.value.facts["whose"].zh, refused.value.facts["mine"].zh) == ("长春市", "吉林市")
    code = report(halls, actor=city).code
    with pytest.raises(Refusal, match=r"reach\.hall_city"):
        lift_loss(halls.id, code, actor=other)
    set_week_state(halls.code, "closed", actor=SYSTEM)
    set_week_state(halls.code, "archived", actor=SYSTEM)
    with pytest.raises(Refusal, match=r"week\.archived"):
        lift_loss(halls.id, code, actor=SYSTEM)


def _venue(name: str, code: str) -> Actor:
    return Actor(name, grants=(GrantValue("venue", None, "venue", code),))


def test_a_venue_reports_its_own_halls_and_nothing_with_anothers_in_it(halls: Halls) -> None:
    near = _venue("near", halls.venues["near"])
    for foreign in ({"rooms": [halls.rooms["far"]]}, {"venues": [halls.venues["far"]]}):
        for mixed in (foreign, {"rooms": [halls.rooms["one"]]} | foreign, {"rooms": [*halls.rooms.values()]}):
            with pytest.raises(Refusal, match=r"reach\.hall_venue") as refused:
                report_loss(halls.id, mixed, actor=near)
            assert (refused.value.facts["whose"].zh, refused.value.facts["mine"].zh) == ("创新大厦", "会展中心")
    assert map_losses(halls.id) == {}
    report_loss(halls.id, {"venues": [halls.venues["near"]]}, actor=near)
    assert set(map_losses(halls.id)) == {halls.rooms[name] for name in ("one", "two", "three")}


def test_who_reported_it_takes_it_back_while_nothing_is_decided(halls: Halls) -> None:
    mine, colleague = (_venue(name, halls.venues["near"]) for name in ("mine", "colleague"))
    committee = Actor("committee", grants=(GrantValue("committee"),))
    code = report(halls, actor=mine).code
    with pytest.raises(Refusal, match=r"reach\.alarm_other"):
        lift_loss(halls.id, code, actor=colleague)
    lift_loss(halls.id, code, actor=mine)
    assert map_losses(halls.id) == {}
    code = report(halls, actor=committee).code
    with pytest.raises(Refusal, match=r"reach\.alarm_other"):
        lift_loss(halls.id, code, actor=mine)
    lift_loss(halls.id, code, actor=committee)
    code = report(halls, actor=mine).code
    with transaction():
        own = get_incident(halls.id, code)
        own.decided_at, own.decided_by, own.way, own.release = MORNING, "committee", "cancel", 2
    with pytest.raises(Refusal, match=r"reach\.alarm_decided"):
        lift_loss(halls.id, code, actor=mine)
    assert set(map_losses(halls.id)) == {halls.rooms["one"]}
    lift_loss(halls.id, code, actor=committee)
    assert map_losses(halls.id) == {}

"""Overbooking by measured show-up: what a rate allows, what was measured, and the organiser's word on it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.audit.models import AuditEntry
from eventweek.checkin.actions.overbooking import decide_overbooking
from eventweek.checkin.models import Attendance
from eventweek.checkin.queries.overbooking import Proposal, list_proposals, measure_showing
from eventweek.checkin.showing import Shown, propose_overbooking
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.registration.models import OverbookDecision
from eventweek.registration.queries.offerings import load_offerings
from eventweek.registration.queries.passes import find_pass
from eventweek.registration.verify import list_findings
from tests.conftest import SignIn
from tests.factories.keys import make_key
from tests.registration.world import book, counters, offering_of, phone, resize, state_of, week

pytestmark = pytest.mark.usefixtures("before_the_week")


@pytest.mark.parametrize(
    ("cap", "capacity", "shown", "more"),
    [
        (100, None, Shown(200, 140), 20),
        (100, None, Shown(200, 180), 5),
        (100, 90, Shown(200, 180), 0),
        (100, 500, Shown(200, 180), 5),
        (100, None, Shown(200, 200), 0),
        (100, None, Shown(49, 10), 0),
        (4, None, Shown(200, 100), 0),
    ],
)
def test_a_rate_allows_so_many_and_never_more_than_the_room(
    cap: int, capacity: int | None, shown: Shown, more: int
) -> None:
    assert propose_overbooking(cap, capacity, shown) == more


def measured() -> datetime:
    """Let twelve parties of five register for a session and half of them come; return a moment after its end."""
    code = offering_of("rs-ei-1").code
    resize(code, 100)
    rows = [book(code, phone=phone(number), seats=5)[0] for number in range(12)]
    session = offering_of("rs-ei-1").sessions[0].session_id
    with transaction():
        for row in rows[:6]:
            own = find_pass(row.pass_id)
            assert own
            facts: dict[str, Any] = {"holder": own.code, "registration_code": row.registration, "entries": 1}
            db.session.add(Attendance(week_id=week().id, session_id=session, first_in=now(), **facts))
    [own_offering] = load_offerings([offering_of("rs-ei-1").id])
    return max(session.end for session in own_offering.sessions) + timedelta(minutes=1)


def proposals() -> list[Proposal]:
    return list_proposals(week().id, actor=SYSTEM)


@pytest.mark.database
def test_accepting_gives_out_more_seats_and_keeps_the_word(demo_app: Flask) -> None:
    moment = measured()
    assert measure_showing() == {} and proposals() == []
    with travel(moment):
        assert list(measure_showing().values()) == [Shown(60, 30)]
        code = proposals()[-1].own.offering.code
        resize(code, 10)
        book(code, phone=phone(90), seats=5)
        book(code, phone=phone(91), seats=5)
        [waits] = book(code, phone=phone(92), seats=2)
        assert waits.state == "waitlisted"
        with pytest.raises(Invalid):
            decide_overbooking(week().id, code, accepted=True, reason="", actor=SYSTEM)
        with pytest.raises(Refusal, match=r"permission\.denied"):
            decide_overbooking(week().id, code, accepted=True, reason="x", actor=VISITOR)
        with pytest.raises(Refusal, match=r"version\.stale"):
            decide_overbooking(week().id, code, accepted=True, reason="x", actor=SYSTEM, version=999)
        done = decide_overbooking(week().id, code, accepted=True, reason="去年也是一半", actor=SYSTEM)
        assert (done.accepted, done.proposed, done.registered, done.came) == (True, 2, 60, 30)
        assert state_of(waits.registration) == "confirmed" and counters(code) == (12, 0)
        with pytest.raises(Refusal, match=r"overbook\.none"):
            decide_overbooking(week().id, code, accepted=True, reason="x", actor=SYSTEM)
        assert [finding.name for finding in list_findings() if finding.rows] == []
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "overbook.decide")).one()
    assert entry.changes == {"accepted": True, "proposed": 2, "reason": "去年也是一半"}


@pytest.mark.database
def test_what_was_declined_is_not_proposed_again(demo_app: Flask) -> None:
    with travel(measured()):
        code = proposals()[-1].own.offering.code
        resize(code, 10)
        decide_overbooking(week().id, code, accepted=False, reason="厅小", actor=SYSTEM)
        mine = next(one for one in proposals() if one.own.offering.code == code)
        assert (mine.seats, mine.pool.overbook, mine.is_open) == (2, 0, False)
        resize(code, 20)
        assert next(one for one in proposals() if one.own.offering.code == code).is_open
    assert [row.accepted for row in db.session.scalars(select(OverbookDecision))] == [False]


def test_the_page_and_the_api_take_the_word(demo_app: Flask, sign_in: SignIn) -> None:
    demo_app.config["WTF_CSRF_ENABLED"] = False
    desk, here = sign_in(demo_app), "/desk/w/jl2026/overbooking"
    assert "还没有量到到场率" in desk.get(here).text
    client, key = demo_app.test_client(), make_key("jl2026")[1]
    with travel(measured()):
        first, second = (one.own.offering.code for one in proposals()[-2:])
        resize(first, 10)
        resize(second, 10)
        page = desk.get(here)
        assert "50%" in page.text and "建议超额" in page.text
        post = f"/desk/w/jl2026/offerings/{first}/overbooking"
        assert desk.post(post.replace(first, "nobody"), data={"accepted": "yes", "reason": "x"}).status_code == 404
        assert "写一句原因" in desk.get(desk.post(post, data={"accepted": "yes"}).location).text
        assert "已超额 2 个席位" in desk.get(desk.post(post, data={"accepted": "yes", "reason": "x"}).location).text
        told = client.get("/api/v1/desk/weeks/jl2026/overbooking", headers=key).json or {}
        mine = next(one for one in told["items"] if one["offering"] == second)
        assert (mine["proposed"], mine["open"], mine["registered"], mine["came"]) == (2, True, 60, 30)
        put, any_version = f"/api/v1/desk/weeks/jl2026/offerings/{second}/overbooking", key | {"If-Match": "*"}
        assert client.put(put, json={"accepted": "yes"}, headers=any_version).status_code == 422
        done = client.put(put, json={"accepted": False, "reason": "厅小"}, headers=any_version)
        assert done.status_code == 200 and (done.json or {})["accepted"] is False
        again = client.put(put, json={"accepted": True, "reason": "x"}, headers=any_version)
        assert (again.status_code, (again.json or {})["code"]) == (422, "overbook.none")

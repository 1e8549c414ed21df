"""Every write of the desk's API names the version it was made for: a stale one is refused and changes nothing."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from eventweek.api.v1.desk.resources import RESOURCES
from eventweek.audit.actors import SYSTEM
from eventweek.audit.models import AuditEntry, Revision
from eventweek.checkin.models import Gate
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.limits import init_limits
from eventweek.programme.actions.speakers.links import Contact, give_links
from eventweek.programme.actions.weeks import edit_week
from eventweek.programme.models import CalendarDay, Person, Room, Session
from eventweek.programme.queries import find_week
from eventweek.registration.actions.offerings import open_offerings
from eventweek.registration.actions.rosters import Given, plan_roster
from eventweek.registration.models import Registration, Strike
from eventweek.registration.queries.desk import list_week_offerings
from eventweek.replanning.actions.incidents import raise_alarm
from eventweek.replanning.actions.runs import start_run
from eventweek.replanning.models import AffectedRegistration
from eventweek.scheduling.actions.imports import plan_import
from eventweek.scheduling.actions.scenarios import create_scenario
from eventweek.scheduling.models import Placement, Plan
from tests.api.desk.test_records import address, new
from tests.factories.keys import make_key
from tests.registration.world import book, offering_of

Headers = dict[str, str]
WEEK = "/api/v1/desk/weeks/jl2026"
BODIES: dict[str, dict[str, Any]] = {
    "registrations/<code>/cancellation": {},
    "cancellation": {"reason_zh": "停电"},
    "scenarios": {"name": "别的"},
    "state": {"state": "closed"},
    "holidays": {"type": "holiday", "name_zh": "示例日"},
    "travel-times": {"minutes": 75},
    "classes/<code>": {"cap": 5},
    "online": {"open": True},
    "choice": {"choice": "kept"},
    "strike-rule": {"misses": 2, "effect": "behind"},
    "incidents/<code>/decision": {"way": "cancel", "basis": ""},
    "decision": {"decision": "lift", "reason": "来过"},
    "rules": {"preset": "compact"},
    "pins": {"time": True},
    "duration": {"duration_min": 90},
    "overbooking": {"accepted": True, "reason": "去年也是一半"},
}
READING = {"/api/v1/desk/weeks/<week>/releases", "/api/v1/desk/weeks/<week>/sessions/<code>/foresight"}
"""What is posted for a version that stands, beside what makes something new."""


def _writes(app: Flask) -> list[tuple[str, str]]:
    """Return method and rule of every write that names a version.

    Those of proposals are for keys of organisations: tests/api/desk/test_proposals.py.
    """
    every = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1/desk/")]
    rules = [rule for rule in every if "/proposals" not in rule.rule]
    found = [(method, rule.rule) for rule in rules for method in (rule.methods or set()) & {"PUT", "PATCH", "DELETE"}]
    return found + [("POST", rule) for rule in READING]


def _made(client: FlaskClient, key: Headers) -> dict[str, str]:
    """Return the code of something that exists for the beginning of each rule."""
    week = find_week("jl2026")
    assert week
    open_offerings(week.id, actor=SYSTEM)
    placed = select(Session.code).join(Placement, Placement.session_id == Session.id)
    session = db.session.scalars(placed.where(Session.cancelled_at.is_(None)).limit(1)).one()
    plan = {"sessions": [session], "set": {"visibility": "closed"}, "dry_run": True}
    bulk = client.post(f"{WEEK}/bulk-changes", json=plan, headers=key | {"Idempotency-Key": "bulk"}).json
    assert bulk
    codes = {"weeks/<week>/offerings": list_week_offerings(week.id, actor=SYSTEM)[0].offering.code}
    codes |= {"weeks/<week>/gates": db.session.scalars(select(Gate.code).limit(1)).one()}
    codes |= {"weeks/<week>/bulk-changes": bulk["id"]}
    codes |= {"weeks/<week>/scenarios": create_scenario(week.id, "备用", None, actor=SYSTEM).code}
    run = start_run(week.id, mode="full", seconds=1, named=str, actor=SYSTEM)
    codes |= {"weeks/<week>/planner-runs": run.code}
    hall = db.session.scalars(select(Room.code).order_by(Room.id.desc()).limit(1)).one()
    lost = {"rooms": [hall], "since": "2026-10-15T08:00"}
    codes |= {"weeks/<week>/incidents": raise_alarm(week.id, lost, named=str, actor=SYSTEM).code}
    kept = plan_import(week.id, b"a", "a.csv", language="zh", actor=SYSTEM)
    codes |= {"weeks/<week>/imports": kept.code}
    listed = "姓名,手机号,报名项\n王小明,13900139000,x\n".encode()
    codes |= {
        "weeks/<week>/rosters": plan_roster(week.id, listed, "a.csv", Given(True, "form", "表"), actor=SYSTEM).code
    }
    codes |= {"holidays": db.session.scalars(select(CalendarDay.day).limit(1)).one().isoformat()}
    edit_week("jl2026", {"speaker_link_days": 365}, version=None, actor=SYSTEM)
    person = db.session.scalars(select(Person.code).limit(1)).one()
    codes |= {"weeks/<week>/absences": person}
    codes |= {"weeks/<week>/speaker-links": give_links(week.id, {person: Contact()}, actor=SYSTEM)[0].link.code}
    codes |= _registered(client, key, codes["weeks/<week>/offerings"])
    for own in RESOURCES:
        given = key | {"Idempotency-Key": own.noun}
        made = client.post(address(own), json=new(client, key, own), headers=given).json
        assert made
        codes[own.address.removeprefix("/")] = session if own.noun == "session" else made["id"]
    return codes


def _registered(client: FlaskClient, key: Headers, offering: str) -> dict[str, str]:
    """Return the codes of a registration, of seats kept back, of a message's words and of a message to many."""
    seats = {
        "seats_of": "public",
        "seats": 1,
        "owner": "市科技局",
        "reason": "代表团",
        "expires_at": "2026-10-12T18:00",
    }
    where = f"{WEEK}/offerings/{offering}/holds"
    registration = book(offering_of("rs-ei-2").code)[0].registration
    with transaction():
        row = db.session.scalars(select(Registration).where(Registration.code == registration)).one()
        asked = AffectedRegistration(registration=row, offering="", release=1, changes=[], clashes=[], noted_at=now())
        strike = Strike(registration=row, state="given", given_at=now())
        db.session.add_all([asked, strike])
    hold = client.post(where, json=seats, headers=key | {"Idempotency-Key": "hold"}).json
    many = {"purpose": "通知", "subject_zh": "通知", "body_zh": "请看日程。", "audience": {}, "channels": ["email"]}
    campaign = client.post(f"{WEEK}/campaigns", json=many, headers=key | {"Idempotency-Key": "campaign"}).json
    until = {"expires_at": "2026-10-12T18:00"}
    invited = client.post(
        where.replace("holds", "invitations"), json=until, headers=key | {"Idempotency-Key": "i"}
    ).json
    assert hold and campaign and invited
    return {
        "weeks/<week>/overrides": _passed(client, key),
        "weeks/<week>/registrations": registration,
        "weeks/<week>/affected": asked.code,
        "weeks/<week>/strikes": strike.code,
        "weeks/<week>/offerings/<offering>/holds": hold["id"],
        "weeks/<week>/offerings/<offering>/classes": "media",
        "weeks/<week>/offerings/<offering>/invitations": invited["id"],
        "weeks/<week>/message-texts": "confirmed",
        "weeks/<week>/campaigns": campaign["id"],
    }


def _passed(client: FlaskClient, key: Headers) -> str:
    """Let one thing pass that stops releases: a session in the place of another one."""
    free = select(Placement).join(Session, Session.id == Placement.session_id).where(Session.permit_status == "")
    placed = free.join(Placement.plan).where(Plan.working)
    one, other = db.session.scalars(placed.order_by(Placement.session_id).limit(2)).all()
    place = {"start": other.start.isoformat(), "room": other.room.code}
    headers = key | {"If-Match": "*", "Idempotency-Key": "pass"}
    client.put(f"{WEEK}/sessions/{one.session.code}/placement", json=place, headers=headers)
    told = client.get(f"{WEEK}/problems", headers=key).json
    assert told
    found = next(each["id"] for each in told["items"] if each["rule"] == "room_overlap")
    made = client.post(f"{WEEK}/overrides", json={"problem": found, "reason": "共用一个大厅"}, headers=headers).json
    assert made
    return str(made["id"])


def _address(rule: str, codes: dict[str, str]) -> str:
    start = re.sub(r"^/api/v1/desk/(.*?)/<code>.*$", r"\1", rule)
    path = rule.replace("<week>", "jl2026").replace("<purpose>", "sharing")
    path = path.replace("<offering>", codes["weeks/<week>/offerings"])
    if "travel-times" in rule:
        return path.replace("<code>", "220100").replace("<other>", "220200")
    return path.replace("<code>", codes.get(start, "no-such-thing"))


@pytest.mark.database
@pytest.mark.usefixtures("before_the_week")
def test_a_stale_version_changes_nothing_anywhere(demo_app: Flask, demo_client: FlaskClient) -> None:
    _key, key = make_key("jl2026")
    codes = _made(demo_client, key)
    writes = _writes(demo_app)
    assert len(writes) > 70
    before = _history()
    bodies = BODIES | {
        "move": {"offering": codes["weeks/<week>/offerings"]},
        "placement": {"start": "2026-10-15T09:30", "room": db.session.scalars(select(Room.code)).first()},
    }
    stale, found = key | {"If-Match": '"99999-0badc0de"', "Idempotency-Key": "stale"}, []
    for method, rule in writes:
        init_limits("")
        body = next((own for part, own in bodies.items() if f"/{part}" in rule), {})
        given = {} if method == "DELETE" else {"json": body}
        answer = demo_client.open(_address(rule, codes), method=method, headers=stale, **given)
        if answer.status_code != 412 or (answer.json or {})["code"] not in ("version.stale", "release.overtaken"):
            found.append((method, rule, answer.status_code, (answer.json or {}).get("code")))
    init_limits("")
    assert found == [] and _history() == before


def _history() -> tuple[int, ...]:
    db.session.rollback()
    return tuple(db.session.scalar(select(func.count()).select_from(model)) or 0 for model in (AuditEntry, Revision))

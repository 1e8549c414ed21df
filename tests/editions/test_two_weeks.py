"""Two weeks side by side, one copied from the other, hold the same codes and never show or touch each other's rows."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.audit.models import Revision
from eventweek.campaigns.actions.composing import create_campaign
from eventweek.checkin.actions.devices import Enrolment, accept_enrolment, enrol_device
from eventweek.editions.actions.copying import copy_week
from eventweek.editions.carried import TABLES
from eventweek.editions.enums import Part
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import Base, db, transaction
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.outbox.models import Message
from eventweek.programme.actions.proposals.writing import create_proposal
from eventweek.programme.actions.sessions import create_series, edit_session
from eventweek.programme.actions.speakers.links import Contact, give_links, token_of_link
from eventweek.programme.actions.tags import create_kind, create_track
from eventweek.programme.actions.texts import create_notice, publish_notice, publish_page
from eventweek.programme.actions.weeks import set_week_state
from eventweek.programme.models import Incident, Organisation, Page, Person, Room, Session, Week
from eventweek.registration.actions import Basket, Item, Unit, Wish, invite, register, register_group, renew_feed
from eventweek.registration.actions.bulk import plan_changes
from eventweek.registration.actions.holds import hold_seats
from eventweek.registration.actions.rosters import Given, plan_roster
from eventweek.registration.groups import token_of_group
from eventweek.registration.members import Member
from eventweek.registration.models import (
    Offering,
    Pass,
    PoolHold,
    Registration,
    RegistrationGroup,
    Strike,
    StrikeRule,
    StrikeStep,
)
from eventweek.registration.passes import feed_token_of, manage_token_of
from eventweek.registration.queries.groups import find_group
from eventweek.replanning.actions import publish
from eventweek.replanning.models import AffectedRegistration
from eventweek.scheduling.actions.importing import import_programme
from eventweek.scheduling.actions.imports import plan_import
from eventweek.scheduling.actions.proposal_imports import plan_proposals
from eventweek.scheduling.actions.scenarios import create_scenario
from eventweek.scheduling.models import Plan, RuleOverride
from tests.conftest import SignIn, scaled, share
from tests.editions.test_archived import everything
from tests.editions.writes import Writer
from tests.factories.crowd import OPENING, Crowd
from tests.factories.keys import make_key
from tests.factories.runs import ended_run, files_of_run, made_paper
from tests.web.test_statements import ONE_ROW, Visit

MARK = "春天专有"
MAKING = {f"desk_api.proposal_{verb}" for verb in ("edit", "submit", "withdraw", "session", "file_add", "file_remove")}
"""For organisations; the key of the other week is the committee's."""
ORIGIN = r"copy:[a-z0-9]+"
"""By what a copied row is found again: its own key, which names the code of its origin."""
CODED = (
    "session",
    "offering",
    "registration",
    "rule_override",
    "gate",
    "device",
    "notice",
    "programme_import",
    "proposal",
    "proposal_import",
    "bulk_change",
    "plan",
    "planner_run",
    "incident",
    "pass",
    "roster",
)
"""Tables whose rows have a code of their own in the whole house."""


class Neighbour(Visit):
    """A visit to the copied week, with a pass, a phone, a change, an import and texts of its own."""

    def __init__(self, app: Flask, crowd: Crowd, desk: FlaskClient) -> None:
        super().__init__(app, crowd, desk)
        self.own = autumn().id
        offering = self.first(Offering).code
        person: dict[str, Any] = {"name": "示例秋", "phone": "13900139000", "consent": True}
        (booked,) = register(Basket(week_id=self.own, items=(Item(offering, 1),), **person), actor=VISITOR)
        with transaction():
            row = db.session.scalars(select(Registration).where(Registration.code == booked.registration)).one()
            facts = {"offering": offering, "release": 1, "changes": [], "clashes": [], "noted_at": now()}
            self.asked = AffectedRegistration(registration=row, **facts)
            self.strike = Strike(registration=row, state="given", given_at=now())
            rule = StrikeRule(week_id=self.own, misses=2, effect="behind", since=now() - timedelta(days=1))
            passed = {"finding": "autumn", "rule": "capacity", "reason": "秋", "actor": "system", "at": now()}
            db.session.add_all([self.asked, self.strike, rule, RuleOverride(week_id=self.own, **passed)])
            db.session.flush()
            db.session.add(StrikeStep(strike_id=self.strike.id, at=now(), to_state="given", actor="system"))
        self.visitor, self.week, self.key = app.test_client(), "autumn", make_key("autumn")[1]
        self.manage = manage_token_of(db.session.get_one(Pass, booked.pass_id))
        twin = person | {"phone": "13900139001"}
        (second,) = register(Basket(week_id=self.own, items=(Item(offering, 1),), **twin), actor=VISITOR)
        self.other_pass = db.session.get_one(Pass, second.pass_id).code
        self.own_feed = feed_token_of(renew_feed(booked.pass_id, actor=VISITOR))
        held = {"owner": "秋", "reason": "秋", "expires": now() + timedelta(hours=5)}
        self.hold = hold_seats(offering, "public", 1, actor=SYSTEM, **held)
        invite(offering, Wish(now() + timedelta(hours=5), cls="public"), actor=SYSTEM)
        self.visitor.get(f"/m/{self.manage}")
        self.leader = token_of_group(self._group(booked.registration))
        self.visitor.get(f"/g/{self.leader}")
        speaker = give_links(self.own, {crowd.first(Person).code: Contact()}, actor=SYSTEM)[0].link
        self.visitor.get(f"/p/{token_of_link(speaker)}")
        link = enrol_device(self.own, Enrolment("秋手机", "lead", now() + timedelta(days=9)), actor=SYSTEM)[1]
        self.visitor.set_cookie("eventweek-door", accept_enrolment(link, "")[1])
        self.scenario = create_scenario(self.own, "秋方案", None, actor=SYSTEM)
        session = self.first(Session)
        with transaction():
            db.session.add(Incident(week_id=self.own, since=now(), actor="system", made_at=now()))
            db.session.add(ended_run(self.own, **files_of_run([session.code], crowd.first(Room).code)))
            db.session.add(made_paper(self.own, "system", crowd.first(Room).code))
        edit_session(session.code, {"note_zh": "改"}, version=None, actor=SYSTEM)
        plan_changes(self.own, [session.code], {"set": {"visibility": "closed"}}, actor=SYSTEM)
        plan_import(self.own, "编号,标题\n".encode(), "a.csv", language="zh", actor=SYSTEM)
        listed = f"姓名,手机号,报名项\n示例秋,13900139009,{offering}\n".encode()
        plan_roster(self.own, listed, "a.csv", Given(True, "form", "秋"), actor=SYSTEM)
        words = {"purpose": "通知", "subject_zh": "秋", "body_zh": "秋", "channels": ["email"], "audience": {}}
        create_campaign(self.own, words, actor=SYSTEM)
        own = {"title_zh": "秋", "organisation": crowd.first(Organisation).code}
        proposed = create_proposal(self.own, own, actor=SYSTEM)
        facts: dict[str, Any] = {"organisation": own["organisation"], "language": "zh", "actor": SYSTEM}
        plan_proposals(self.own, "标题,类型\n".encode(), "a.csv", **facts)
        with transaction():
            proposed = db.session.merge(proposed)
            proposed.state, proposed.session_id, proposed.submitted_at = "accepted", session.id, now()
        publish_page(self.own, self.first(Page).code, actor=SYSTEM)
        publish_notice(self.own, create_notice(self.own, {"title_zh": "秋"}, actor=SYSTEM).code, actor=SYSTEM)

    def _group(self, member: str) -> RegistrationGroup:
        """Register a unit for the copied week's last offering: the first ones ask questions; `member`: who joins it."""
        last = select(Offering.code).where(Offering.week_id == self.own).order_by(Offering.id.desc()).limit(1)
        unit = Unit("秋单位", "示例秋", "13900139002", consent=True)
        made = register_group(self.own, db.session.scalars(last).one(), unit, [Member(1, "示例秋", "13900139003")])
        found = find_group(made.group)
        assert found
        with transaction():
            db.session.execute(update(Registration).where(Registration.code == member).values(group_id=found.id))
        return found

    def first(self, model: type[Base]) -> Any:
        """Return the copied week's first row of a kind; what belongs to no week is shared."""
        table = model.__table__
        if model is PoolHold:
            return self.hold
        if model is AffectedRegistration:
            return db.session.merge(self.asked)
        if model is Plan and hasattr(self, "scenario"):
            return db.session.merge(self.scenario)
        if model is Strike:
            return db.session.merge(self.strike)
        if model is Message:
            return db.session.scalars(select(Message).where(Message.week == self.week).limit(1)).one()
        if "week_id" not in table.c or not hasattr(self, "own"):
            return super().first(model)
        return db.session.scalars(select(model).where(table.c.week_id == self.own).order_by(table.c.id).limit(1)).one()

    def _of_history(self, weekly: bool, name: str) -> Any:
        code = self.first(Session).code
        last = select(func.max(Revision.id)).where(Revision.code == code)
        return {"noun": "session", "code": code, "name": "note_zh"}.get(name) or db.session.scalar(last)


@pytest.fixture
def crowd(app: Flask) -> Iterator[Crowd]:
    """Give a week in which everything says so, and a released copy of it."""
    with travel(OPENING - timedelta(minutes=10)):
        own = Crowd()
        own.grow(62)
        values = {"code": "autumn", "title_zh": "秋季", "first_day": "2027-09-13"}
        copied = copy_week("spring", values, parts=list(Part), actor=SYSTEM)
        set_week_state("autumn", "open", actor=SYSTEM)
        publish(copied.id, actor=SYSTEM, note="")
        _mark(own.week_id)
        publish(own.week_id, actor=SYSTEM, note="")
        yield own


def _mark(week_id: int) -> None:
    """Write into every Chinese text of a week's own rows whose they are."""
    with transaction():
        for table in (Base.metadata.tables[name] for names in TABLES.values() for name in names):
            texts = [c for c in table.c if c.name in ("title_zh", "name_zh", "note_zh")]
            if texts and "week_id" in table.c:
                own = update(table).where(table.c.week_id == week_id)
                db.session.execute(own.values({column: column + MARK for column in texts}))


def _codes(week_id: int) -> set[str]:
    tables = [Base.metadata.tables[name] for name in CODED]
    return {code for t in tables for code in db.session.scalars(select(t.c.code).where(t.c.week_id == week_id))}


def autumn() -> Week:
    """Return the copied week."""
    return db.session.scalars(select(Week).where(Week.code == "autumn")).one()


def test_the_database_refuses_what_would_join_two_weeks(crowd: Crowd) -> None:
    """Each reference by (week, id), pointed at the other week's row by a plain statement."""
    own, tried = autumn().id, 0
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            column = next((c for c in key.columns if c.name != "week_id"), None)
            if column is None or len(key.columns) < 2 or "week_id" not in key.columns:
                continue
            theirs = key.referred_table
            other = db.session.scalar(select(theirs.c.id).where(theirs.c.week_id == crowd.week_id).limit(1))
            mine = db.session.execute(select(*table.primary_key).where(table.c.week_id == own).limit(1)).first()
            if mine is None or other is None:
                continue
            here = [c == value for c, value in zip(table.primary_key, mine, strict=True)]
            with pytest.raises(IntegrityError), transaction():
                db.session.execute(update(table).where(*here).values({column: other}))
            tried += 1
    assert tried > 10


@pytest.mark.stated
def test_requests_to_one_week_with_codes_of_the_other_change_nothing_there(
    app: Flask, crowd: Crowd, sign_in: SignIn
) -> None:
    """Every write of the house, sent to the copy about rows of the original."""
    writes = share(list(Writer(app, crowd, sign_in).all()), 0)
    _mark(crowd.week_id)
    key, foreign = make_key("autumn")[1], _codes(crowd.week_id)
    for write in writes:
        write.settle()
    before, wrong = everything(crowd.week_id), {}
    for write in writes:
        write.path = write.path.replace("/spring", "/autumn")
        if write.endpoint.startswith("desk_api."):
            write.sent["headers"] = write.sent["headers"] | key
        elif "/autumn" not in write.path:
            continue
        answer = write.send()
        named = any(part in foreign for part in write.path.split("/"))
        refused = (403, 404) if write.endpoint in MAKING else (404,)
        if answer.status_code >= 500 or (named and answer.status_code not in refused) or MARK in answer.text:
            wrong[write.endpoint] = (answer.status_code, answer.text[:200])
    assert wrong == {}
    after = everything(crowd.week_id)
    assert [name for name in before if before[name] != after[name]] == []


def _addressed(app: Flask) -> list[Rule]:
    """Return the rules of one week's pages, lists, feeds, files and answers of programs, of the door and one's own."""
    rules = [
        rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and rule.endpoint not in ONE_ROW
    ]
    return [rule for rule in rules if "week" in rule.arguments or rule.rule.startswith(("/my", "/gate"))]


def _whole(answer: TestResponse) -> str:
    """Return what an answer says, out of its zip too."""
    if not answer.data.startswith(b"PK"):
        return answer.data.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        return " ".join(book.read(name).decode(errors="replace") for name in book.namelist())


def test_nothing_of_the_other_week_is_ever_shown(app: Flask, crowd: Crowd, sign_in: SignIn) -> None:
    desk = sign_in(app)
    spring, visit = Visit(app, crowd, desk), Neighbour(app, crowd, desk)
    foreign, shown, leaks, told = _codes(crowd.week_id), set(), {}, 0
    for rule in share(_addressed(app), 1):
        theirs, text = spring.open(rule), re.sub(ORIGIN, "", _whole(answer := visit.open(rule)))
        told += MARK in _whole(theirs)
        found = {MARK, "/w/spring", *foreign} & {word for word in {MARK, "/w/spring", *foreign} if word in text}
        if answer.status_code >= 400 or found:
            leaks[rule.endpoint] = (answer.status_code, sorted(found)[:3])
        shown.add(rule.endpoint)
    assert leaks == {} and len(shown) > scaled(100, 40)
    assert told > scaled(30, 10)  # the mark is seen where it belongs


def test_codes_of_the_other_week_are_unknown(app: Flask, crowd: Crowd, sign_in: SignIn) -> None:
    """Addresses of the copy with codes of the original; what is called the same is the copy's own."""
    visit = Visit(app, crowd, sign_in(app))
    visit.week, visit.key, foreign, tried = "autumn", make_key("autumn")[1], _codes(crowd.week_id), 0
    wrong = {}
    for rule in (rule for rule in _addressed(app) if "week" in rule.arguments and len(rule.arguments) > 1):
        answer = visit.open(rule)
        named = any(part.partition(".")[0] in foreign for part in answer.request.path.split("/"))
        tried += named
        if (named and answer.status_code != 404) or MARK in _whole(answer):
            wrong[answer.request.path] = answer.status_code
    assert wrong == {} and tried > 20


@pytest.mark.database
def test_references_into_the_other_week_are_unknown(crowd: Crowd) -> None:
    """By form and API (which share the action), in bulk and by import."""
    own, session = autumn().id, None
    create_kind(crowd.week_id, {"code": "only", "name_zh": "春", "family": "meet"}, actor=SYSTEM)
    create_track(crowd.week_id, {"code": "only", "name_zh": "春"}, actor=SYSTEM)
    session = db.session.scalars(select(Session.code).where(Session.week_id == own).limit(1)).one()
    theirs = crowd.first(Session).code
    document = {"format": "eventweek-programme/1", "source": "x", "week": {"code": "autumn"}}
    row = {"id": "1", "title_zh": "场", "kind": "only"}
    for refused in (
        lambda: edit_session(session, {"kind": "only"}, version=None, actor=SYSTEM),
        lambda: edit_session(session, {"track": "only"}, version=None, actor=SYSTEM),
        lambda: edit_session(session, {"relations": [{"other": theirs, "kind": "after"}]}, version=None, actor=SYSTEM),
        lambda: create_series(
            own, {"code": "r", "name_zh": "系", "kind": "repeat", "members": [{"session": theirs}]}, actor=SYSTEM
        ),
        lambda: create_notice(own, {"title_zh": "秋", "session": theirs}, actor=SYSTEM),
        lambda: plan_changes(own, [session], {"set": {"kind": "only"}}, actor=SYSTEM),
        lambda: plan_changes(own, [theirs], {"set": {"visibility": "closed"}}, actor=SYSTEM),
        lambda: import_programme({**document, "sessions": [row]}, actor=SYSTEM),
    ):
        with pytest.raises(Refusal) as caught:
            refused()
        told = caught.value
        codes = {error.code for error in told.errors} if isinstance(told, Invalid) else {told.code}
        assert codes <= {"reference.unknown", "session.unknown", "import.wrong"}, (codes, told.facts)

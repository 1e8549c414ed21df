"""A generated week as rows of the database: what the planner's generator draws, with texts, people and units."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from benchmarks.week import generate
from benchmarks.week_draft import Sizes
from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.planner.problem import Problem
from eventweek.programme.actions.weeks import create_week, set_week_state
from eventweek.programme.models import (
    City,
    Kind,
    Organisation,
    Person,
    Room,
    RoomHours,
    Session,
    SessionOrganisation,
    SessionPerson,
    Tag,
    Venue,
    Week,
)
from eventweek.scheduling.models import Placement, Plan

SIZES = Sizes(1000, 60, 800, 7, 0.6, 1)
CODE = "generated"
CHINA = timedelta(hours=8)
NONE = Bilingual("", "")
UNITS = 40


def plant(sizes: Sizes = SIZES) -> Week:
    """Write a generated week with its working plan into an empty database, nothing of it published."""
    witness = generate(sizes)
    first = date.fromisoformat(witness.problem.event.start)
    last = first + timedelta(days=sizes.days - 1)
    facts = {"code": CODE, "title_zh": "生成的活动周", "title_en": "Generated week"}
    week = create_week(facts | {"first_day": first.isoformat(), "last_day": last.isoformat()}, actor=SYSTEM)
    set_week_state(CODE, "open", actor=SYSTEM)
    with transaction():
        week = db.session.scalars(select(Week).where(Week.id == week.id)).one()
        rooms, people = _rooms(witness.problem), _people(witness.problem)
        sessions = _sessions(week, witness.problem, people)
        plan = db.session.scalar(select(Plan).where(Plan.week_id == week.id, Plan.working))
        plan = plan or Plan(week_id=week.id, working=True)
        db.session.add_all([plan, *rooms.values(), *sessions.values()])
        db.session.flush()
        for own in witness.placements:
            at = datetime.combine(first, time(), UTC) + timedelta(minutes=own.start) - CHINA
            place = {"plan_id": plan.id, "session_id": sessions[own.session].id, "room_id": rooms[own.room].id}
            db.session.add(Placement(week_id=week.id, start=at, **place))
    return db.session.scalars(select(Week).where(Week.code == CODE)).one()


def _pair(zh: str, en: str, n: object) -> Bilingual:
    return Bilingual(f"{zh} {n}", f"{en} {n}")


def _rooms(problem: Problem) -> dict[str, Room]:
    cities = {own.id: City(code=f"{n:06}", name=_pair(own.name, "City", n)) for n, own in enumerate(problem.cities)}
    venues = {}
    for n, own in enumerate(problem.venues):
        names = {"name": _pair("会展中心", "Exhibition centre", n), "short_name": _pair("会展", "Centre", n)}
        where = {"address": _pair("人民大街", "Renmin Street", n), "transport": _pair("地铁", "Metro line", n)}
        city = cities[own.city or ""]
        venues[own.id] = Venue(source_key=own.id, city=city, site_type="", **names, **where)
    return {own.id: _room(own.id, n, own.capacity, venues[own.venue]) for n, own in enumerate(problem.rooms)}


def _room(key: str, n: int, capacity: int, venue: Venue) -> Room:
    hall: dict[str, Any] = {"capacity": capacity, "layout": "theatre", "changeover_min": 0, "venue": venue}
    room = Room(source_key=key, name=_pair("第一报告厅", "Hall", n), short_name=NONE, **hall)
    room.hours = [RoomHours(opens="08:00", closes="22:00")]
    return room


def _people(problem: Problem) -> dict[str, Person]:
    profile: dict[str, Any] = {"honour": NONE, "roles": ["speaker"], "max_per_day": 9}
    bio = Bilingual("长期从事科技成果转化和创业辅导。" * 8, "Has long worked in the transfer of technology. " * 4)
    return {
        own.id: Person(
            source_key=own.id,
            name=_pair("示例人", "Sample person", n),
            affiliation=_pair("示例大学", "Sample University", n % 50),
            bio=bio,
            **profile,
        )
        for n, own in enumerate(problem.people)
    }


def _sessions(week: Week, problem: Problem, people: dict[str, Person]) -> dict[str, Session]:
    kinds = list(db.session.scalars(select(Kind).where(Kind.week_id == week.id).order_by(Kind.id)))
    tags = list(db.session.scalars(select(Tag).where(Tag.week_id == week.id).order_by(Tag.id)))
    units = [_unit(n) for n in range(UNITS)]
    usual = {own.id: own.duration for own in problem.kinds}
    found = {}
    for n, own in enumerate(problem.sessions):
        session = _session(week.id, n, own.duration or usual[own.kind], own.expected)
        session.kind, session.tags = kinds[n % len(kinds)], [tags[n % len(tags)], tags[(n + 7) % len(tags)]]
        roles = enumerate(zip(("host", "organiser"), (n % UNITS, (n + 1) % UNITS), strict=True))
        session.organisations = [SessionOrganisation(organisation=units[k], role=r, position=p) for p, (r, k) in roles]
        parts = enumerate(own.people)
        session.people = [SessionPerson(person=people[part.id], role="speaker", position=p) for p, part in parts]
        found[own.id] = session
    return found


def _unit(n: int) -> Organisation:
    names = {"name": _pair("示例孵化器", "Sample incubator", n), "short_name": NONE}
    return Organisation(source_key=f"unit:{n}", type="", level="", **names)


def _session(week_id: int, n: int, minutes: int, expected: int) -> Session:
    texts = {"title": _pair("创业沙龙第", "Start-up salon", n), "note": NONE, "subtitle": NONE, "cancel_reason": NONE}
    facts = {"duration_min": minutes, "expected": expected, "visibility": "public", "registration": "open"}
    own = Session(uid=f"generated{n}@{CODE}", source_key=f"generated:{n}", week_id=week_id, **facts, **texts)
    own.text_zh = "介绍这一场的内容：谁来，讲什么，能带走什么。" * 20
    own.text_en = "What this session is about, who comes and what one takes away. " * 10
    return own

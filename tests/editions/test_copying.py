"""A copied edition: its dates, what came, what stayed, and that nothing personal is in it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import Table, func, insert, select

from eventweek.accounts.models import User
from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.editions.actions.copying import copy_week
from eventweek.editions.carried import NEVER, TABLES, WITH_THE_WEEK
from eventweek.editions.enums import Anchor, Part
from eventweek.editions.queries import find_copy
from eventweek.kernel.copying import under
from eventweek.kernel.db import Base, Bilingual, db, transaction
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.tokens import random_code
from eventweek.programme.actions.parties import archive_organisation
from eventweek.programme.actions.sessions import archive_session, cancel_session, create_series, edit_session
from eventweek.programme.actions.tags import archive_kind, create_track
from eventweek.programme.actions.weeks import edit_week
from eventweek.programme.models import Kind, Notice, Page, Session, Track, Week
from eventweek.programme.queries import find_week
from eventweek.registration.models import Attendee, CapacityPool, Offering
from eventweek.scheduling.actions.placements import place_session
from eventweek.scheduling.models import Placement
from tests.conftest import scaled
from tests.factories.door import make_device, make_gate, open_sessions
from tests.factories.media import beside, make_attachment, make_picture, make_world
from tests.factories.programme import make_organisation, make_person, make_room, make_session, make_venue, make_week
from tests.registration.world import book, offering_of

Statements = Callable[[], AbstractContextManager[list[str]]]
NEXT: dict[str, Any] = {"code": "jl2027", "title_zh": "2027年双创周", "first_day": date(2027, 10, 14)}
AUTUMN: dict[str, Any] = {"code": "autumn", "title_zh": "秋季", "first_day": "2027-09-13"}
ALL = list(Part)
ROOT = Base.metadata.tables["week"]


def _rows(table: Table, week_id: int) -> list[dict[str, Any]]:
    return [dict(row) for row in db.session.execute(select(table).where(under(ROOT, table, week_id))).mappings()]


def _count(name: str, week_id: int | None = None) -> int:
    table = Base.metadata.tables[name]
    query = select(func.count()).select_from(table)
    return db.session.scalar(query if week_id is None else query.where(under(ROOT, table, week_id))) or 0


def _sessions(week_id: int) -> dict[str, Session]:
    return {s.title.zh: s for s in db.session.scalars(select(Session).where(Session.week_id == week_id))}


def _start(session: Session, zone: str = "Asia/Shanghai") -> str | None:
    start = db.session.scalar(select(Placement.start).where(Placement.session_id == session.id))
    return start and start.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M")


@pytest.mark.database
@pytest.mark.usefixtures("before_the_week")
def test_nothing_personal_is_in_a_copied_week(demo_app: Flask) -> None:
    """People registered and hold passes, phones stand at the door; each column of each row of the copy is read."""
    old = find_week("jl2026")
    assert old
    with transaction():
        lonely = {"name": "孤例", "phone_e164": "+8613700000000", "contact_key": "k" * 64}
        db.session.add(Attendee(**lonely, created_at=datetime(2026, 1, 1, tzinfo=UTC)))
    for n in range(3):
        offering = offering_of("ex-main-2", n).code
        book(offering, phone=f"1380013800{n}", email=f"ouyang{n}@example.org", organisation="隐私示例公司", seats=2)
    session = open_sessions(1)[0]
    make_device("scan", make_gate(session))
    create_track(old.id, {"code": "ai", "name_zh": "人工智能"}, actor=SYSTEM)
    with transaction():
        db.session.scalars(select(Track)).one().manager_id = db.session.scalar(
            select(User.id).order_by(User.id).limit(1)
        )
    before = {name: _count(name) for name in NEVER}
    assert before["registration"] >= 3 and before["pass"] and before["consent"] and before["device"]
    week = copy_week("jl2026", NEXT, parts=ALL, actor=SYSTEM)
    assert {name: _count(name) for name in NEVER} == before
    assert _leaks(week.id, _personal()) == []
    assert len(_leaks(old.id, _personal())) > 5  # the search finds what is there
    assert (
        db.session.scalar(select(func.sum(CapacityPool.taken)).join(Offering).where(Offering.week_id == week.id)) == 0
    )
    assert all(row["manager_id"] is None for row in _rows(Base.metadata.tables["track"], week.id))
    assert week.contact == Bilingual("", "") and old.contact != week.contact


def _personal() -> set[str]:
    found: set[str] = set()
    for person in db.session.scalars(select(Attendee)):
        phone = (person.phone_e164 or "").removeprefix("+86")
        found |= {person.name, phone, person.email or "", person.organisation, person.contact_key}
    for user in db.session.scalars(select(User)):
        found |= {user.email, user.password_hash, user.name if len(user.name) > 2 else ""}
    return found - {""}


def _leaks(week_id: int, personal: set[str]) -> list[tuple[str, str]]:
    found = []
    for table in Base.metadata.sorted_tables:
        scoped = table.name in {*WITH_THE_WEEK, *NEVER, *(name for names in TABLES.values() for name in names)}
        for row in _rows(table, week_id) if scoped and table is not ROOT else []:
            found += [(table.name, key) for key, value in row.items() for one in personal if one in str(value)]
    attendees = (
        select(Attendee.id)
        .join(Base.metadata.tables["registration"])
        .where(Base.metadata.tables["registration"].c.week_id == week_id)
    )
    return found + [("attendee", str(key)) for key in db.session.scalars(attendees)]


@pytest.mark.database
def test_pictures_and_files_come_as_drafts(app: Flask) -> None:
    """They are the same rows; what the old week has published is no publication of the new one."""
    world, poster, logo = make_world(), make_picture(300), make_picture(310)
    files = [make_attachment(f"{name}.txt", name.encode()) for name in "ba"]
    edit_session(world.session, {"poster": poster.code, "attachments": beside(*files)}, version=None, actor=SYSTEM)
    edit_week("spring", {"logo": logo.code}, version=None, actor=SYSTEM)
    week = copy_week("spring", AUTUMN, parts=ALL, actor=SYSTEM)
    (session,) = _sessions(week.id).values()
    assert (session.poster, week.logo) == (poster, logo)
    assert [own.file for own in session.attachments] == files
    assert _rows(Base.metadata.tables["published_file"], week.id) == []


@pytest.mark.database
def test_everything_that_is_planned_comes(demo_app: Flask) -> None:
    """The demo week a year on, on the same weekdays: as many rows of each table, a draft with nothing released."""
    old = find_week("jl2026")
    assert old
    week = copy_week("jl2026", NEXT, parts=ALL, actor=SYSTEM)
    assert (week.state, week.demo, week.first_day, week.last_day) == (
        "draft",
        False,
        date(2027, 10, 14),
        date(2027, 10, 20),
    )
    assert [row.day - timedelta(weeks=52) for row in week.days] == [row.day for row in old.days]
    for name in (name for names in TABLES.values() for name in names):
        assert _count(name, week.id) == _count(name, old.id), name
    mine = list(db.session.scalars(select(Session).where(Session.week_id == week.id)))
    theirs = {f"copy:{s.code}": s for s in db.session.scalars(select(Session).where(Session.week_id == old.id))}
    assert {session.source_key for session in mine} == theirs.keys() and len(mine) > 150
    for session in mine:
        origin = theirs[session.source_key]
        assert session.title == origin.title and session.uid.endswith("@jl2027.eventweek")
        assert session.code != origin.code and session.version == 1
        assert [day.day - timedelta(weeks=52) for day in session.days] == [day.day for day in origin.days]
        assert {tag.week_id for tag in session.tags} <= {week.id} and session.kind.week_id == week.id
        assert [p.person_id for p in session.people] == [p.person_id for p in origin.people]
        assert session.permit_status == ("needed" if origin.permit_required else "")
    moved = db.session.execute(
        select(Placement.start, Placement.room_id, Session.source_key).join(Session).where(Placement.week_id == week.id)
    ).all()
    old_places = {
        f"copy:{code}": (start + timedelta(weeks=52), room)
        for start, room, code in db.session.execute(
            select(Placement.start, Placement.room_id, Session.code).join(Session).where(Placement.week_id == old.id)
        )
    }
    assert {key: (start, room) for start, room, key in moved} == old_places
    report = find_copy(week.id)
    assert report and report.counts["session"] == len(mine) and report.source == old
    assert report.without_day == [] and report.unplaced == []


@pytest.mark.database
def test_settings_alone_bring_no_session_and_nothing_archived(app: Flask) -> None:
    week = make_week(contact_zh="办公室 0431-1234567")
    edit_week("spring", {"host": make_organisation().code}, version=None, actor=SYSTEM)
    make_session(week)
    create_track(week.id, {"code": "ai", "name_zh": "人工智能"}, actor=SYSTEM)
    archive_kind(week.id, "camp", actor=SYSTEM)
    assert week.host
    archive_organisation(week.host.code, actor=SYSTEM)
    new = copy_week("spring", AUTUMN, parts=[], actor=SYSTEM)
    assert _count("session", new.id) == 0 and _count("track", new.id) == 1
    kinds = set(db.session.scalars(select(Kind.code).where(Kind.week_id == new.id)))
    assert "forum" in kinds and "camp" not in kinds and len(kinds) == 21
    assert (
        new.host is None
        and new.title == Bilingual("秋季", "")
        and [row.city.code for row in new.cities]
        == [
            "220100",
            "220200",
        ]
    )


@pytest.mark.database
def test_what_is_decided_or_over_does_not_come(app: Flask) -> None:
    """Cancelled and archived sessions stay behind with what refers to them; an approval is asked for anew."""
    week = make_week()
    first, gone, large = make_session(week, "甲"), make_session(week, "乙"), make_session(week, "丙", expected=3000)
    away = make_session(week, "丁")
    edit_session(large.code, {"permit_status": "approved"}, version=None, actor=SYSTEM)
    edit_session(
        first.code, {"relations": [{"other": gone.code, "kind": "after", "min_gap_min": 0}]}, version=None, actor=SYSTEM
    )
    places = [{"session": s.code, "position": n} for n, s in enumerate((first, gone, large), 1)]
    create_series(week.id, {"code": "row", "name_zh": "系列", "kind": "tour", "members": places}, actor=SYSTEM)
    cancel_session(gone.code, reason=Bilingual("天气", ""), actor=SYSTEM)
    archive_session(away.code, actor=SYSTEM)
    new = copy_week("spring", AUTUMN, parts=[Part.SESSIONS], actor=SYSTEM)
    mine = _sessions(new.id)
    assert set(mine) == {"甲", "丙"} and mine["甲"].relations == []
    assert mine["丙"].permit_required and mine["丙"].permit_status == "needed"
    assert sorted((m.session.title.zh, m.position) for m in mine["甲"].memberships + mine["丙"].memberships) == [
        ("丙", 2),
        ("甲", 1),
    ]
    report = find_copy(new.id)
    assert report and report.permits == 1


@pytest.mark.database
def test_days_that_the_new_run_has_not_are_left_open_and_told(app: Flask) -> None:
    """Monday to Friday becomes Wednesday to Friday: by weekday, Monday's have no day; by run, the fourth has none."""
    week = make_week(days=[{"day": "2027-04-10", "phase": "warmup"}])
    room = make_room(make_venue())
    monday = make_session(week, "周一", days=["2027-04-12"], fixed_start="2027-04-12T09:30")
    friday, free = make_session(week, "周五", days=["2027-04-16"]), make_session(week, "随便")
    for session, start in ((monday, "2027-04-12T09:30"), (friday, "2027-04-16T14:00"), (free, "2027-04-10T10:00")):
        place_session(session.code, start, room.code, version=None, actor=SYSTEM)
    values = AUTUMN | {"first_day": "2027-09-15", "last_day": "2027-09-17"}
    wanted = [Part.SESSIONS, Part.PLAN]
    new = copy_week("spring", values, parts=wanted, anchor=Anchor.WEEKDAY, actor=SYSTEM)
    mine = _sessions(new.id)
    assert [(row.day.isoformat(), row.phase) for row in new.days][0] == ("2027-09-11", "warmup")
    assert (mine["周一"].days, mine["周一"].fixed_start, _start(mine["周一"])) == ([], None, None)
    assert [str(d.day) for d in mine["周五"].days] == ["2027-09-17"] and _start(mine["周五"]) == "09-17 14:00"
    assert _start(mine["随便"]) == "09-11 10:00"
    report = find_copy(new.id)
    assert report and [s.title.zh for s in report.without_day] == ["周一"] == [s.title.zh for s in report.unplaced]
    run = copy_week("spring", values | {"code": "run"}, parts=wanted, anchor=Anchor.RUN, actor=SYSTEM)
    mine = _sessions(run.id)
    assert _start(mine["周一"]) == "09-15 09:30" and _start(mine["周五"]) is None
    assert _start(mine["随便"]) == "09-13 10:00"


@pytest.mark.database
def test_what_is_wrong_makes_no_week(app: Flask) -> None:
    make_week()
    cases: list[tuple[dict[str, Any], list[Part], str]] = [
        (AUTUMN | {"code": "spring"}, [], "code.taken"),
        (AUTUMN | {"code": "Ä b"}, [], "value.shape"),
        (AUTUMN | {"title_zh": ""}, [], "field.one_language"),
        (AUTUMN | {"first_day": ""}, [], "field.required"),
        (AUTUMN | {"first_day": "2027-09-31"}, [], "day.unknown"),
        (AUTUMN | {"last_day": "2027-09-01"}, [], "days.order"),
        (AUTUMN | {"last_day": "2028-09-01"}, [], "days.too_many"),
        (AUTUMN | {"state": "open"}, [], "field.unknown"),
        (AUTUMN | {"first_day": "2027-09-14"}, [], "copy.weekday"),
        (AUTUMN, [Part.PLAN], "copy.needs_sessions"),
    ]
    for values, parts, code in cases:
        with pytest.raises(Invalid) as caught:
            copy_week("spring", values, parts=parts, actor=SYSTEM)
        assert code in [error.code for error in caught.value.errors], (values, caught.value.errors)
    with pytest.raises(Refusal, match="week.not_found"):
        copy_week("none", AUTUMN, parts=[], actor=SYSTEM)
    with pytest.raises(Refusal, match="permission.denied"):
        copy_week("spring", AUTUMN, parts=[], actor=VISITOR)
    assert [week.code for week in db.session.scalars(select(Week))] == ["spring"]


@pytest.mark.database
def test_a_copy_takes_as_many_statements_for_many_sessions(app: Flask, statements: Statements) -> None:
    """2,000 sessions in a full run; the statements grow by the thousand rows, not by the row."""
    week = make_week()
    make_person()
    one = make_session(week)
    with statements() as few:
        copy_week("spring", AUTUMN | {"code": "few"}, parts=ALL, actor=SYSTEM)
    table = Base.metadata.tables["session"]
    row = {k: v for k, v in _rows(table, week.id)[0].items() if k != "id"}
    many = scaled(2000, 300)
    with transaction():
        for start in range(0, many, 500):
            fresh = [
                row | {"code": random_code(), "uid": f"u{n}", "source_key": f"many:{n}"}
                for n in range(start, min(start + 500, many))
            ]
            db.session.execute(insert(table), fresh)
    with statements() as lots:
        new = copy_week("spring", AUTUMN | {"code": "lots"}, parts=ALL, actor=SYSTEM)
    assert _count("session", new.id) == many + 1 and one.code
    assert len(few) < 90 and len(lots) <= len(few) + 1 + many // 100


@pytest.mark.database
def test_a_copy_of_a_copy_and_an_edited_source(app: Flask) -> None:
    week = make_week()
    make_session(week)
    copy_week("spring", AUTUMN, parts=[Part.SESSIONS], actor=SYSTEM)
    edit_week("spring", {"theme_zh": "改过"}, version=None, actor=SYSTEM)
    again = copy_week(
        "autumn", {"code": "third", "title_en": "Third", "first_day": "2028-09-11"}, parts=ALL, actor=SYSTEM
    )
    assert [s.title.zh for s in _sessions(again.id).values()] == ["创业论坛"]
    assert again.theme.zh == "" and again.title == Bilingual("", "Third")


@pytest.mark.database
def test_pages_come_as_drafts_and_notices_not_at_all(app: Flask) -> None:
    old, seen = make_week(), datetime(2027, 4, 1, tzinfo=UTC)
    told: dict[str, Any] = {"published": {"title_zh": "公告"}, "published_at": seen, "first_published_at": seen}
    with transaction():
        page = Page(week_id=old.id, code="faq", title=Bilingual("常见问题", ""), text_zh="正文", **told)
        gone = Page(week_id=old.id, code="gone", title=Bilingual("旧页", ""), archived_at=seen)
        news: dict[str, Any] = {"source_key": "n", "level": "info", "title": Bilingual("公告", "")}
        db.session.add_all([page, gone, Notice(week_id=old.id, **news, **told)])
    week = copy_week("spring", AUTUMN, parts=[], actor=SYSTEM)
    [mine] = [row for row in _rows(Base.metadata.tables["page"], week.id) if row["code"] in ("faq", "gone")]
    assert (mine["code"], mine["text_zh"], mine["published"], mine["published_at"]) == ("faq", "正文", None, None)
    assert _count("notice", week.id) == 0 and _count("notice", old.id) == 1

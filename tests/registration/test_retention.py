"""When the time is over, nothing that names a person is left in any table; the counts stay."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import JSON, LargeBinary, String, func, select

from eventweek import worker
from eventweek.audit.actors import SYSTEM
from eventweek.audit.models import AuditEntry
from eventweek.checkin.models import Attendance
from eventweek.kernel.actions import plan_housekeeping, purge_answers
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import Base, db, transaction
from eventweek.outbox.models import Message
from eventweek.registration.actions import cancel_registration, purge_attendees
from eventweek.registration.models import (
    Attendee,
    AttendeeIdentity,
    CapacityPool,
    DestructionCertificate,
    Pass,
    PassToken,
    Registration,
)
from eventweek.registration.queries.consents import TEXT_EN, TEXT_ZH
from eventweek.registration.rules import RETENTION_DAYS
from eventweek.registration.verify import list_findings
from tests.registration.world import book, led_by, offering_of, phone, week

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("before_the_week")]
LAST_DAY = date(2026, 10, 21)
PERSONAL = ("欧阳娜娜", "ouyang@example.org", "13800138000", "示例集团", "欧阳本人来电", "饮食禁忌", "身份证密文")


def test_at_the_end_of_the_time_no_table_names_anybody_and_the_counts_stay(demo_app: Flask) -> None:
    _people_come()
    found, before = _texts(), _counts()
    assert [word for word in PERSONAL if not any(word in text for text in found)] == []
    keys = {*db.session.scalars(select(Attendee.contact_key)), *db.session.scalars(select(Attendee.email_key))} - {None}
    with travel(_evening(RETENTION_DAYS - 1)):
        assert purge_attendees() == 0
    assert _texts() == found
    with travel(_evening(RETENTION_DAYS)):
        assert purge_attendees() == 2
        purge_answers()
        left = _texts()
        assert [word for word in (*PERSONAL, *keys) if any(str(word) in text for text in left)] == []
        assert _counts() == before and before["confirmed"] == 2
        assert purge_attendees() == 0
    assert set(db.session.scalars(select(Pass.status))) | set(db.session.scalars(select(PassToken.status))) == {"void"}
    assert set(db.session.scalars(select(Message.state))) == {"dead"}
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "week.purge")).one()
    assert (entry.actor, entry.code, entry.changes) == ("system", "jl2026", {"people": 2, "passes": 2})
    paper = db.session.scalars(select(DestructionCertificate)).one()
    assert (paper.what, paper.counts) == ("people", {"people": 2, "passes": 2, "identities": 1, "files": 0})
    assert [finding.name for finding in list_findings() if finding.rows] == []


def test_the_worker_does_it_by_night(demo_app: Flask) -> None:
    book(offering_of("rs-ei-1").code, email="OuYang@Example.org")
    while worker.work_off():
        pass
    with travel(_evening(RETENTION_DAYS)):
        plan_housekeeping(worker.DAILY)
        while worker.work_off():
            pass
    assert not any("欧阳娜娜" in text or "ouyang@" in text for text in _texts())


def test_somebody_who_comes_again_is_kept_until_that_week_is_over(demo_app: Flask) -> None:
    [own] = book(offering_of("rs-ei-1").code, email="OuYang@Example.org")
    with transaction():
        first, who = week(), db.session.scalars(select(Attendee)).one()
        db.session.add(_later_pass(first.id, who.id))
    with travel(_evening(RETENTION_DAYS)):
        assert purge_attendees() == 0
        assert db.session.scalars(select(Attendee.name)).one() == "欧阳娜娜"
        assert db.session.get_one(Pass, own.pass_id).status == "void"
        assert purge_attendees() == 0
    assert db.session.scalar(select(func.count()).where(AuditEntry.verb == "week.purge")) == 1


def test_the_promise_says_what_the_job_does(demo_app: Flask) -> None:
    client = demo_app.test_client()
    assert f"{RETENTION_DAYS} 天内删除" in TEXT_ZH and f"within {RETENTION_DAYS} days" in TEXT_EN
    assert f"活动周结束后 {RETENTION_DAYS} 天内删除" in client.get("/w/jl2026/privacy").text
    assert f"within {RETENTION_DAYS} days" in client.get("/en/w/jl2026/privacy").text


def _people_come() -> None:
    """Two people register for a session; one cancels another session by telephone."""
    code, other = offering_of("rs-ei-1").code, offering_of("ex-main-2", 1).code
    outcomes = book(code, other, email="OuYang@Example.org", organisation="示例集团", key="once")
    book(code, phone=phone(1))
    cancel_registration(outcomes[1].registration, actor=SYSTEM, note="欧阳本人来电")
    with transaction():
        who = db.session.scalars(select(Attendee).where(Attendee.email.is_not(None))).one()
        week_id = week().id
        sealed = {"sealed": "身份证密文".encode(), "last4": "4321", "id_key": "k", "key_id": "1", "type": "id"}
        db.session.add(AttendeeIdentity(attendee_id=who.id, week_id=week_id, purge_after=now(), **sealed))
        db.session.add(led_by(who, "示例集团"))
        row = db.session.scalars(select(Registration).where(Registration.attendee_id == who.id)).first()
        assert row
        row.answers = {"diet": "饮食禁忌"}
        facts: dict[str, Any] = {"holder": "p", "registration_code": row.code, "first_in": now(), "entries": 1}
        session = offering_of("rs-ei-1").sessions[0].session_id
        db.session.add(Attendance(week_id=week_id, session_id=session, **facts))


def _later_pass(week_id: int, attendee_id: int) -> Pass:
    first = db.session.get_one(type(week()), week_id)
    columns = {c.key: getattr(first, c.key) for c in type(first).__mapper__.column_attrs if c.key != "id"}
    later = LAST_DAY + timedelta(days=200)
    columns |= {"code": "later", "first_day": later, "last_day": later}
    own = type(first)(**columns)
    db.session.add(own)
    db.session.flush()
    return Pass(week_id=own.id, attendee_id=attendee_id, seed=b"s" * 16, created_at=now())


def _evening(days: int) -> datetime:
    return datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, 12, tzinfo=UTC) + timedelta(days=days)


def _texts() -> list[str]:
    """Return every text, document and blob of every table."""
    db.session.rollback()
    found = []
    for table in Base.metadata.sorted_tables:
        columns = [c for c in table.columns if isinstance(c.type, String | JSON | LargeBinary)]
        for row in db.session.execute(select(*columns)) if columns else ():
            found += [v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in row]
    return found


def _counts() -> dict[str, int]:
    """Return registrations by state, seats taken, people who came, and passes."""
    by_state = select(Registration.state, func.count()).group_by(Registration.state)
    counts = {str(state): number for state, number in db.session.execute(by_state)}
    counts["taken"] = db.session.scalar(select(func.sum(CapacityPool.taken))) or 0
    for model in (Attendance, Pass, Attendee):
        counts[model.__tablename__] = db.session.scalar(select(func.count()).select_from(model)) or 0
    return counts

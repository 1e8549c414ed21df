"""The desk with 2,000 sessions: each page and each step of bulk work, beside an empty Flask page."""

import re
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as dtime
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from benchmarks.frame import FOLDER, Figure, demo_week, figure, in_turn, report
from eventweek.accounts.models import User
from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import now
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.programme.models import (
    Kind,
    Organisation,
    Person,
    Room,
    Session,
    SessionOrganisation,
    SessionPerson,
    Tag,
    Venue,
    Week,
)
from eventweek.registration.models import CapacityPool, Offering, OfferingSession
from eventweek.scheduling.actions import release_schedule
from eventweek.scheduling.models import Placement, Plan

BASE = "bare Flask"
SIZE = 2000
WEEK = "jl2026"
DESK = f"/desk/w/{WEEK}"
ROOMS = 60
OPENING = dtime(0, 30)
"""08:30 in Changchun."""
CHANGED = 40
"""Sessions that were edited since the release, so that the preview has something to compare."""


def grow(size: int) -> None:
    """Add sessions with people, organisations, tags, places and offerings until the week has `size`, and release."""
    week = db.session.scalars(select(Week).where(Week.code == WEEK)).one()
    plan = db.session.scalars(select(Plan.id).where(Plan.week_id == week.id, Plan.working)).one()
    week_id, first, more = week.id, week.first_day, size - len(db.session.scalars(select(Session.id)).all())
    with transaction():
        rooms = [_room(n) for n in range(ROOMS)]
        db.session.add_all(rooms)
        tags, units = list(db.session.scalars(select(Tag))), list(db.session.scalars(select(Organisation)))
        kinds = list(db.session.scalars(select(Kind).where(Kind.week_id == week_id)))
        for n in range(more):
            session = _session(week_id, n, kinds[n % len(kinds)])
            session.tags, unit = [tags[n % len(tags)]], units[n % len(units)]
            session.organisations = [SessionOrganisation(organisation=unit, role="host", position=0)]
            start = datetime.combine(first, OPENING, UTC) + timedelta(days=n // ROOMS % 7, hours=n // ROOMS // 7)
            db.session.add(
                Placement(plan_id=plan, session=session, start=start, room=rooms[n % ROOMS], week_id=week_id)
            )
            db.session.add(_offering(week_id, session))
    release_schedule(week_id, actor=SYSTEM, note="")
    with transaction():
        for session in db.session.scalars(select(Session).order_by(Session.id.desc()).limit(CHANGED)):
            session.title = Bilingual(f"{session.title.zh}（改）", session.title.en)


def _room(n: int) -> Room:
    pair, none = Bilingual(f"基准厅 {n}", f"Bench hall {n}"), Bilingual("", "")
    venue = Venue(source_key=f"bench:{n}", name=pair, short_name=none, address=pair, transport=none, site_type="")
    hall = {"capacity": 200, "layout": "theatre", "changeover_min": 0, "venue": venue}
    return Room(source_key=f"bench:{n}", name=pair, short_name=none, **hall)


def _session(week_id: int, n: int, kind: Kind) -> Session:
    pair, none = Bilingual(f"创业沙龙第 {n} 场", f"Start-up salon {n}"), Bilingual("", "")
    texts = {"title": pair, "note": none, "subtitle": none, "cancel_reason": none, "text_zh": "介绍这一场的内容。" * 40}
    facts = {"duration_min": 30, "expected": 80, "visibility": "public", "registration": "open", "kind": kind}
    own = Session(uid=f"bench{n}@{WEEK}", source_key=f"bench:{n}", week_id=week_id, **facts, **texts)
    profile = {"affiliation": pair, "honour": none, "bio": none, "roles": ["speaker"], "max_per_day": 9}
    person = Person(source_key=f"bench:{n}", name=Bilingual(f"示例{n}", f"Sample {n}"), **profile)
    own.people = [SessionPerson(person=person, role="speaker", position=0)]
    return own


def _offering(week_id: int, session: Session) -> Offering:
    pools = [CapacityPool(cls=cls, cap=80) for cls in ("room", "public")]
    links = [OfferingSession(session=session, week_id=week_id)]
    return Offering(week_id=week_id, name=Bilingual("", ""), mode="open", pools=pools, sessions=links)


def sign_in(app: Flask) -> FlaskClient:
    """Return a client at which an administrator is signed in."""
    with transaction():
        user = User(email="bench@example.org", name="基准", password_hash="", administrator=True, created_at=now())
        db.session.add(user)
        db.session.flush()
        known = {"id": user.id, "epoch": user.epoch, "since": 4_000_000_000, "seen": 4_000_000_000}
    client = app.test_client()
    with client.session_transaction() as session:
        session["staff"] = known
    return client


def pages(client: FlaskClient, size: int) -> dict[str, Callable[[int], object]]:
    """Return the pages to open, by name."""
    sessions, last = f"{DESK}/sessions", -(-size // 50)
    asked = {
        "sessions, page 1": sessions,
        "sessions, last page": f"{sessions}?page={last}",
        "sessions, filtered": f"{sessions}?kind=forum&visibility=public",
        "sessions, searched": f"{sessions}?q=%E6%B2%99%E9%BE%99+199",
        "sessions, sorted by place": f"{sessions}?sort=place",
        "sessions, changed since release": f"{sessions}?release=changed",
        "timetable, one day": f"{DESK}/timetable?day={date(2026, 10, 16)}",
        "desk home": f"{DESK}/",
        "people": "/desk/people",
        "release preview": f"{DESK}/releases/new",
        "bulk form, all": f"{DESK}/bulk-changes/new?scope=all",
    }
    return {name: lambda _n, address=address: got(client, address) for name, address in asked.items()}


def bulk(client: FlaskClient, count: int) -> list[Figure]:
    """Return the figures of each step of bulk work over all sessions."""
    times: dict[str, list[float]] = {}
    for number in range(count + 1):
        sent = token(client)
        wish = {"visibility": ("closed", "public")[number % 2], "earliest": f"09:{number % 60:02}", **sent}
        steps = _steps(client, wish, sent)
        for name, seconds in steps:
            if number:
                times.setdefault(name, []).append(seconds)
    return [figure(name, own) for name, own in times.items()]


def _steps(client: FlaskClient, wish: dict[str, str], token: dict[str, str]) -> Iterator[tuple[str, float]]:
    answer, seconds = _timed(lambda: client.post(f"{DESK}/bulk-changes/new?scope=all", data=wish))
    assert answer.status_code == 303, answer.text[:2000]
    yield "bulk, foresee 2,000", seconds
    yield "bulk, preview page", _timed(lambda: got(client, answer.location))[1]
    for name, ending in (("bulk, apply to 2,000", "application"), ("bulk, undo 2,000", "undoing")):
        done, seconds = _timed(lambda ending=ending: client.post(f"{answer.location}/{ending}", data=token))
        assert done.status_code == 303
        yield name, seconds


def _timed(call: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    return call(), time.perf_counter() - start


def got(client: FlaskClient, address: str) -> Any:
    """Return the answer to a request that succeeds."""
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer


def token(client: FlaskClient) -> dict[str, str]:
    """Return what a form must carry beside its fields."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/account").text)
    assert found
    return {"csrf_token": found[1]}


def measure(count: int, size: int = SIZE) -> list[Figure]:
    """Return the figures of `count` calls each; bulk steps a tenth as often."""
    bare = Flask("bare")
    bare.add_url_rule("/", view_func=lambda: "ok")
    with demo_week() as app:
        grow(size)
        empty, client = bare.test_client(), sign_in(app)
        figures = in_turn(count, {BASE: lambda _n: empty.get("/"), **pages(client, size)})
        return figures + bulk(client, max(1, count // 5))


def main(count: int = 15, folder: Path = FOLDER, size: int = SIZE) -> str:
    """Measure and report."""
    about = f"{size:,} sessions, one process, one thread, SQLite"
    return report("desk", measure(count, size), BASE, folder, about)


if __name__ == "__main__":
    print(main(int(sys.argv[1]) if len(sys.argv) > 1 else 15))

"""Feeds are written once per release and kept, whoever asks first."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.actors import DEMO
from eventweek.calendars import actions
from eventweek.calendars.actions import keep_feed
from eventweek.calendars.enums import Scope
from eventweek.calendars.models import FeedBody, FeedEntry
from eventweek.calendars.queries import find_body
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Session, Week
from eventweek.programme.queries import find_week
from eventweek.scheduling.actions import release_schedule
from eventweek.scheduling.models import ReleaseItem
from tests.conftest import scaled
from tests.factories.releases import retell

BASE = "https://week.example"


def body(scope: Scope = Scope.WEEK, code: str = "") -> bytes:
    """Give the plain body of a feed of the demo week."""
    found = find_body(keep_feed("jl2026", scope, code, "zh-CN", BASE).id, zipped=False)
    assert found
    return found.body


def rename(source_key: str, title: str) -> Session:
    """Change a session's draft title and release the week."""
    with transaction():
        session = db.session.scalars(select(Session).where(Session.source_key == f"demo:{source_key}")).one()
        session.title_zh = title
        week_id = session.week_id
    release_schedule(week_id, actor=DEMO, note="")
    return session


@pytest.mark.database
def test_first_reader_stores_and_a_release_writes_only_what_changed(demo_app: Flask) -> None:
    first = body()
    kept = set(db.session.scalars(select(FeedEntry.key)))
    assert len(kept) == 151 and body() == first
    old = db.session.scalars(select(FeedBody)).one()
    number, etag, modified = old.number, old.etag, old.last_modified
    rename("op-main", "启动仪式（改）")
    assert "启动仪式（改）" in body().decode().replace("\r\n ", "")
    new = db.session.scalars(select(FeedBody)).one()
    assert new.number == number + 1 and new.etag != etag and new.last_modified > modified
    assert len(set(db.session.scalars(select(FeedEntry.key))) - kept) == 1


def test_feed_that_a_release_leaves_alone_keeps_its_etag_and_date(demo_app: Flask) -> None:
    other = db.session.scalars(select(Session).where(Session.source_key == "demo:op-main")).one().code
    with travel(now() - timedelta(days=1)):
        before = keep_feed("jl2026", Scope.SESSION, other, "zh-CN", BASE)
    untouched = db.session.scalars(
        select(Session).where(Session.source_key != "demo:op-main", Session.visibility == "public").limit(1)
    ).one()
    rename(untouched.source_key.removeprefix("demo:"), "另一场（改）")
    assert keep_feed("jl2026", Scope.SESSION, other, "zh-CN", BASE) == before


@pytest.mark.database
def test_readers_who_come_first_together_store_one_body(demo_app: Flask) -> None:
    seen, gate = [], threading.Barrier(4)

    def ask() -> None:
        with demo_app.app_context():
            gate.wait()
            seen.append(keep_feed("jl2026", Scope.WEEK, "", "en", BASE))

    for _round in range(scaled(20)):
        with transaction():
            for row in db.session.scalars(select(FeedBody)):
                db.session.delete(row)
        seen.clear()
        threads = [threading.Thread(target=ask) for _number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(seen) == 4 and len(set(seen)) == 1
        assert db.session.scalar(select(func.count()).select_from(FeedBody)) == 1
        db.session.rollback()


def test_slow_writer_does_not_overwrite_a_newer_release(demo_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    real = actions.joined

    def slow(*arguments: object) -> bytes:
        monkeypatch.setattr(actions, "joined", real)
        written: bytes = real(*arguments)  # type: ignore[arg-type]
        rename("op-main", "新的标题")
        assert "新的标题" in body().decode().replace("\r\n ", "")
        return written

    monkeypatch.setattr(actions, "joined", slow)
    assert "新的标题" in body().decode().replace("\r\n ", "")
    assert db.session.scalars(select(FeedBody)).one().number == 2


def test_entry_that_cannot_be_written_leaves_the_others_readable(
    demo_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction():
        item = db.session.scalars(select(ReleaseItem).limit(1)).one()
        code = item.snapshot["code"]
        retell(item, visibility="public", kind=None)
    assert body().count(b"BEGIN:VEVENT") == 150
    assert code in caplog.text


@pytest.mark.parametrize(("week", "scope", "code"), [("nix", Scope.WEEK, ""), ("jl2026", Scope.SESSION, "nix")])
def test_unknown_feed_is_refused_and_stores_nothing(demo_app: Flask, week: str, scope: Scope, code: str) -> None:
    with pytest.raises(Refusal, match=r"feed\.not_found"):
        keep_feed(week, scope, code, "zh-CN", BASE)
    assert db.session.scalar(select(func.count()).select_from(FeedBody)) == 0


def test_week_without_release_has_an_empty_calendar(app: Flask) -> None:
    with transaction():
        week = Week(code="w27", timezone="Asia/Shanghai", first_day=now().date(), last_day=now().date())
        week.title_zh = week.title_en = "W"
        db.session.add(week)
    found = find_week("w27")
    assert found
    stored = find_body(keep_feed("w27", Scope.WEEK, "", "en", BASE).id, zipped=False)
    assert stored and b"BEGIN:VTIMEZONE" in stored.body and b"VEVENT" not in stored.body

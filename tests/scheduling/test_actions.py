"""A release freezes what changed, and only that."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.audit.models import AuditEntry
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Session
from eventweek.programme.queries import find_week
from eventweek.scheduling.actions import release_schedule
from eventweek.scheduling.models import Placement
from eventweek.scheduling.queries import list_public_sessions


@pytest.mark.database
def test_release_publishes_only_the_changed_and_raises_their_sequence(demo_app: Flask) -> None:
    with demo_app.app_context():
        week = find_week("jl2026")
        assert week is not None
        week_id = week.id
        with pytest.raises(Refusal, match="release.no_change"):
            release_schedule(week_id, actor=SYSTEM, note="")
        _move("demo:rs-ei-1", timedelta(minutes=30))
        before = {s.uid: (s.start, s.sequence) for s in list_public_sessions(week_id)}
        release = release_schedule(week_id, actor=SYSTEM, note="挪半小时")
        after = {s.uid: (s.start, s.sequence) for s in list_public_sessions(week_id)}
        changed = {uid for uid in after if after[uid] != before[uid]}
        assert (release.number, changed) == (2, {"rs-ei-1.jl2026@eventweek.demo"})
        start, sequence = before[changed.pop()]
        assert after["rs-ei-1.jl2026@eventweek.demo"] == (start + timedelta(minutes=30), sequence + 1)
        entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None and (entry.verb, entry.changes["sessions"]) == ("release.publish", 1)


@pytest.mark.database
def test_an_edit_stays_a_draft_until_released(demo_app: Flask) -> None:
    with demo_app.app_context():
        week = find_week("jl2026")
        assert week is not None
        week_id = week.id
        before = list_public_sessions(week_id)
        _move("demo:rs-nm-1", timedelta(minutes=30))
        assert list_public_sessions(week_id) == before


def _move(key: str, by: timedelta) -> None:
    with transaction():
        query = select(Placement).join(Placement.session).where(Session.source_key == key)
        placement = db.session.scalars(query).one()
        placement.start += by

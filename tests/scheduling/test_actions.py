"""A draft stays a draft until it is released; a release freezes what changed, whole or in part."""

from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, Actor, GrantValue
from eventweek.audit.models import AuditEntry
from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.programme.actions.places import edit_venue
from eventweek.programme.actions.sessions import archive_session, cancel_session, edit_session, restore_session
from eventweek.programme.actions.weeks import set_week_state
from eventweek.programme.models import Session
from eventweek.programme.queries import find_week
from eventweek.scheduling.actions import place_session, release_schedule, unplace_session
from eventweek.scheduling.models import Placement, Published, Release, ReleaseItem
from eventweek.scheduling.queries import find_published, list_public_sessions, list_published
from tests.factories.programme import make_person, make_room, make_session, make_venue, make_week
from tests.factories.releases import list_changes

pytestmark = pytest.mark.database
MORNING = "2027-04-13T09:00"


class World:
    """A released week with two sessions in two halls."""

    def __init__(self) -> None:
        self.week_id = (week := make_week()).id
        self.venue = make_venue()
        self.halls = [make_room(self.venue, name_zh=name).code for name in ("一号厅", "二号厅")]
        self.person = make_person().code
        speaker = [{"person": self.person, "role": "speaker"}]
        self.codes = [make_session(week, "甲", people=speaker, text_zh="**正文**").code, make_session(week, "乙").code]
        for code, hall in zip(self.codes, self.halls, strict=True):
            place_session(code, MORNING, hall, version=None, actor=SYSTEM)
        release_schedule(self.week_id, actor=SYSTEM, note="首次发布")

    def release(self, *codes: str) -> dict[str, str]:
        """Release (in part) and return the action by title."""
        release = release_schedule(self.week_id, actor=SYSTEM, note="", sessions=codes or None)
        items = db.session.scalars(select(ReleaseItem).where(ReleaseItem.release_id == release.id))
        return {item.snapshot["title"]["zh"]: item.action for item in items}

    def seen(self) -> dict[str, tuple[Any, ...]]:
        """Return what the public sees: hour in UTC, status, sequence, by title."""
        return {s.title.zh: (s.start.hour, s.cancelled, s.sequence) for s in list_public_sessions(self.week_id)}


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def test_before_the_first_release_nothing_is_public(app: Flask) -> None:
    week = make_week("draft")
    session = make_session(week)
    place_session(session.code, MORNING, make_room(make_venue()).code, version=None, actor=SYSTEM)
    with pytest.raises(Refusal, match="week.draft"):
        release_schedule(week.id, actor=SYSTEM, note="")
    assert list_published(week.id) == [] and find_published(session.id) is None
    assert [(c.action, c.before) for c in list_changes(week.id)] == [("new", None)]


def test_a_release_takes_only_what_changed(world: World) -> None:
    with pytest.raises(Refusal, match="release.no_change"):
        release_schedule(world.week_id, actor=SYSTEM, note="")
    place_session(world.codes[0], "2027-04-13T11:00", world.halls[0], version=1, actor=SYSTEM)
    edit_session(world.codes[1], {"title_en": "B"}, version=1, actor=SYSTEM)
    assert world.seen() == {"甲": (1, False, 0), "乙": (1, False, 0)}
    assert [(c.title.zh, c.action, c.fields) for c in list_changes(world.week_id)] == [
        ("甲", "moved", ["start"]),
        ("乙", "changed", ["title"]),
    ]
    assert world.release() == {"甲": "moved", "乙": "changed"}
    assert world.seen() == {"甲": (3, False, 1), "乙": (1, False, 0)}
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry and (entry.verb, entry.changes) == (
        "release.publish",
        {"number": 2, "sessions": 2, "partial": False},
    )


def test_a_partial_release_leaves_the_others_as_they_were(world: World) -> None:
    for n, code in enumerate(world.codes):
        place_session(code, "2027-04-14T09:00", world.halls[n], version=1, actor=SYSTEM)
    assert world.release(world.codes[1]) == {"乙": "moved"}
    assert {s.title.zh: s.start.day for s in list_public_sessions(world.week_id)} == {"甲": 13, "乙": 14}
    with pytest.raises(Refusal, match="release.no_change"):
        world.release(world.codes[1])
    with pytest.raises(Refusal, match="release.unknown_session"):
        world.release("nowhere")
    numbers = db.session.execute(select(Release.number, Release.partial).order_by(Release.number)).all()
    assert [tuple(row) for row in numbers] == [(1, False), (2, True)]


def test_cancelled_sessions_stay_published_and_come_back(world: World) -> None:
    code = world.codes[0]
    cancel_session(code, reason=Bilingual("嘉宾生病", "The speaker is ill"), actor=SYSTEM)
    assert world.release(code) == {"甲": "cancelled"}
    assert world.seen()["甲"] == (1, True, 1)
    called_off = [s.reason for s in list_public_sessions(world.week_id) if s.cancelled]
    assert called_off == [Bilingual("嘉宾生病", "The speaker is ill")]
    with pytest.raises(Refusal, match="session.off"):
        place_session(code, MORNING, world.halls[0], version=1, actor=SYSTEM)
    restore_session(code, actor=SYSTEM)
    assert world.release() == {"甲": "restored"}
    assert world.seen()["甲"] == (1, False, 2)
    archive_session(code, actor=SYSTEM)
    assert world.release() == {"甲": "cancelled"}


def test_what_was_never_published_is_not_announced_as_cancelled(world: World) -> None:
    week = find_week("spring")
    assert week is not None
    cancel_session(make_session(week, "丙").code, reason=Bilingual("不办了", ""), actor=SYSTEM)
    assert list_changes(world.week_id) == []


def test_an_unplaced_session_keeps_its_published_place(world: World) -> None:
    unplace_session(world.codes[0], version=1, actor=SYSTEM)
    unplace_session(world.codes[0], version=None, actor=SYSTEM)
    [change] = list_changes(world.week_id)
    assert (change.action, change.after) == ("unplaced", None)
    with pytest.raises(Refusal, match="release.no_change"):
        world.release()
    assert world.seen()["甲"] == (1, False, 0)


def test_a_release_that_clashes_with_published_neighbours_is_refused(world: World) -> None:
    place_session(world.codes[0], "2027-04-13T10:00", world.halls[1], version=1, actor=SYSTEM)
    place_session(world.codes[1], "2027-04-14T09:00", world.halls[1], version=1, actor=SYSTEM)
    with pytest.raises(Refusal, match="release.blocked") as caught:
        world.release(world.codes[0])
    assert caught.value.facts["sessions"] == Bilingual("乙 ↔ 甲", "乙 ↔ 甲")
    assert [one.rule for one in caught.value.facts["findings"]] == ["room_overlap"]
    assert world.release() == {"甲": "moved", "乙": "moved"}
    both = {"people": [{"person": world.person, "role": "judge"}]}
    edit_session(world.codes[1], both, version=1, actor=SYSTEM)
    place_session(world.codes[1], "2027-04-13T10:00", world.halls[0], version=2, actor=SYSTEM)
    with pytest.raises(Refusal, match="release.blocked") as caught:
        world.release()
    assert [one.facts["who"] for one in caught.value.facts["findings"]] == [world.person]


def test_the_snapshot_holds_what_readers_need(world: World) -> None:
    edit_venue(
        world.venue.code, {"transport_zh": "地铁 1 号线", "latitude": 43.8, "longitude": 125.3}, version=1, actor=SYSTEM
    )
    assert world.release() == {"甲": "changed", "乙": "changed"}
    session = next(s for s in list_published(world.week_id) if s.title.zh == "甲")
    assert (session.text.zh, session.facts["venue"]["transport"]["zh"]) == ("**正文**", "地铁 1 号线")
    assert session.facts["people"][0]["affiliation"]["zh"] == "示例大学" and session.sequence == 0
    assert session.matches("示例大学 一号厅 长春") and not session.matches("哈尔滨")
    assert find_published(session.id) == session


def test_a_placement_is_checked_and_versioned(world: World) -> None:
    code, hall = world.codes[0], world.halls[0]
    for start, fault in (
        ("2027-05-01T09:00", "day.outside_week"),
        ("2027-04-13T09:07", "placement.grid"),
        ("soon", "moment.unknown"),
        (None, "field.required"),
        (datetime.max, "moment.unknown"),
    ):
        with pytest.raises(Invalid) as caught:
            place_session(code, start, hall, version=1, actor=SYSTEM)
        assert [error.code for error in caught.value.errors] == [fault]
    with pytest.raises(Invalid) as caught:
        place_session(code, MORNING, "nowhere", version=1, actor=SYSTEM)
    assert [(error.field, error.code) for error in caught.value.errors] == [("room", "reference.unknown")]
    place_session(code, "2027-04-13T09:30", hall, version=1, actor=SYSTEM)
    with pytest.raises(Refusal, match="version.stale") as stale:
        place_session(code, MORNING, hall, version=1, actor=SYSTEM)
    assert [row["field"] for row in stale.value.facts["fields"]] == ["start", "room"]
    reader = Actor("u", id=1, grants=(GrantValue("reader", world.week_id),))
    with pytest.raises(Refusal, match="permission.denied"):
        place_session(code, MORNING, hall, version=2, actor=reader)
    with pytest.raises(Refusal, match="permission.denied"):
        release_schedule(world.week_id, actor=reader, note="")


def test_a_session_with_its_permit_moves_only_with_a_reason(world: World) -> None:
    code = world.codes[0]
    edit_session(code, {"permit_required": True, "permit_status": "approved"}, version=1, actor=SYSTEM)
    for move in (
        lambda why: place_session(code, "2027-04-14T09:00", world.halls[0], version=1, actor=SYSTEM, override=why),
        lambda why: unplace_session(code, version=2, actor=SYSTEM, override=why),
    ):
        with pytest.raises(Refusal, match="permit.locked"):
            move(" ")
        move("公安机关已同意")
        entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry and entry.changes["override"] == "公安机关已同意"


def test_an_archived_week_refuses_plans_and_releases(world: World) -> None:
    for state in ("closed", "archived"):
        set_week_state("spring", state, actor=SYSTEM)
    with pytest.raises(Refusal, match="week.archived"):
        release_schedule(world.week_id, actor=SYSTEM, note="")
    with pytest.raises(Refusal, match="week.archived"):
        place_session(world.codes[0], MORNING, world.halls[1], version=1, actor=SYSTEM)


def test_two_releases_at_once_leave_no_gap_and_one_pointer(app: Flask) -> None:
    world = World()
    rounds, start = 4, Barrier(2)
    failures: list[BaseException] = []

    def publish(code: str, hall: str, base: int) -> None:
        with app.app_context():
            for n in range(rounds):
                start.wait(30)
                try:
                    seen = db.session.scalar(
                        select(Placement.version).join(Session, Placement.session).where(Session.code == code)
                    )
                    place_session(code, f"2027-04-{14 + n % 2}T{base + n // 2:02}:00", hall, version=seen, actor=SYSTEM)
                    release_schedule(world.week_id, actor=SYSTEM, note="", sessions=[code])
                except BaseException as failure:
                    failures.append(failure)
            db.session.remove()

    db.session.remove()
    runs = [Thread(target=publish, args=(c, h, b)) for c, h, b in zip(world.codes, world.halls, (9, 14), strict=True)]
    for run in runs:
        run.start()
    for run in runs:
        run.join(60)
    assert failures == []
    numbers = list(db.session.scalars(select(Release.number).order_by(Release.number)))
    assert numbers == list(range(1, 2 * rounds + 2))
    pointers = db.session.execute(select(Published.session_id, Published.item_id)).all()
    newest = {row.session_id: row.id for row in db.session.scalars(select(ReleaseItem).order_by(ReleaseItem.id))}
    assert {tuple(row) for row in pointers} == set(newest.items()) and len(pointers) == 2


def test_drafts_take_the_same_number_of_statements_for_any_number_of_sessions(demo_app: Flask, statements: Any) -> None:
    week = find_week("jl2026")
    assert week is not None
    counts = []
    for key in ("demo:rs-ei-1", "demo:%"):
        for placement in db.session.scalars(
            select(Placement).join(Placement.session).where(Session.source_key.like(key))
        ):
            placement.start += timedelta(minutes=15)
        db.session.commit()
        week_id = week.id
        db.session.remove()
        with statements() as seen:
            changes = list_changes(week_id)
        counts.append((len(changes), len(seen)))
    assert [number for number, _seen in counts] == [1, 170]
    assert counts[0][1] == counts[1][1] <= 24

"""Going back to an older release: the public reads what it read, calendars follow, nothing taken back returns."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, Actor
from eventweek.audit.models import AuditEntry
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import Refusal
from eventweek.kernel.jobs import Job
from eventweek.programme.actions import parties, places
from eventweek.programme.actions.sessions import archive_session, cancel_session, edit_session
from eventweek.programme.actions.speakers.consents import note_consents
from eventweek.programme.actions.uploads import purge_attachments
from eventweek.programme.actions.weeks import set_week_state
from eventweek.replanning.actions import restore
from eventweek.scheduling.actions import place_session
from eventweek.scheduling.queries import PublishedSession, find_last_release, list_published
from eventweek.scheduling.queries.drafts import find_placement
from eventweek.scheduling.queries.restoring import plan_restoration
from tests.factories.media import beside, make_attachment, make_picture, make_world
from tests.factories.programme import make_room, make_session, make_venue
from tests.factories.releases import list_changes
from tests.registration.world import book, offering_of, week
from tests.replanning.world import broken, move, put_out, session_of, told

pytestmark = pytest.mark.usefixtures("before_the_week")
KEY = "rs-ei-1"


def public(code: str) -> PublishedSession:
    db.session.rollback()
    return next(own for own in list_published(week().id) if own.code == code)


def last() -> int:
    release = find_last_release(week().id)
    return release.number if release else 0


def back(number: int = 1, **given: Any) -> int:
    """Go back to a release of the demo week; return the number of the new one."""
    asked: dict[str, Any] = {"number": number, "actor": SYSTEM, "note": "退回"} | given
    return restore(week().id, **asked).number


def renamed(key: str, title: str = "A new title") -> str:
    code = session_of(key).code
    edit_session(code, {"title_en": title}, version=None, actor=SYSTEM)
    return code


@pytest.mark.database
def test_the_public_reads_again_what_it_read_and_calendars_follow(demo_app: Flask) -> None:
    first = {own.code: (own.facts, own.sequence) for own in list_published(week().id)}
    moved, other = move(KEY, minutes=30), renamed("rs-ei-2")
    put_out(moved)
    put_out(other)
    planned = find_placement(session_of(KEY).id)
    assert planned and public(moved).sequence == 1 and last() == 3
    start = planned.start
    assert back() == 4
    found = {own.code: own for own in list_published(week().id)}
    assert {code: own.facts for code, own in found.items()} == {code: facts for code, (facts, _n) in first.items()}
    assert (found[moved].sequence, found[other].sequence) == (2, first[other][1]), (
        "never back, or calendars keep the move"
    )
    assert found[moved].changed_at > found[other].changed_at - timedelta(seconds=5)
    planned = find_placement(session_of(KEY).id)
    assert planned and planned.start == start, "the working plan stays as it is"
    assert {change.session_code for change in list_changes(week().id)} == {moved, other}
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "release.restore")).one()
    assert entry.changes == {"number": 4, "of": 1, "sessions": 2, "partial": False}
    jobs = [(job.name, job.payload) for job in db.session.scalars(select(Job).order_by(Job.id.desc()).limit(2))]
    assert {name for name, _payload in jobs} == {"release.published", "release.tell"}
    with pytest.raises(Refusal, match="release.no_change"):
        back()
    assert broken() == []


def test_chosen_sessions_go_back_and_the_others_stay(demo_app: Flask) -> None:
    moved, other = move(KEY, minutes=30), renamed("rs-ei-2")
    put_out(moved, other)
    assert back(sessions=[other]) == 3
    assert public(other).title.en != "A new title" and public(moved).sequence == 1
    release = find_last_release(week().id)
    assert release and release.partial and release.note == "退回"


def test_a_release_in_between_is_met_as_the_public_read_it_then(demo_app: Flask) -> None:
    """Partial releases hold few sessions: going back to one means all that was public after it."""
    moved = move(KEY, minutes=30)
    put_out(moved)
    put_out(renamed("rs-ei-2"))
    put_out(renamed(KEY, "Once more"))
    assert back(2) == 5
    assert public(moved).sequence == 1 and public(moved).title.en != "Once more"
    assert public(session_of("rs-ei-2").code).title.en != "A new title"


def test_people_are_asked_as_by_any_release(demo_app: Flask) -> None:
    registration = book(offering_of(KEY).code)[0].registration
    put_out(move(KEY, minutes=30))
    assert len(told("changed")) == 1
    back()
    assert len(told("changed")) == 2 and registration and "原来" in told("changed")[1].context["changes"]


def test_what_was_published_only_later_stays(demo_app: Flask) -> None:
    room = find_placement(session_of(KEY).id)
    assert room
    new = make_session(week(), "后来的一场", kind="salon").code
    place_session(new, "2026-10-16T20:00", room.room.code, version=None, actor=SYSTEM, override="测试")
    put_out(new)
    put_out(renamed("rs-ei-2"))
    assert [own.code for own in plan_restoration(week().id, 1).since] == [new]
    back()
    assert not public(new).cancelled
    with pytest.raises(Refusal, match="release.unknown_session"):
        back(sessions=[new])


def test_a_place_that_somebody_else_has_now_blocks(demo_app: Flask) -> None:
    own, other = session_of(KEY), session_of("rs-ei-2")
    first = find_placement(own.id)
    assert first
    start, room, code = first.start, first.room.code, own.code
    put_out(move(KEY, minutes=24 * 60))
    place = find_placement(other.id)
    assert place
    place_session(other.code, start, room, version=place.version, actor=SYSTEM)
    put_out(other.code)
    with pytest.raises(Refusal, match="release.blocked") as refused:
        back(sessions=[code])
    assert other.title.zh in refused.value.facts["sessions"].zh and last() == 3
    assert back() == 4, "whole, the other one goes back too"


def _archive(code: str) -> None:
    archive_session(code, actor=SYSTEM)


def _cancel(code: str) -> None:
    cancel_session(code, reason=Bilingual("停办", ""), actor=SYSTEM)


def _no_name(code: str) -> None:
    person = public(code).facts["people"][0]["code"]
    note_consents(week().id, person, {"name": False}, actor=SYSTEM)


@pytest.mark.parametrize(
    ("takes_back", "why"),
    [(_archive, "archived"), (_cancel, "cancelled"), (_no_name, "consent")],
)
def test_nothing_comes_back_that_was_taken_back(demo_app: Flask, takes_back: Any, why: str) -> None:
    code, other = _with_people(), renamed("rs-ei-2")
    edit_session(code, {"title_en": "Another"}, version=None, actor=SYSTEM)
    put_out(code, other)
    takes_back(code)
    barred = plan_restoration(week().id, 1).barred
    assert [(own.code, str(own.why)) for own in barred] == [(code, why)]
    with pytest.raises(Refusal, match="release.unrestorable") as refused:
        back()
    assert public(code).title.zh in refused.value.facts["sessions"].zh and last() == 2
    assert back(sessions=[other]) == 3, "the way on: without it"
    assert public(code).title.en == "Another"


def _with_people() -> str:
    """Return a published session of somebody who takes part in no other."""
    found = list_published(week().id)
    counts = Counter(one["code"] for own in found for one in own.facts["people"])
    return next(own.code for own in found if [counts[one["code"]] for one in own.facts["people"]] == [1])


@pytest.mark.parametrize("item", ["bio", "portrait", "recording"])
def test_what_somebody_agrees_to_no_more_stays_away(app: Flask, item: str) -> None:
    world = make_world()
    world.agree()
    own = {"portrait": make_picture(500).code, "bio_zh": "生平。"}
    parties.edit_person(world.person, own, version=None, actor=SYSTEM)
    links = [{"kind": "replay", "url": "https://example.org/replay"}]
    edit_session(world.session, {"links": links}, version=None, actor=SYSTEM)
    world.release()
    note_consents(world.week_id, world.person, {item: False}, actor=SYSTEM)
    world.release()
    assert [str(own.why) for own in plan_restoration(world.week_id, 2).barred] == ["consent"]
    note_consents(world.week_id, world.person, {item: True}, actor=SYSTEM)
    assert plan_restoration(world.week_id, 2).barred == []


def test_files_and_people_that_are_gone_stay_gone(app: Flask) -> None:
    world = make_world()
    file = make_attachment()
    edit_session(world.session, {"attachments": beside(file)}, version=None, actor=SYSTEM)
    world.release()
    edit_session(world.session, {"attachments": [], "people": []}, version=None, actor=SYSTEM)
    world.release()
    assert plan_restoration(world.week_id, 2).barred == []
    with travel(now() + timedelta(days=31)):
        assert purge_attachments() == 1
    parties.archive_person(world.person, actor=SYSTEM)
    assert {str(own.why) for own in plan_restoration(world.week_id, 2).barred} == {"file", "person"}
    assert {str(own.why) for own in plan_restoration(world.week_id, 1).barred} == {"person"}
    with pytest.raises(Refusal, match="release.unrestorable"):
        restore(world.week_id, 2, actor=SYSTEM, note="")


def test_a_hall_that_is_gone_is_not_published_again(app: Flask) -> None:
    world = make_world()
    hall = list_published(world.week_id)[0].facts["room"]["code"]
    new = make_room(make_venue(name="新馆")).code
    place = find_placement(list_published(world.week_id)[0].id)
    assert place
    place_session(world.session, "2027-04-13T09:00", new, version=place.version, actor=SYSTEM)
    world.release()
    places.archive_room(hall, actor=SYSTEM)
    assert [str(own.why) for own in plan_restoration(world.week_id, 1).barred] == ["room"]


def test_a_closed_session_that_becomes_public_again_counts_on(app: Flask) -> None:
    """Its calendars held it as cancelled meanwhile: going back raises SEQUENCE above that."""
    world = make_world()
    edit_session(world.session, {"visibility": "closed"}, version=None, actor=SYSTEM)
    world.release()
    closed = list_published(world.week_id)[0]
    assert closed.facts["withdrawn"]["sequence"] == 1
    restore(world.week_id, 1, actor=SYSTEM, note="")
    again = list_published(world.week_id)[0]
    assert again.visibility == "public" and again.sequence == 2 and "withdrawn" not in again.facts
    restore(world.week_id, 2, actor=SYSTEM, note="")
    closed = list_published(world.week_id)[0]
    assert closed.sequence == 3 and closed.facts["withdrawn"]["sequence"] == 3


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"number": 99}, "release.not_found"),
        ({"number": 0}, "release.not_found"),
        ({"sessions": ["nothere"]}, "release.unknown_session"),
        ({"sessions": []}, "release.no_change"),
        ({"after": 1}, "release.overtaken"),
        ({"note": "长" * 501}, "text.too_long"),
        ({"actor": Actor("stranger")}, "permission.denied"),
    ],
)
def test_what_is_refused(demo_app: Flask, given: dict[str, Any], code: str) -> None:
    put_out(renamed("rs-ei-2"))
    with pytest.raises(Refusal, match=code):
        back(**given)
    assert last() == 2


def test_an_archived_week_stays_as_it_is(demo_app: Flask) -> None:
    put_out(renamed("rs-ei-2"))
    for state in ("closed", "archived"):
        set_week_state(week().code, state, actor=SYSTEM)
    with pytest.raises(Refusal, match="week.archived"):
        back()

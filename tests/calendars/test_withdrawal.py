"""A session that is public no more is cancelled in calendars and unknown to pages; the worker writes the feeds anew."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek import worker
from eventweek.audit.actors import SYSTEM
from eventweek.calendars.actions import keep_feed
from eventweek.calendars.enums import Scope
from eventweek.calendars.models import FeedBody
from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.jobs import Job
from eventweek.programme.actions.sessions import cancel_session, edit_session
from eventweek.programme.models import Session, Week
from eventweek.scheduling.actions import place_session, release_schedule
from eventweek.scheduling.queries import find_published
from tests.factories.programme import make_person, make_room, make_session, make_venue, make_week
from tests.factories.releases import list_changes

SECRET = {"title_zh": "闭门磋商", "title_en": "Closed talks", "note_zh": "密件"}


class World:
    """A released week with two sessions, read as calendars read it."""

    def __init__(self, app: Flask) -> None:
        self.client, week = app.test_client(), make_week()
        self.week_id, venue = week.id, make_venue()
        speaker = [{"person": make_person().code, "role": "speaker"}]
        self.halls = [make_room(venue, name_zh=name).code for name in ("一号厅", "二号厅", "密室")]
        self.code, self.other = make_session(week, "甲", people=speaker).code, make_session(week, "乙").code
        for code, hall in zip((self.code, self.other), self.halls, strict=False):
            place_session(code, "2027-04-13T09:00", hall, version=None, actor=SYSTEM)
        self.release()

    def release(self) -> None:
        """Publish all that changed."""
        release_schedule(self.week_id, actor=SYSTEM, note="")

    def edit(self, **values: object) -> None:
        """Change the draft of the session."""
        version = db.session.scalar(select(Session.version).where(Session.code == self.code))
        edit_session(self.code, values, version=version or 0, actor=SYSTEM)

    def move(self, start: str) -> None:
        """Move the session into the secret hall."""
        place_session(self.code, start, self.halls[2], version=self.placed, actor=SYSTEM)
        self.placed += 1

    placed = 1

    def entry(self, path: str = "/w/spring/feed.ics") -> tuple[str, int, str]:
        """Return status, sequence and the whole entry of the session in a feed."""
        text = self.client.get(path).text.replace("\r\n ", "")
        uid = db.session.scalar(select(Session.uid).where(Session.code == self.code))
        (own,) = [part for part in text.split("BEGIN:VEVENT")[1:] if f"UID:{uid}" in part]
        status, sequence = re.search(r"STATUS:(\w+)", own), re.search(r"SEQUENCE:(\d+)", own)
        assert status and sequence
        return status[1], int(sequence[1]), own.partition("END:VEVENT")[0]


@pytest.fixture
def world(app: Flask) -> World:
    return World(app)


@pytest.mark.database
@pytest.mark.parametrize("visibility", ["invited", "media", "closed"])
def test_what_is_public_no_more_is_cancelled_and_says_nothing_new(world: World, visibility: str) -> None:
    assert world.entry()[:2] == ("CONFIRMED", 0)
    old = world.entry()[2]
    world.edit(visibility=visibility, **SECRET)
    world.move("2027-04-15T14:00")
    assert world.entry() == ("CONFIRMED", 0, old)
    world.release()
    status, sequence, left = world.entry()
    assert (status, sequence) == ("CANCELLED", 1)
    assert _place(left) == _place(old)
    assert world.entry(f"/w/spring/s/{world.code}.ics")[:2] == ("CANCELLED", 1)
    secret = ("闭门磋商", "Closed talks", "密件", "密室", "20270415")
    pages = ["", "programme", "timetable", "feed.ics", f"s/{world.code}.ics", f"s/{world.code}"]
    for page in [f"{tongue}/w/spring/{page}" for page in pages for tongue in ("", "/en")] + ["/sitemap.xml"]:
        assert [word for word in secret if word in world.client.get(page).text] == [], page
    published = find_published(db.session.scalars(select(Session.id).where(Session.code == world.code)).one())
    assert published and published.title.zh == "闭门磋商" and not published.cancelled


@pytest.mark.database
def test_pages_answer_like_unknown(world: World) -> None:
    world.edit(visibility="invited")
    world.release()
    own, unknown = (world.client.get(f"/w/spring/s/{code}") for code in (world.code, "nowhere"))
    assert (own.status_code, _plain(own.text)) == (404, _plain(unknown.text.replace("nowhere", world.code)))
    assert "王示例" not in world.client.get("/w/spring/programme").text
    assert world.code not in world.client.get("/sitemap.xml").text


@pytest.mark.database
def test_later_releases_leave_the_cancelled_entry_and_a_return_is_higher(world: World) -> None:
    world.edit(visibility="closed")
    world.release()
    gone = world.entry()
    assert list_changes(world.week_id) == []
    world.edit(**SECRET)
    world.move("2027-04-15T14:00")
    world.release()
    cancel_session(world.code, reason=_reason(), actor=SYSTEM)
    world.release()
    assert world.entry() == gone


@pytest.mark.database
def test_what_is_public_again_is_confirmed_with_a_higher_number(world: World) -> None:
    for visibility in ("media", "public"):
        world.edit(visibility=visibility)
        world.release()
    assert world.entry()[:2] == ("CONFIRMED", 2)
    assert world.client.get(f"/w/spring/s/{world.code}").status_code == 200


@pytest.mark.database
def test_what_never_was_public_leaves_no_entry(world: World) -> None:
    code = make_session(_week(world), "丙", visibility="closed").code
    place_session(code, "2027-04-14T09:00", world.halls[0], version=None, actor=SYSTEM)
    world.release()
    assert "丙" not in world.client.get("/w/spring/feed.ics").text
    assert world.client.get(f"/w/spring/s/{code}.ics").status_code == 404


@pytest.mark.database
def test_the_worker_writes_the_feeds_anew_after_a_release(world: World, app: Flask) -> None:
    base = app.extensions["eventweek"].base_url
    keep_feed("spring", Scope.SESSION, world.code, "en", base)
    world.edit(title_en="Renamed")
    world.release()
    assert worker.work_off() == 2
    rows = db.session.scalars(select(FeedBody).order_by(FeedBody.scope, FeedBody.language)).all()
    assert [(row.scope, row.language, row.number) for row in rows] == [
        ("session", "en", 2),
        ("week", "en", 2),
        ("week", "zh-CN", 2),
    ]
    assert all(b"Renamed" in row.body for row in rows if row.language == "en")
    assert set(db.session.scalars(select(Job.state))) == {"done"}


def _plain(page: str) -> str:
    return re.sub(r'<span class="code">\w+</span>', "", page)


def _place(entry: str) -> list[str]:
    return [line for line in entry.splitlines() if line.startswith(("DTSTART", "DTEND", "LOCATION", "URL", "GEO"))]


def _reason() -> Bilingual:
    return Bilingual("另有安排", "")


def _week(world: World) -> Week:
    return db.session.get_one(Week, world.week_id)

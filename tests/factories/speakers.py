"""A speaker with two sessions of the small week, and a browser that holds their link."""

import re
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from eventweek.audit.actors import SYSTEM
from eventweek.programme.actions.speakers.links import Contact, Given, give_links
from eventweek.programme.models import Person, Room, Session, Week
from eventweek.scheduling.actions.placements import place_session
from eventweek.scheduling.actions.releases import release_schedule
from eventweek.scheduling.queries.drafts import find_placement
from tests.factories.programme import make_person, make_room, make_session, make_venue, make_week

NINE, TWO = "2027-04-13T09:00:00+08:00", "2027-04-14T14:00:00+08:00"


@dataclass
class Scene:
    """A week with a person who opens a published forum (`one`) and is to speak in one that is only planned (`two`)."""

    week: Week
    room: Room
    person: Person
    other: Person
    one: Session
    two: Session

    def publish(self) -> None:
        """Release the whole plan."""
        release_schedule(self.week.id, note="春", actor=SYSTEM)


def make_scene() -> Scene:
    """Make it; `other` speaks in both sessions too."""
    week = make_week()
    room = make_room(make_venue())
    person, other = make_person("王示例", name_en="Wang Shili", bio_zh="讲创业的人。"), make_person("李旁人")
    people = [{"person": person.code, "role": "speaker"}, {"person": other.code, "role": "host"}]
    one = make_session(week, "开放创新论坛", people=people)
    two = make_session(week, "青年夜话", people=people)
    scene = Scene(week, room, person, other, one, two)
    place(one, NINE, room)
    scene.publish()
    place(two, TWO, room)
    return scene


def place(session: Session, start: str, room: Room) -> None:
    """Put a session into the working plan."""
    before = find_placement(session.id)
    place_session(session.code, start, room.code, version=before and before.version, actor=SYSTEM)


def link(scene: Scene, person: Person | None = None, email: str = "") -> Given:
    """Give a person (the scene's own by default) a link."""
    own = person or scene.person
    return give_links(scene.week.id, {own.code: Contact(email)}, actor=SYSTEM)[0]


@dataclass
class Phone:
    """A browser that opened a link."""

    client: FlaskClient

    def post(self, path: str, **fields: Any) -> TestResponse:
        """Send a form with the token of the first page."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.client.get("/my/part").text)
        return self.client.post(path, data=fields | {"csrf_token": token[1] if token else ""})


def phone(app: Flask, given: Given) -> Phone:
    """Open a link in a browser of its own."""
    client = app.test_client()
    assert client.get(f"/p/{given.token}").headers["Location"] == "/my/part"
    return Phone(client)

"""A speaker's own calendar: their published sessions only, cancelled where they are out, and SEQUENCE never falls."""

from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import Bilingual
from eventweek.programme.actions.parties import edit_person
from eventweek.programme.actions.sessions import cancel_session, edit_session
from eventweek.programme.actions.speakers.consents import decide_by_link
from eventweek.programme.actions.speakers.links import feed_token_of, revoke_links, rotate_feed
from eventweek.programme.queries.speakers import open_link_of
from tests.factories.speakers import Scene, link, make_scene, place


class Subscriber:
    """A calendar client that follows one speaker's feed."""

    def __init__(self, app: Flask, scene: Scene) -> None:
        self.scene, self.client = scene, app.test_client()
        self.code = link(scene).link.code

    @property
    def address(self) -> str:
        """Return the feed's path."""
        own = open_link_of(self.code)
        assert own
        return f"/c/{feed_token_of(own.link)}.ics"

    def entries(self) -> dict[str, Any]:
        """Return the entries by UID."""
        return {
            str(entry["uid"]): entry for entry in Calendar.from_ical(self.client.get(self.address).data).walk("VEVENT")
        }

    def one(self) -> tuple[str, int]:
        """Return status and SEQUENCE of the scene's first session."""
        entry = self.entries()[self.scene.one.uid]
        return str(entry["status"]), int(entry["sequence"])


@pytest.mark.database
def test_a_calendar_holds_what_is_published_of_its_person_and_follows_releases(app: Flask) -> None:
    scene = make_scene()
    own = Subscriber(app, scene)
    assert set(own.entries()) == {scene.one.uid} and own.one() == ("CONFIRMED", 0)
    place(scene.one, "2027-04-15T10:00:00+08:00", scene.room)
    assert own.one() == ("CONFIRMED", 0)
    scene.publish()
    assert set(own.entries()) == {scene.one.uid, scene.two.uid} and own.one() == ("CONFIRMED", 1)
    cancel_session(scene.one.code, reason=Bilingual("场馆停电", ""), actor=SYSTEM)
    scene.publish()
    assert own.one() == ("CANCELLED", 2)


@pytest.mark.database
def test_who_is_taken_out_and_back_in_sees_it_cancelled_and_confirmed_again(app: Flask) -> None:
    scene = make_scene()
    own, people = Subscriber(app, scene), [{"person": scene.other.code, "role": "host"}]
    seen, stamps = [own.one()], [own.entries()[scene.one.uid]["dtstamp"].dt]
    for back in (False, True, False):
        more = [{"person": scene.person.code, "role": "judge"}] if back else []
        edit_session(scene.one.code, {"people": [*people, *more]}, version=None, actor=SYSTEM)
        scene.publish()
        seen.append(own.one())
        stamps.append(own.entries()[scene.one.uid]["dtstamp"].dt)
    assert [status for status, _sequence in seen] == ["CONFIRMED", "CANCELLED", "CONFIRMED", "CANCELLED"]
    assert [sequence for _status, sequence in seen] == [0, 3, 4, 7] and stamps == sorted(stamps)
    body = own.client.get(own.address).data
    edit_session(scene.one.code, {"note_zh": "与你无关的改动"}, version=None, actor=SYSTEM)
    scene.publish()
    assert own.client.get(own.address).data == body


def test_who_refuses_to_be_named_keeps_their_calendar(app: Flask) -> None:
    scene = make_scene()
    own = Subscriber(app, scene)
    decide_by_link(own.code, {"name": False}, text=1)
    scene.publish()
    status, sequence = own.one()
    assert (status, sequence) == ("CONFIRMED", 2) and "王示例" not in own.client.get(own.address).text
    edit_session(scene.one.code, {"people": []}, version=None, actor=SYSTEM)
    assert own.one() == ("CANCELLED", 3)


def test_a_feed_is_private_revalidated_and_names_its_secret_nowhere(app: Flask) -> None:
    scene = make_scene()
    own = Subscriber(app, scene)
    answer = own.client.get(own.address)
    assert answer.mimetype == "text/calendar" and answer.headers["Cache-Control"] == "private, no-cache"
    assert "Set-Cookie" not in answer.headers and answer.headers["Referrer-Policy"] == "no-referrer"
    token = own.address[3:-4]
    assert (
        token not in answer.text
        and "REFRESH-INTERVAL" in answer.text
        and "NAME:我的场次：长春春季双创周" in answer.text
    )
    assert own.client.get(own.address.lower()).data == answer.data == own.client.get(own.address).data
    for headers in ({"If-None-Match": answer.headers["ETag"]}, {"If-Modified-Since": answer.headers["Last-Modified"]}):
        again = own.client.get(own.address, headers=headers)
        assert (again.status_code, again.data) == (304, b"")
    assert own.client.head(own.address).headers["ETag"] == answer.headers["ETag"]
    assert "My sessions: Changchun" in own.client.get(f"/en{own.address}").text
    scene.publish()
    assert own.client.get(own.address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 200


def test_rotated_ended_and_unknown_addresses_answer_alike(app: Flask) -> None:
    scene = make_scene()
    own = Subscriber(app, scene)
    first = own.address
    rotate_feed(own.code)
    second = own.address
    assert second != first and own.client.get(second).status_code == 200
    revoke_links(scene.week.id, [scene.person.code], actor=SYSTEM)
    pages = [
        own.client.get(path) for path in (first, second, "/c/" + "0" * 26 + ".ics", "/c/x.ics", f"/p/{second[3:-4]}")
    ]
    assert {page.status_code for page in pages} == {404} and len({page.text.split("<main")[1] for page in pages}) == 1


def test_a_name_that_is_edited_changes_nothing_before_the_release(app: Flask) -> None:
    scene = make_scene()
    own = Subscriber(app, scene)
    body = own.client.get(own.address).data
    edit_person(scene.person.code, {"name_zh": "王改名"}, version=None, actor=SYSTEM)
    assert own.client.get(own.address).data == body

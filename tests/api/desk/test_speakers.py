"""Links of speakers and their replies over the desk's API."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.kernel.db import db
from eventweek.outbox.models import Message
from eventweek.programme.actions.speakers.replies import reply_by_link
from eventweek.programme.queries.speakers import open_link
from tests.api.shapes import complaints
from tests.factories.keys import make_key
from tests.factories.speakers import link, make_scene

WEEK = "/api/v1/desk/weeks/spring"
Headers = dict[str, str]


def spec(client: FlaskClient) -> Any:
    return client.get("/api/v1/openapi.json").json


def test_a_link_is_given_once_and_told_once(app: Flask, client: FlaskClient) -> None:
    scene, (_key, key) = make_scene(), make_key("spring")
    body = {"person": scene.person.code, "email": "wang@example.org", "language": "en"}
    made = client.post(f"{WEEK}/speaker-links", json=body, headers=key | {"Idempotency-Key": "first-link"})
    told = made.json or {}
    assert made.status_code == 201 and told["mailed"] is True and told["last_day"] == "2027-05-16"
    assert told["address"].startswith("http://127.0.0.1:8000/en/p/") and open_link(told["address"].rpartition("/")[2])
    again = client.post(f"{WEEK}/speaker-links", json=body, headers=key | {"Idempotency-Key": "first-link"}).json or {}
    assert again == {name: value for name, value in told.items() if name != "address"}
    shown = client.get(made.headers["Location"], headers=key)
    assert (
        shown.json == again and complaints(spec(client), {"$ref": "#/components/schemas/DeskSpeakerLink"}, told) == []
    )
    assert db.session.scalars(select(Message.recipient)).all() == ["wang@example.org"]
    listed = client.get(f"{WEEK}/speaker-links", headers=key).json or {}
    assert listed["items"] == [again] and listed["total"] == 1


def test_a_link_is_ended_of_the_version_that_was_seen(app: Flask, client: FlaskClient) -> None:
    scene, (_key, key) = make_scene(), make_key("spring")
    given = link(scene)
    path = f"{WEEK}/speaker-links/{given.link.code}"
    assert client.delete(path, headers=key).status_code == 428
    tag = client.get(path, headers=key).headers["ETag"]
    for foreign in ('"9-00000000"', '"another-tag"', f"W/{tag}", "unquoted"):
        assert client.delete(path, headers=key | {"If-Match": foreign}).status_code == 412 and open_link(given.token)
    assert client.delete(path, headers=key | {"If-Match": tag}).status_code == 204 and open_link(given.token) is None
    assert client.delete(path, headers=key | {"If-Match": tag}).status_code == 404


def test_replies_are_read_page_by_page(app: Flask, client: FlaskClient) -> None:
    scene, (_key, key) = make_scene(), make_key("spring", "reader")
    reply_by_link(link(scene).link.code, scene.one.code, "declined", "在外地")
    every = client.get(f"{WEEK}/replies", headers=key).json or {}
    assert every["total"] == 4
    (own,) = (client.get(f"{WEEK}/replies?reply=declined", headers=key).json or {})["items"]
    assert complaints(spec(client), {"$ref": "#/components/schemas/DeskReply"}, own) == []
    assert (own["person"], own["session"], own["roles"]) == (scene.person.code, scene.one.code, ["speaker"])
    assert (own["reply"], own["via"], own["reason"]) == ("declined", "link", "在外地")
    others = client.get(f"{WEEK}/replies?person={scene.other.code}", headers=key).json or {}
    assert {item["reply"] for item in others["items"]} == {"unasked"}


def test_wrong_words_are_named_and_small_roles_refused(app: Flask, client: FlaskClient) -> None:
    scene, (_key, key), (_other, reader) = make_scene(), make_key("spring"), make_key("spring", "reader")
    once: Headers = {"Idempotency-Key": "link-once"}
    for body, status in (
        ({"person": "nobody"}, 404),
        ({"person": scene.person.code, "email": "nowhere"}, 422),
        ({"person": scene.person.code, "language": "fr"}, 422),
        ({"person": 7}, 422),
        ({"person": scene.person.code, "token": "x"}, 422),
    ):
        assert client.post(f"{WEEK}/speaker-links", json=body, headers=key | once).status_code == status, body
    assert client.post(f"{WEEK}/speaker-links", json={}, headers=reader | once).status_code == 403
    assert client.get(f"{WEEK}/replies?reply=perhaps", headers=key).status_code == 422

"""Pictures and files come in over the desk's API once each, and records name them under their version."""

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from eventweek.kernel.db import db
from eventweek.programme.models import Attachment, Picture
from tests.api.test_problems import problem
from tests.factories.keys import make_key
from tests.factories.media import World, make_world
from tests.kernel.test_images import picture, png
from tests.kernel.test_uploads import PDF, package

DESK = "/api/v1/desk"
Headers = dict[str, str]


@pytest.fixture
def world(app: Flask) -> World:
    return make_world()


@pytest.fixture
def key(world: World) -> Headers:
    """Give a key of the committee."""
    return make_key("spring")[1]


def _form(content: bytes, name: str = "a.jpg", **words: str) -> dict[str, Any]:
    return {"data": {"file": (io.BytesIO(content), name), **words}, "content_type": "multipart/form-data"}


def _count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.database
def test_a_poster_comes_in_is_named_and_published(client: FlaskClient, world: World, key: Headers) -> None:
    content = picture(size=(900, 450))
    made = client.post(f"{DESK}/pictures", headers=key, **_form(content, alt_zh="海报", credit="示例"))
    assert made.status_code == 201 and made.json, made.text
    assert (made.json["alt_zh"], made.json["alt_en"], made.json["credit"]) == ("海报", "", "示例")
    assert [(size["width"], size["height"]) for size in made.json["sizes"]] == [(320, 160), (640, 320), (900, 450)]
    assert client.get(made.headers["Location"], headers=key).json == made.json
    again = client.post(f"{DESK}/pictures", headers=key, **_form(content, alt_zh="海报", credit="示例"))
    assert again.json and again.json["id"] == made.json["id"] and _count(Picture) == 1
    where = f"{DESK}/weeks/spring/sessions/{world.session}"
    tag = client.get(where, headers=key).headers["ETag"]
    changed = client.patch(where, json={"poster": made.json["id"]}, headers=key | {"If-Match": tag})
    assert changed.json and changed.json["poster"] == made.json["id"]
    problem(client.patch(where, json={"poster": None}, headers=key | {"If-Match": tag}), 412, "version.stale")
    unknown = client.patch(where, json={"poster": "nobody"}, headers=key | {"If-Match": "*"})
    problem(unknown, 422, "input.invalid")
    world.release()
    assert (client.get(f"/api/v1/weeks/spring/sessions/{world.session}").json or {})["pictures"][0]["use"] == "poster"


@pytest.mark.database
def test_files_come_in_once_and_stand_in_the_order_sent(client: FlaskClient, world: World, key: Headers) -> None:
    ids = []
    for content, name in ((PDF, "讲义.pdf"), (b"agenda", "议程.md"), (PDF, "讲义.pdf")):
        made = client.post(f"{DESK}/attachments", headers=key, **_form(content, name))
        assert made.status_code == 201 and made.json, made.text
        assert client.get(made.headers["Location"], headers=key).json == made.json
        ids.append(made.json["id"])
    assert ids[0] == ids[2] != ids[1] and _count(Attachment) == 2
    where = f"{DESK}/weeks/spring/sessions/{world.session}"
    rows = [{"file": ids[n], "kind": "handout", "title_zh": "", "title_en": "Agenda"} for n in (1, 0)]
    changed = client.patch(where, json={"attachments": rows}, headers=key | {"If-Match": "*"})
    assert changed.json and changed.json["attachments"] == rows


@pytest.mark.parametrize(
    ("what", "content", "status", "code"),
    [
        ("pictures", b"", 422, "image.empty"),
        ("pictures", b"%PDF-1.7", 422, "image.unknown"),
        ("pictures", png(30_000, 30_000), 422, "image.too_many_pixels"),
        ("pictures", picture()[:300], 422, "image.broken"),
        ("attachments", b"", 422, "upload.empty"),
        ("attachments", b"MZ\x90\x00", 422, "upload.unknown"),
        ("attachments", package("a.exe"), 422, "upload.archive"),
        ("attachments", picture(), 422, "upload.picture"),
    ],
)
def test_what_cannot_be_used_is_a_problem(
    client: FlaskClient, key: Headers, what: str, content: bytes, status: int, code: str
) -> None:
    problem(client.post(f"{DESK}/{what}", headers=key, **_form(content)), status, code)
    assert _count(Picture) == _count(Attachment) == 0


def test_what_is_no_form_with_one_file_is_refused(client: FlaskClient, key: Headers) -> None:
    for what in ("pictures", "attachments"):
        where = f"{DESK}/{what}"
        problem(client.post(where, json={}, headers=key), 415, "request.form")
        problem(client.post(where, data=picture(), content_type="image/jpeg", headers=key), 415, "request.form")
        bare = {"data": {}, "content_type": "multipart/form-data; boundary=x"}
        problem(client.post(where, headers=key, **bare), 422, "input.invalid")
        problem(client.post(where, headers=key, **_form(picture(), evil="1")), 422, "input.invalid")
        more = {"file": (io.BytesIO(picture()), "a"), "other": (io.BytesIO(b"x"), "b")}
        sent = client.post(where, data=more, content_type="multipart/form-data", headers=key)
        problem(sent, 422, "input.invalid")
    told = {"CONTENT_LENGTH": "99000000"}
    huge = client.post(f"{DESK}/pictures", headers=key, environ_overrides=told, **_form(picture()))
    assert "10 MB" in problem(huge, 413, "request.too_large").text
    long = client.post(f"{DESK}/pictures", headers=key, **_form(picture(), alt_zh="长" * 301))
    problem(long, 422, "input.invalid")
    problem(client.get(f"{DESK}/pictures/unknown", headers=key), 404, "subject.not_found")
    problem(client.get(f"{DESK}/attachments/unknown", headers=key), 404, "subject.not_found")


def test_a_reader_looks_and_takes_nothing_in(client: FlaskClient, world: World) -> None:
    reader = make_key("spring", role="reader")[1]
    for what in ("pictures", "attachments"):
        problem(client.post(f"{DESK}/{what}", headers=reader, **_form(picture())), 403, "permission.denied")
        problem(client.post(f"{DESK}/{what}", **_form(picture())), 401, "token.missing")
    assert _count(Picture) == _count(Attachment) == 0

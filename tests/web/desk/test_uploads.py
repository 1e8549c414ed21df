"""Files beside a session: taken in, put in order, taken away; a refused one loses nothing typed."""

import io
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from eventweek.kernel.db import db
from eventweek.programme.models import Attachment, Picture, Session
from tests.conftest import SignIn
from tests.factories.media import World, make_world
from tests.kernel.test_images import picture
from tests.kernel.test_uploads import PDF, PPTX, package
from tests.web.desk.sheet import submit
from tests.web.desk.test_histories import put_back


@pytest.fixture
def world(app: Flask) -> World:
    return make_world()


@pytest.fixture
def desk(app: Flask, world: World, sign_in: SignIn) -> FlaskClient:
    return sign_in(app)


def _file(content: bytes = PDF, name: str = "讲义.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def _form(world: World) -> str:
    return f"/desk/w/spring/sessions/{world.session}/edit"


def _stored(world: World) -> list[tuple[str, str, str]]:
    db.session.expire_all()
    session = db.session.scalars(select(Session).where(Session.code == world.session)).one()
    return [(own.file.name, own.kind, own.title.zh) for own in session.attachments]


def _count() -> int:
    return db.session.scalar(select(func.count()).select_from(Attachment)) or 0


def test_files_are_added_put_in_order_replaced_and_taken_away(desk: FlaskClient, world: World) -> None:
    path = _form(world)
    one: dict[str, Any] = {"attachments__0__file-file": _file(), "attachments__0__kind": "handout"}
    two: dict[str, Any] = {"attachments__1__file-file": _file(PPTX, "报告.pptx"), "attachments__1__kind": "slides"}
    assert submit(desk, path, **one, **two, attachments__1__title_zh="主旨报告").status_code == 303
    assert _stored(world) == [("讲义.pdf", "handout", ""), ("报告.pptx", "slides", "主旨报告")]
    page = desk.get(path).text
    assert "讲义.pdf" in page and 'name="attachments-1-rank"' in page
    assert submit(desk, path, attachments__1__rank="1").status_code == 303
    assert [name for name, _kind, _title in _stored(world)] == ["报告.pptx", "讲义.pdf"]
    assert submit(desk, path, **{"attachments__0__file-file": _file(b"agenda", "议程.md")}).status_code == 303
    assert _stored(world)[0] == ("议程.txt", "slides", "主旨报告"), "another file, the same words"
    assert submit(desk, path, attachments__1__drop="y").status_code == 303
    assert [name for name, _kind, _title in _stored(world)] == ["议程.txt"]


def test_a_form_sent_as_it_stands_changes_nothing(desk: FlaskClient, world: World) -> None:
    submit(desk, _form(world), **{"attachments__0__file-file": _file(), "attachments__0__kind": "slides"})
    version = db.session.scalars(select(Session.version).where(Session.code == world.session)).one()
    assert submit(desk, _form(world)).status_code == 303
    assert db.session.scalars(select(Session.version).where(Session.code == world.session)).one() == version


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.pdf", "这个文件是空的"),
        (PDF[:-10], "a.pdf", "不完整或已损坏"),
        (b"<html><script>alert(1)</script>", "a.pdf", "这种文件不能用"),
        (package("a.exe"), "a.docx", "压缩包里有什么看不出来"),
        (package("[Content_Types].xml", "word/vbaProject.bin", "word/document.xml"), "a.docx", "文件里有宏"),
    ],
)
def test_a_refused_file_says_why_and_nothing_typed_is_lost(
    desk: FlaskClient, world: World, content: bytes, name: str, sentence: str
) -> None:
    fields = {"attachments__0__file-file": _file(content, name), "attachments__0__kind": "slides"}
    answer = submit(desk, _form(world), **fields, attachments__0__title_zh="报告", title_zh="改过的标题")
    assert answer.status_code == 422 and sentence in answer.text
    assert 'value="报告"' in answer.text and "改过的标题" in answer.text
    assert (_stored(world), _count()) == ([], 0)


def test_the_largest_size_is_a_setting(
    app: Flask, desk: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "eventweek", replace(app.extensions["eventweek"], upload_mb=0))
    fields = {"attachments__0__file-file": _file(), "attachments__0__kind": "slides"}
    assert "文件超过 0 MB" in submit(desk, _form(world), **fields).text and _count() == 0


def test_a_file_taken_in_stays_when_another_field_is_wrong(desk: FlaskClient, world: World) -> None:
    fields = {"attachments__0__file-file": _file(), "attachments__0__kind": ""}
    answer = submit(desk, _form(world), **fields)
    code = db.session.scalars(select(Attachment.code)).one()
    assert answer.status_code == 422 and f'name="attachments-0-file" value="{code}"' in answer.text
    assert "还没有选文件" in submit(desk, _form(world), attachments__0__kind="slides").text


def test_staff_download_a_draft_and_the_public_does_not(app: Flask, desk: FlaskClient, world: World) -> None:
    submit(desk, _form(world), **{"attachments__0__file-file": _file(), "attachments__0__kind": "slides"})
    code = db.session.scalars(select(Attachment.code)).one()
    with desk.get(f"/desk/attachments/{code}") as answer:
        assert (answer.data, answer.mimetype) == (PDF, "application/pdf")
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
    stranger = app.test_client()
    assert stranger.get(f"/desk/attachments/{code}").status_code == 303
    assert stranger.get(f"/media/{code}.pdf").status_code == 404
    assert desk.get("/desk/attachments/unknown").status_code == 404


def test_the_history_names_files_and_pictures_and_sets_them_back(desk: FlaskClient, world: World) -> None:
    first: dict[str, Any] = {"attachments__0__file-file": _file(), "attachments__0__kind": "handout"}
    submit(desk, _form(world), **first, poster__file=_file(picture()), poster__alt_zh="旧海报")
    poster = db.session.scalars(select(Picture)).one()
    submit(
        desk, _form(world), attachments__0__drop="y", poster__file=_file(picture(size=(50, 50))), poster__alt_zh="新"
    )
    path = f"/desk/w/spring/history/session/{world.session}"
    text = desk.get(path).text
    assert "讲义.pdf · 讲义" in text and f"旧海报 · {poster.code}" in text
    for field in ("attachments", "poster"):
        assert put_back(desk, path, "session", field).status_code == 303
    assert [name for name, _kind, _title in _stored(world)] == ["讲义.pdf"]
    session = db.session.scalars(select(Session).where(Session.code == world.session)).one()
    assert session.poster and session.poster.code == poster.code

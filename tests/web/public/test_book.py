"""The programme book for everybody: being made, then a page; the one before while a new release is on its way."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime

import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventweek import worker
from eventweek.audit.actors import SYSTEM
from eventweek.kernel.clock import travel
from eventweek.printing import actions
from eventweek.programme.actions.sessions import edit_session
from eventweek.scheduling.actions import release_schedule
from tests.printing.world import spring, squeezed

BOOK = "/w/spring/programme.pdf"


@pytest.fixture(autouse=True)
def _ahead() -> Iterator[None]:
    with travel(datetime(2027, 4, 1, 4, 30, tzinfo=UTC)):
        yield


def words(pdf: bytes) -> str:
    return squeezed("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages))


def test_a_book_is_made_when_somebody_asks(app: Flask, client: FlaskClient) -> None:
    spring("量子论坛", title_en="Quantum forum")
    for _ in range(2):
        answer = client.get(BOOK)
        assert (answer.status_code, answer.headers["Retry-After"], answer.headers["Refresh"]) == (202, "5", "5")
        assert "活动手册正在制作" in answer.text and answer.headers["Cache-Control"] == "no-store"
    assert worker.work_off() == 1
    answer = client.get(BOOK)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf") and "量子论坛" in words(answer.data)
    assert answer.headers["Content-Disposition"] == "inline; filename=spring-1.pdf"
    assert answer.headers["Cache-Control"] == "public, max-age=300" and "Set-Cookie" not in answer.headers
    again = client.get(BOOK, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert client.get(f"/en{BOOK}").status_code == 202
    worker.work_off()
    assert "Quantumforum" in words(client.get(f"/en{BOOK}").data)


def test_the_book_before_is_read_until_the_new_one_is_there(app: Flask, client: FlaskClient) -> None:
    week = spring("量子论坛")
    client.get(BOOK)
    worker.work_off()
    edit_session(week.sessions[0], {"title_zh": "改名的论坛"}, version=None, actor=SYSTEM)
    release_schedule(week.id, actor=SYSTEM, note="")
    answer = client.get(BOOK)
    assert answer.status_code == 200 and "量子论坛" in words(answer.data)
    assert answer.headers["Cache-Control"] == "public, max-age=20"
    worker.work_off()
    worker.work_off()
    assert "改名的论坛" in words(client.get(BOOK).data)


def test_no_book_before_the_first_release(app: Flask, client: FlaskClient) -> None:
    spring("量子论坛", release=False)
    answer = client.get(BOOK)
    assert answer.status_code == 404 and "日程还没有发布" in answer.text
    assert client.get("/w/nothing/programme.pdf").status_code == 404
    assert BOOK not in client.get("/w/spring/more").text


def test_a_book_that_cannot_be_made_is_not_half(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    spring("量子论坛")
    monkeypatch.setattr(actions, "set_pdf", lambda *_args: 1 // 0)
    client.get(BOOK)
    worker.work_off()
    assert client.get(BOOK).status_code == 202 and worker.work_off() == 0


def test_visitors_find_the_book(app: Flask, client: FlaskClient) -> None:
    spring("量子论坛")
    assert f'href="{BOOK}"' in client.get("/w/spring/more").text
    assert f'href="/en{BOOK}"' in client.get("/en/w/spring/more").text

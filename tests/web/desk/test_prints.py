"""Papers on the desk: chosen, watched, opened; refused in words with the choice kept."""

import io
import re
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
from eventweek.printing.actions import order_book, order_print
from eventweek.printing.enums import Step
from eventweek.printing.rules import Wish
from eventweek.programme.actions.weeks import create_week, set_week_state
from tests.conftest import SignIn
from tests.factories.programme import SPRING
from tests.printing.world import Spring, again, spring

PRINTS = "/desk/w/spring/prints"


@pytest.fixture(autouse=True)
def _ahead() -> Iterator[None]:
    with travel(datetime(2027, 4, 1, 4, 30, tzinfo=UTC)):
        yield


@pytest.fixture
def week(app: Flask) -> Spring:
    app.config["WTF_CSRF_ENABLED"] = False
    return spring("量子论坛", "生物路演")


@pytest.fixture
def desk(app: Flask, week: Spring, sign_in: SignIn) -> FlaskClient:
    return sign_in(app)


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_door_sheets_from_the_form_to_the_pdf(week: Spring, desk: FlaskClient) -> None:
    page = desk.get(PRINTS).text
    assert "印制" in page and "一号厅" in page and "还没有印过。" in page and "打开公开的手册" in page
    form = {"paper": "doors", "day": "2027-04-13", "room": week.rooms[0], "sheet": "a4-wide", "language": "zh"}
    answer = desk.post(PRINTS, data=form)
    assert answer.status_code == 303 and answer.location.startswith(f"{PRINTS}/")
    page = desk.get(answer.location).text
    assert 'data-again="1"' in page and "排队中，轮到就开始。" in page and "<noscript><meta" in page
    early = desk.get(f"{answer.location}/paper.pdf")
    assert early.status_code == 409 and "还没有做好" in early.text
    worker.work_off()
    page = desk.get(answer.location).text
    assert "data-again" not in page and "做好了，1 页" in page and "第 1 版" in text(page) and "一号厅" in text(page)
    paper = desk.get(f"{answer.location}/paper.pdf")
    assert (paper.status_code, paper.mimetype) == (200, "application/pdf")
    assert paper.headers["Content-Disposition"] == "inline; filename=spring-doors-1.pdf"
    assert paper.headers["Cache-Control"] == "no-store" and "script-src" not in paper.headers["Content-Security-Policy"]
    assert "一号厅" in pypdf.PdfReader(io.BytesIO(paper.data)).pages[0].extract_text()
    listed = text(desk.get(PRINTS).text)
    assert "门口单" in listed and "04-13 周二 · 一号厅 · A4 横版 · 中文" in listed and "做好了" in listed
    english = text(desk.get(f"/en{answer.location}").text)
    assert "Ready: 1 page" in english and "Door sheets" in english and "Tue 13 Apr" in english


def test_how_far_a_paper_is(week: Spring, desk: FlaskClient) -> None:
    code = order_print(week.id, Wish("posters"), actor=SYSTEM).code
    actions._begin(code)
    actions._note(code, Step.DRAWING, 1, 2)
    page = desk.get(f"{PRINTS}/{code}").text
    assert '<progress max="100" value="32">' in page and "正在画二维码" in page and "第 1 张，共 2 张" in page
    assert "Drawing the QR codes" in desk.get(f"/en{PRINTS}/{code}").text


def test_a_poster_of_one_session_from_its_page(week: Spring, desk: FlaskClient) -> None:
    session = week.sessions[1]
    address = f"{PRINTS}?paper=posters&amp;session={session}#posters"
    assert address in desk.get(f"/desk/w/spring/sessions/{session}").text
    page = desk.get(address.replace("&amp;", "&")).text
    assert f'<input type="hidden" name="session" value="{session}">' in page and "生物路演" in page
    answer = desk.post(PRINTS, data={"paper": "posters", "session": session, "sheet": "a3", "language": "en"})
    worker.work_off()
    job = again(answer.location.rpartition("/")[2])
    assert (job.pages, job.part, job.language) == (1, {"session": session}, "en")


def test_a_refusal_keeps_what_was_chosen(week: Spring, desk: FlaskClient) -> None:
    answer = desk.post(PRINTS, data={"paper": "doors", "day": "2027-04-15", "room": week.rooms[1]})
    assert answer.status_code == 422 and 'role="alert"' in answer.text and "没有可印的" in answer.text
    assert f'<option value="{week.rooms[1]}" selected>' in answer.text
    answer = desk.post(PRINTS, data={"paper": "doors", "venue": "nothing"})
    assert answer.status_code == 422 and "场馆：这一届里没有它。" in answer.text
    for form in ({}, {"paper": "leaflet"}, {"paper": "book", "sheet": "a9"}, {"paper": "book", "language": "fr"}):
        answer = desk.post(PRINTS, data=form)
        assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert "Nothing was ordered" in desk.post(f"/en{PRINTS}", data={}).text


def test_a_failed_paper_says_why_and_offers_another(
    week: Spring, desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "set_pdf", lambda *_args: 1 // 0)
    answer = desk.post(PRINTS, data={"paper": "book"})
    worker.work_off()
    page = desk.get(answer.location).text
    assert "没有做成" in page and "告诉管理员" in page and "照现在的日程再印一次" in page
    assert desk.get(f"{answer.location}/paper.pdf").status_code == 422


def test_nothing_to_print_yet_is_said(app: Flask, sign_in: SignIn) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    spring(release=False)
    desk = sign_in(app)
    page = desk.get(PRINTS).text
    assert "还没有可印的" in page and "发布第 1 版以后才有。" in page and "<form" not in page.split("<main")[1]
    answer = desk.post(PRINTS, data={"paper": "book"})
    assert answer.status_code == 409 and "先发布" in answer.text


def test_readers_print_and_others_do_not(app: Flask, week: Spring, sign_in: SignIn) -> None:
    assert sign_in(app, "reader").post(PRINTS, data={"paper": "book"}).status_code == 303
    worker.work_off()
    proposer = sign_in(app, "proposer")
    assert proposer.get(PRINTS).status_code == proposer.post(PRINTS, data={"paper": "book"}).status_code == 403
    create_week(SPRING | {"code": "other", "cities": []}, actor=SYSTEM)
    code = order_print(week.id, Wish("doors"), actor=SYSTEM).code
    worker.work_off()
    order_book(week.id, "zh")
    worker.work_off()
    desk = sign_in(app)
    assert desk.get(f"/desk/w/other/prints/{code}").status_code == 404
    assert desk.get(f"/desk/w/other/prints/{code}/paper.pdf").status_code == 404


def test_an_archived_week_is_printed(week: Spring, desk: FlaskClient) -> None:
    for state in ("closed", "archived"):
        set_week_state("spring", state, actor=SYSTEM)
    assert desk.post(PRINTS, data={"paper": "doors"}).status_code == 303

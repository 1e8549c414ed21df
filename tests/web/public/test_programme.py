"""The public pages show the 151 public sessions and never one of the other 19."""

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.demo.source import FOLDER
from eventweek.kernel.db import db
from eventweek.programme.models import Session

ROWS = json.loads((FOLDER / "sessions.json").read_text(encoding="utf-8"))
HIDDEN = [row for row in ROWS if row["visibility"] != "public"]


def codes(demo_app: Flask) -> dict[str, str]:
    with demo_app.app_context():
        return {s.source_key: s.code for s in db.session.scalars(select(Session))}


def test_programme_lists_exactly_the_public_sessions(demo_client: FlaskClient, demo_app: Flask) -> None:
    page = demo_client.get("/w/jl2026/programme").text
    shown = {key for key, code in codes(demo_app).items() if f"/s/{code}" in page}
    assert shown == {f"demo:{row['id']}" for row in ROWS if row["visibility"] == "public"}
    assert len(shown) == 151


@pytest.mark.parametrize("path", ["/w/jl2026/", "/w/jl2026/programme", "/en/w/jl2026/programme", "/w/jl2026/feed.ics"])
def test_hidden_sessions_stand_nowhere(demo_client: FlaskClient, demo_app: Flask, path: str) -> None:
    text = demo_client.get(path).text.replace("\r\n ", "")
    known = codes(demo_app)
    for row in HIDDEN:
        assert known[f"demo:{row['id']}"] not in text
        assert f"{row['id']}.jl2026@" not in text


def test_what_is_over_stands_at_the_end_under_its_own_heading(demo_client: FlaskClient, at_demo_noon: object) -> None:
    page = demo_client.get("/w/jl2026/programme").text
    ahead, over = page.split('id="over"')
    assert 'href="#over"' in ahead and "line--over" not in ahead
    assert over.count('<li class="line') == over.count("line--over") > 4
    assert page.count('<li class="line') == 151
    for one_piece in ("/w/jl2026/programme?day=2026-10-15", "/w/jl2026/programme?day=2026-10-11"):
        assert 'id="over"' not in demo_client.get(one_piece).text


def test_before_the_first_session_nothing_is_over(demo_client: FlaskClient, before_the_week: None) -> None:
    assert 'id="over"' not in demo_client.get("/w/jl2026/programme").text


def test_lists_say_the_short_name_of_a_venue(demo_client: FlaskClient) -> None:
    page = demo_client.get("/w/jl2026/programme?city=220300").text.replace("<wbr>", "")
    assert "<span>四平市分会场&nbsp;· " in page and "四平市众创空间（分会场）&nbsp;" not in page
    assert "Changchun&nbsp;· Innovation Centre&nbsp;· " in demo_client.get("/en/w/jl2026/programme").text


def test_page_of_a_hidden_session_is_answered_like_an_unknown_one(demo_client: FlaskClient, demo_app: Flask) -> None:
    hidden = demo_client.get(f"/w/jl2026/s/{codes(demo_app)['demo:' + HIDDEN[0]['id']]}")
    unknown = demo_client.get("/w/jl2026/s/zzzzzzzzz")
    assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert _masked(hidden.text) == _masked(unknown.text)


def _masked(page: str) -> str:
    page = re.sub(r"/s/[0-9a-z]+", "/s/CODE", page)
    return re.sub(r'class="code">[^<]+', 'class="code">NUMBER', page)


@pytest.mark.parametrize("words,title", [("路演", "专场项目路演"), ("roadshow electronic", "电子信息专场项目路演")])
def test_search_finds_chinese_and_english_words(demo_client: FlaskClient, words: str, title: str) -> None:
    page = demo_client.get("/w/jl2026/programme", query_string={"q": words}).text
    assert title in page.replace("<wbr>", "")
    assert "成果主题展" not in page


def test_filters_narrow_by_city_and_family(demo_client: FlaskClient) -> None:
    page = demo_client.get("/w/jl2026/programme?city=220200&family=meet").text
    assert page.count('<li class="line') == sum(
        row["city"] == "220200" and row["visibility"] == "public" and row["kind"] in MEET for row in ROWS
    )


MEET = {"opening", "closing", "congress", "forum", "salon", "sharing", "matchmaking", "transfer", "signing"}
MEET |= {"honours", "press", "overseas"}


def test_english_pages_are_english(demo_client: FlaskClient) -> None:
    page = demo_client.get("/en/w/jl2026/programme").text
    assert '<html lang="en">' in page
    assert "Project Roadshow" in page
    assert "看全部日程" not in page and "搜索" not in page
    camps = demo_client.get("/en/w/jl2026/programme?family=camp").text
    assert "<small>1 session</small>" in camps and "<small>2 sessions</small>" in camps


@pytest.mark.parametrize(
    "query",
    [{"q": "x" * 100_000}, {"q": "\x00\x1b"}, {"day": "\u202e"}, {"q": "𠮷\ud7ff"}, {"city": "'; DROP TABLE week"}],
)
def test_rubbish_is_answered_never_a_fault(demo_client: FlaskClient, query: dict[str, str]) -> None:
    answer = demo_client.get("/w/jl2026/programme", query_string=query)
    assert answer.status_code == (422 if len(query.get("q", "")) > 80 else 200)


def test_too_long_a_search_is_told_the_limit(demo_client: FlaskClient) -> None:
    answer = demo_client.get("/en/w/jl2026/programme", query_string={"q": "x" * 99})
    assert answer.status_code == 422 and "At most 80 characters; this has 99." in answer.text


def test_lying_host_is_refused(demo_client: FlaskClient) -> None:
    assert demo_client.get("/w/jl2026/", headers={"Host": "evil.example"}).status_code == 400


def test_pages_carry_the_security_headers_and_no_cookie(demo_client: FlaskClient) -> None:
    answer = demo_client.get("/w/jl2026/programme")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers

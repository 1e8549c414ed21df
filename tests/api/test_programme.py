"""The programme as data: published and public only, filtered as the page, revalidated without reading a session."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.audit.actors import DEMO
from eventweek.kernel.db import db, transaction
from eventweek.programme.models import Session
from eventweek.scheduling.actions import release_schedule

WEEK = "/api/v1/weeks/jl2026"
Statements = Callable[[], AbstractContextManager[list[str]]]


def everything(client: FlaskClient, path: str, **query: Any) -> list[dict[str, Any]]:
    """Give all items of a list, page by page."""
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = {"pages": 1}
    number = 1
    while number <= page["pages"]:
        page = client.get(path, query_string={**query, "page": number, "page_size": 40}).json or {}
        found += page["items"]
        number += 1
    assert len(found) == page["total"]
    return found


def test_all_public_sessions_and_none_of_the_others(demo_client: FlaskClient) -> None:
    listed = everything(demo_client, f"{WEEK}/sessions")
    assert len(listed) == 151
    hidden = db.session.scalars(select(Session).where(Session.visibility != "public")).all()
    assert len(hidden) == 19
    assert {s.code for s in hidden} & {row["code"] for row in listed} == set()
    for session in hidden:
        assert demo_client.get(f"{WEEK}/sessions/{session.code}").status_code == 404
    reachable = str([everything(demo_client, f"{WEEK}/{name}") for name in ("venues", "people", "organisations")])
    assert [s.code for s in hidden if s.code in reachable] == []


def test_a_session_says_what_its_page_says(demo_client: FlaskClient) -> None:
    opening = next(s for s in everything(demo_client, f"{WEEK}/sessions") if s["uid"].startswith("op-main."))
    alone = demo_client.get(f"{WEEK}/sessions/{opening['code']}").json
    assert alone == opening
    assert (opening["start"], opening["end"]) == ("2026-10-15T01:30:00Z", "2026-10-15T03:00:00Z")
    assert opening["status"] == "confirmed" and opening["kind"]["family"] == "meet"
    assert opening["room"]["name"]["zh"] == "主会堂" and opening["city"]["code"] == "220100"
    for address in (opening["page"], opening["feed"]):
        assert demo_client.get(address.removeprefix("http://127.0.0.1:8000")).status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        {"day": "2026-10-15"},
        {"city": "220200"},
        {"day": "2026-10-16", "city": "220100", "q": "路演"},
        {"q": "路演"},
        {"q": "roadshow 新能源"},
        {"city": "999999"},
    ],
)
def test_filters_leave_what_the_page_leaves(demo_client: FlaskClient, asked: dict[str, str]) -> None:
    listed = everything(demo_client, f"{WEEK}/sessions", **asked)
    page = demo_client.get("/w/jl2026/programme", query_string=asked).text
    assert {s["code"] for s in listed} == {
        s["code"] for s in everything(demo_client, f"{WEEK}/sessions") if f'/s/{s["code"]}"' in page
    }
    assert len(listed) < 151


def test_filters_by_family_and_kind_and_a_page_beyond_the_last(demo_client: FlaskClient) -> None:
    every = everything(demo_client, f"{WEEK}/sessions")
    for name, value in (("family", "camp"), ("kind", "opening")):
        own = [s for s in every if (s["kind"]["code"] if name == "kind" else s["kind"]["family"]) == value]
        assert everything(demo_client, f"{WEEK}/sessions", **{name: value}) == own != []
    beyond = demo_client.get(f"{WEEK}/sessions?page=99").json
    assert beyond and (beyond["items"], beyond["total"], beyond["pages"]) == ([], 151, 4)


def test_subjects_lead_to_their_sessions_and_pages(demo_client: FlaskClient) -> None:
    for name in ("venues", "people", "organisations"):
        rows = everything(demo_client, f"{WEEK}/{name}")
        assert rows and [row["code"] for row in rows] == sorted(row["code"] for row in rows)
        first = rows[0]
        assert demo_client.get(f"{WEEK}/{name}/{first['code']}").json == first
        assert first["sessions"]
        page = demo_client.get(first["page"].removeprefix("http://127.0.0.1:8000"))
        assert page.status_code == 200 and first["name"]["zh"] in page.text


def test_unchanged_answer_is_304_without_reading_a_session(demo_client: FlaskClient, statements: Statements) -> None:
    for path in (f"{WEEK}/sessions?day=2026-10-15", WEEK, f"{WEEK}/venues", "/api/v1/weeks"):
        first = demo_client.get(path)
        assert first.headers["Cache-Control"] == "public, max-age=60"
        with statements() as seen:
            again = demo_client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert len(seen) == 2 and not any("release_item" in sql or "session" in sql for sql in seen)
    other = demo_client.get(f"{WEEK}/sessions?day=2026-10-16")
    assert other.headers["ETag"] != demo_client.get(f"{WEEK}/sessions?day=2026-10-15").headers["ETag"]


def test_release_changes_the_etag_and_a_draft_does_not(demo_client: FlaskClient) -> None:
    before = demo_client.get(f"{WEEK}/sessions")
    with transaction():
        session = db.session.scalars(select(Session).where(Session.source_key == "demo:op-main")).one()
        session.title_zh = "只是草稿"
        week_id = session.week_id
    same = demo_client.get(f"{WEEK}/sessions", headers={"If-None-Match": before.headers["ETag"]})
    assert same.status_code == 304
    release_schedule(week_id, actor=DEMO, note="")
    after = demo_client.get(f"{WEEK}/sessions?q=只是草稿", headers={"If-None-Match": before.headers["ETag"]})
    assert after.json and after.json["total"] == 1
    week = demo_client.get(WEEK).json
    assert week and week["release"]["number"] == 2


@pytest.mark.parametrize("path", [f"{WEEK}/sessions", f"{WEEK}/people", WEEK, "/api/v1/weeks"])
def test_reads_take_three_statements_however_much_there_is(
    demo_client: FlaskClient, statements: Statements, path: str
) -> None:
    for size in (3, 200):
        with statements() as seen:
            assert (
                demo_client.get(path, query_string={"page_size": size} if path.endswith("s") else {}).status_code == 200
            )
        assert len(seen) <= 3

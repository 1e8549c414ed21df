"""The calendar feed over HTTP follows feeds.md: stable to the byte, revalidated cheaply, no cookie."""

import gzip
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from eventweek import create_app
from eventweek.kernel.db import db
from eventweek.programme.models import Session

FEED = "/w/jl2026/feed.ics"
Statements = Callable[[], AbstractContextManager[list[str]]]


@pytest.mark.parametrize("validator", ["ETag", "Last-Modified"])
def test_feed_revalidates_without_touching_a_session(
    demo_client: FlaskClient, statements: Statements, validator: str
) -> None:
    first = demo_client.get(FEED)
    header = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}[validator]
    with statements() as seen:
        again = demo_client.get(FEED, headers={header: first.headers[validator]})
    assert (again.status_code, again.data) == (304, b"")
    assert (again.headers["ETag"], again.headers["Cache-Control"]) == (first.headers["ETag"], "public, max-age=300")
    assert len(seen) == 1
    assert not any(table in seen[0] for table in ("session", "release_item", "published", "feed_body.body"))
    assert demo_client.get(FEED, headers={"If-None-Match": '"other"'}).data == first.data


def test_bytes_are_equal_between_two_requests_and_after_a_restart(demo_app: Flask) -> None:
    first = demo_app.test_client().get(FEED)
    assert demo_app.test_client().get(FEED).data == first.data
    restarted = create_app(demo_app.extensions["eventweek"])
    with restarted.app_context():
        again = restarted.test_client().get(FEED)
        assert (again.data, again.headers["ETag"]) == (first.data, first.headers["ETag"])
        db.session.remove()
        db.engine.dispose()


def test_gzip_has_an_etag_of_its_own(demo_client: FlaskClient) -> None:
    plain = demo_client.get(FEED)
    zipped = demo_client.get(FEED, headers={"Accept-Encoding": "gzip, br"})
    assert gzip.decompress(zipped.data) == plain.data and len(zipped.data) < len(plain.data) / 4
    assert zipped.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
    assert zipped.headers["ETag"] != plain.headers["ETag"]
    assert zipped.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    refused = demo_client.get(FEED, headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers
    crossed = {"Accept-Encoding": "gzip", "If-None-Match": plain.headers["ETag"]}
    assert demo_client.get(FEED, headers=crossed).status_code == 200


def test_head_says_what_get_would(demo_client: FlaskClient) -> None:
    got, head = demo_client.get(FEED), demo_client.head(FEED)
    assert head.data == b"" and head.status_code == 200
    same = ("ETag", "Last-Modified", "Content-Type", "Content-Length", "Cache-Control")
    assert [head.headers[name] for name in same] == [got.headers[name] for name in same]
    assert got.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert got.headers["Content-Disposition"].startswith("inline")


def test_feed_sets_no_cookie_even_for_staff(demo_app: Flask, sign_in: Callable[[Flask], FlaskClient]) -> None:
    answer = sign_in(demo_app).get(FEED)
    assert "Set-Cookie" not in answer.headers and "Cookie" not in answer.headers["Vary"]


def test_feed_entries_are_stamped_by_the_release(demo_client: FlaskClient) -> None:
    feed = Calendar.from_ical(demo_client.get(FEED).data)
    events = feed.walk("VEVENT")
    assert len(events) == 151 == len({e["UID"] for e in events})
    assert {e["DTSTAMP"].dt for e in events} == {e["LAST-MODIFIED"].dt for e in events}
    assert {int(e["SEQUENCE"]) for e in events} == {0}
    opening = next(e for e in events if e["UID"] == "op-main.jl2026@eventweek.demo")
    assert opening["DTSTART"].dt.isoformat() == "2026-10-15T09:30:00+08:00"
    assert "METHOD" not in feed


def test_entries_link_to_pages_that_exist_in_their_language(demo_client: FlaskClient) -> None:
    for path in (FEED, f"/en{FEED}"):
        feed = Calendar.from_ical(demo_client.get(path).data)
        assert feed["SOURCE"] == f"http://127.0.0.1:8000{path}"
        page = demo_client.get(feed.walk("VEVENT")[0]["URL"].removeprefix("http://127.0.0.1:8000"))
        assert page.status_code == 200
        assert ('lang="en"' in page.text.split(">", 2)[1]) == path.startswith("/en")


def test_one_session_has_a_feed_of_its_own_and_hidden_ones_none(demo_client: FlaskClient) -> None:
    known = {s.source_key: (s.code, s.visibility) for s in db.session.scalars(select(Session))}
    answer = demo_client.get(f"/w/jl2026/s/{known['demo:op-main'][0]}.ics")
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    assert [event["UID"] for event in events] == ["op-main.jl2026@eventweek.demo"]
    for code, visibility in known.values():
        if visibility != "public":
            assert demo_client.get(f"/w/jl2026/s/{code}.ics").status_code == 404
    assert "没有这个日历" in demo_client.get("/w/nix/feed.ics").text

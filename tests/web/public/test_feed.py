"""The calendar feed follows feeds.md: stable to the byte, revalidated cheaply, read by a foreign reader."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from eventweek.kernel.db import db
from eventweek.programme.models import Session


def test_feed_is_equal_to_the_byte_and_revalidates(
    demo_client: FlaskClient, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    first = demo_client.get("/w/jl2026/feed.ics")
    assert demo_client.get("/w/jl2026/feed.ics").data == first.data
    with statements() as seen:
        again = demo_client.get("/w/jl2026/feed.ics", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert not any(table in sql for sql in seen for table in ("session", "release_item"))


def test_feed_entries_are_stamped_by_the_release(demo_client: FlaskClient) -> None:
    feed = Calendar.from_ical(demo_client.get("/w/jl2026/feed.ics").data)
    events = feed.walk("VEVENT")
    assert len(events) == 151 == len({e["UID"] for e in events})
    assert {e["DTSTAMP"].dt for e in events} == {e["LAST-MODIFIED"].dt for e in events}
    assert {int(e["SEQUENCE"]) for e in events} == {0}
    opening = next(e for e in events if e["UID"] == "op-main.jl2026@eventweek.demo")
    assert opening["DTSTART"].dt.isoformat() == "2026-10-15T09:30:00+08:00"
    assert "METHOD" not in feed


def test_one_session_has_a_feed_of_its_own_and_hidden_ones_none(demo_client: FlaskClient) -> None:
    known = {s.source_key: (s.code, s.visibility) for s in db.session.scalars(select(Session))}
    answer = demo_client.get(f"/w/jl2026/s/{known['demo:op-main'][0]}.ics")
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    assert [event["UID"] for event in events] == ["op-main.jl2026@eventweek.demo"]
    for code, visibility in known.values():
        if visibility != "public":
            assert demo_client.get(f"/w/jl2026/s/{code}.ics").status_code == 404

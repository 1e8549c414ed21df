"""The page of a session: facts for people, share facts and JSON-LD for machines, states in words."""

import json
import re
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.kernel.clock import travel
from eventweek.kernel.db import db, transaction
from eventweek.scheduling.models import Published
from tests.web.public.conftest import Code


def spoil(session_code: str, **facts: object) -> None:
    """Change facts of a published snapshot, as a hostile organiser could have typed them."""
    with transaction():
        rows = db.session.scalars(select(Published))
        item = next(row.item for row in rows if row.item.snapshot["code"] == session_code)
        item.snapshot = {**item.snapshot, **facts}


def machine(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    assert found
    value: dict[str, object] = json.loads(found[1])
    return value


def test_people_and_machines_read_the_same_facts(demo_client: FlaskClient, code: Code) -> None:
    page = demo_client.get(f"/en/w/jl2026/s/{code('op-main')}").text
    event = machine(page)
    assert event["@type"] == "Event" and event["eventStatus"] == "https://schema.org/EventScheduled"
    assert event["startDate"] == "2026-10-15T09:30:00+08:00" and event["endDate"] == "2026-10-15T11:00:00+08:00"
    assert event["url"] == f"http://127.0.0.1:8000/en/w/jl2026/s/{code('op-main')}"
    assert '<meta property="og:title" content="Opening Ceremony of the 2026 Innovation Week (Jilin)">' in page
    assert "to 11:00, Thu 15 October" in page and "Main Hall" in page and "Host" in page


def test_a_title_cannot_leave_its_element(demo_client: FlaskClient, code: Code) -> None:
    nasty = '</script><script>alert(1)</script>&\u2028"'
    spoil(code("op-main"), title={"zh": nasty, "en": nasty})
    for path in (f"/w/jl2026/s/{code('op-main')}", "/w/jl2026/programme", "/w/jl2026/timetable?day=2026-10-15"):
        page = demo_client.get(path).text
        assert "<script>alert" not in page
    page = demo_client.get(f"/w/jl2026/s/{code('op-main')}").text
    assert machine(page)["name"] == nasty and "\\u003c/script\\u003e" in page and "\\u2028" in page


@pytest.mark.parametrize(
    ("at", "word"),
    [
        (datetime(2026, 10, 14, 4, tzinfo=UTC), None),
        (datetime(2026, 10, 15, 1, tzinfo=UTC), "马上开始"),
        (datetime(2026, 10, 15, 2, tzinfo=UTC), "进行中"),
        (datetime(2026, 10, 15, 4, tzinfo=UTC), "已结束"),
    ],
)
def test_the_state_is_said_in_a_word(demo_client: FlaskClient, code: Code, at: datetime, word: str | None) -> None:
    with travel(at):
        head = demo_client.get(f"/w/jl2026/s/{code('op-main')}").text.split("<h1")[0]
    said = [w for w in ("马上开始", "进行中", "已结束") if w in head]
    assert said == ([word] if word else [])


def test_kind_city_and_industry_lead_to_the_filtered_programme(demo_client: FlaskClient, code: Code) -> None:
    page = demo_client.get(f"/w/jl2026/s/{code('rs-ei-1')}").text
    for link in ("kind=roadshow", "city=220100", "industry=ei"):
        assert f"programme?{link}" in page

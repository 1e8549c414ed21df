"""The page of a session: facts for people, share facts and JSON-LD for machines, states in words."""

import json
import re
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.demo.source import FOLDER
from eventweek.kernel.clock import travel
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.programme.actions.sessions import cancel_session, edit_session
from eventweek.programme.queries import find_week
from eventweek.scheduling.actions import release_schedule
from eventweek.scheduling.models import Published
from tests.factories.releases import retell
from tests.web.public.conftest import Code


def spoil(session_code: str, **facts: object) -> None:
    """Change facts of a published snapshot, as a hostile organiser could have typed them."""
    with transaction():
        rows = db.session.scalars(select(Published))
        item = next(row.item for row in rows if row.item.snapshot["code"] == session_code)
        retell(item, **facts)


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


def publish(session_code: str) -> None:
    """Release one session's draft."""
    week = find_week("jl2026")
    assert week is not None
    release_schedule(week.id, actor=SYSTEM, note="", sessions=[session_code])


def test_a_cancelled_session_keeps_its_page_with_reason_and_ways_on(
    demo_client: FlaskClient, code: Code, at_demo_noon: datetime
) -> None:
    own = code("rs-ei-2")
    cancel_session(own, reason=Bilingual("评委无法到场", "The judges cannot come"), actor=SYSTEM)
    publish(own)
    page = demo_client.get(f"/en/w/jl2026/s/{own}").text
    assert "This session is cancelled" in page and "The judges cannot come" in page and "Find similar sessions" in page
    assert 'class="is-off"' in page and 'action="/en/w/jl2026/picks"' not in page
    assert machine(page)["eventStatus"] == "https://schema.org/EventCancelled"
    row = demo_client.get("/w/jl2026/programme?kind=roadshow&day=2026-10-18").text
    assert "line--off" in row and f'value="{own}"' not in row
    assert f'href="/w/jl2026/s/{own}"' not in demo_client.get("/w/jl2026/programme?kind=roadshow&seats=open").text


def test_a_description_is_markdown_without_script(demo_client: FlaskClient, code: Code) -> None:
    own = code("fo-02")
    text = "**要点**\n\n<script>alert(1)</script>\n\n[坏](javascript:alert(1)) [好](https://example.org)"
    edit_session(own, {"text_zh": text}, version=None, actor=SYSTEM)
    publish(own)
    page = demo_client.get(f"/w/jl2026/s/{own}").text
    assert "<strong>要点</strong>" in page and 'href="https://example.org"' in page
    assert "<script>alert" not in page and 'href="javascript' not in page


def test_a_camp_shows_its_days_and_what_only_keeps_sessions_apart_stays_inside(
    demo_client: FlaskClient, code: Code
) -> None:
    page = demo_client.get(f"/w/jl2026/s/{code('camp-a-1')}").text
    parts = page.split('class="parts"')[1].split("</ol>")[0]
    assert [code(f"camp-a-{n}") in parts for n in (2, 3)] == [True, True] and parts.count("<li") == 3
    rows = json.loads((FOLDER / "sessions.json").read_text(encoding="utf-8"))
    apart = next(row["id"] for row in rows if row["exclusive_group"] and not row["tour_team"])
    assert 'class="parts"' not in demo_client.get(f"/w/jl2026/s/{code(apart)}").text


LINKS = [
    {"kind": "link", "url": "https://www.jl.gov.cn/a?b=1&c=2", "zh": "会议<b>手册</b>", "en": ""},
    {"kind": "replay", "url": "https://video.example.org/7", "zh": "", "en": ""},
    {"kind": "live", "url": "https://live.example.org/7", "zh": "直播间", "en": "Live room"},
]


def test_links_say_where_they_lead_and_hand_on_nothing(demo_client: FlaskClient, code: Code) -> None:
    spoil(code("op-main"), links=LINKS)
    page = demo_client.get(f"/w/jl2026/s/{code('op-main')}").text
    assert '<a href="https://www.jl.gov.cn/a?b=1&amp;c=2" rel="noopener nofollow external">' in page
    assert "会议&lt;b&gt;" in page.replace("<wbr>", "") and "<small>jl.gov.cn</small>" in page
    assert ">video.example.org</a></span>" in page and page.index("网页") < page.index("回放")
    assert "Live room" in demo_client.get(f"/en/w/jl2026/s/{code('op-main')}").text


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (datetime(2026, 10, 14, 4, tzinfo=UTC), None),
        (datetime(2026, 10, 15, 2, tzinfo=UTC), ("看直播", "https://live.example.org/7")),
        (datetime(2026, 10, 16, 4, tzinfo=UTC), ("看回放", "https://video.example.org/7")),
    ],
)
def test_the_broadcast_leads_while_it_runs_and_the_replay_afterwards(
    demo_client: FlaskClient, code: Code, at: datetime, shown: tuple[str, str] | None
) -> None:
    spoil(code("op-main"), links=LINKS)
    with travel(at):
        page = demo_client.get(f"/w/jl2026/s/{code('op-main')}").text
    buttons = re.findall(r'<a class="btn btn--wide" href="([^"]+)" rel="noopener[^>]*>.*?</svg>([^<]+)</a>', page)
    assert buttons == ([shown[::-1]] if shown else [])

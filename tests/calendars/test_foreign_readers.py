"""Four foreign readers find nothing to complain about in our feeds: icalendar, libical, ical.js and khal.

Each reads the demo week in both languages and a small week with a cancelled and a hostile session.
"""

import ctypes
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.calendars.ics import entry, joined
from eventweek.kernel.db import db
from eventweek.programme.actions.sessions import edit_session
from eventweek.programme.actions.speakers.links import Contact, feed_token_of, give_links
from eventweek.programme.models import Person
from eventweek.programme.queries import get_week
from eventweek.programme.queries.speakers import list_parts_of_person
from eventweek.scheduling.actions.releases import release_schedule
from tests.factories.calendars import EDITION, published

VENDOR = Path(__file__).parents[1] / "vendor"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
KHAL = Path(sys.executable).with_name("khal")
KHAL_SETTINGS = """
[calendars]
[[week]]
path = {folder}/week
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%dT%H:%M
longdatetimeformat = %Y-%m-%dT%H:%M
local_timezone = UTC
default_timezone = UTC
[default]
default_calendar = week
[sqlite]
path = {folder}/khal.db
"""
Read = set[tuple[str, str, str]]


@pytest.fixture(params=["zh", "en", "speaker", "hostile"])
def body(request: pytest.FixtureRequest, demo_client: FlaskClient, at_demo_noon: object) -> bytes:
    """Give a feed as it is sent."""
    if request.param == "speaker":
        return _of_speaker(demo_client)
    if request.param == "hostile":
        wild = 'A\\B;C,D:"E"\r\nBEGIN:VEVENT\x00\u202e\U00020bb7\U0001f3ab' + "长春" * 90
        sessions = [
            published(uid="cancelled@week.example", sequence=2, cancelled=True),
            published(uid="hostile@week.example", title={"zh": wild, "en": ""}, note={"zh": wild * 9, "en": ""}),
        ]
        return joined(EDITION, sessions, [entry(session, EDITION) for session in sessions], EDITION.feed())
    return demo_client.get("/en/w/jl2026/feed.ics" if request.param == "en" else "/w/jl2026/feed.ics").data


def _of_speaker(client: FlaskClient) -> bytes:
    """Give the own feed of somebody with several sessions who was taken out of one of them."""
    week, person = get_week(1), db.session.scalars(select(Person).where(Person.source_key == "demo:p-s05")).one()
    given = give_links(week.id, {person.code: Contact()}, actor=SYSTEM)[0]
    out = list_parts_of_person(week.id, person.id)[0].session
    edit_session(out.code, {"people": []}, version=None, actor=SYSTEM)
    release_schedule(week.id, note="", sessions=[out.code], actor=SYSTEM)
    body = client.get(f"/c/{feed_token_of(given.link)}.ics").data
    assert b"STATUS:CANCELLED" in body and body.count(b"BEGIN:VEVENT") > 2
    return body


def by_icalendar(body: bytes) -> Read:
    """Give UID, start in UTC and status of each entry."""
    events = Calendar.from_ical(body).walk("VEVENT")
    assert [event.errors for event in events if event.errors] == []
    return {(str(e["UID"]), f"{e['DTSTART'].dt.astimezone(UTC):%Y-%m-%dT%H:%M}", str(e["STATUS"])) for e in events}


@pytest.fixture
def complaints() -> Callable[[bytes], tuple[int, int]]:
    """Give libical's restriction check (RFC 5546 tables): whether it holds, and the number of errors."""
    try:
        library = ctypes.CDLL("libical.so.3")
    except OSError:
        pytest.skip("needs libical: apt-get install libical3")
    library.icalparser_parse_string.restype = ctypes.c_void_p
    library.icalparser_parse_string.argtypes = [ctypes.c_char_p]
    for function in ("icalrestriction_check", "icalcomponent_count_errors", "icalcomponent_free"):
        getattr(library, function).argtypes = [ctypes.c_void_p]

    def check(body: bytes) -> tuple[int, int]:
        component = library.icalparser_parse_string(body)
        assert component
        valid = library.icalrestriction_check(component)
        errors = library.icalcomponent_count_errors(component)
        library.icalcomponent_free(component)
        return valid, errors

    return check


def test_libical_accepts_the_feed(body: bytes, complaints: Callable[[bytes], tuple[int, int]]) -> None:
    assert complaints(body) == (1, 0)
    assert complaints(body.replace(b"DTSTART;TZID=Asia/Shanghai:", b"DTSTART;TZID=Asia/Shanghai:x"))[1] > 0


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """Give a page of a real browser with ical.js in it."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.add_script_tag(content=(VENDOR / "ical.es5.min.cjs").read_text(encoding="utf-8"))
        yield page
        browser.close()


READ_IN_BROWSER = """text => {
  ICAL.design.strict = true;
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  return calendar.getAllSubcomponents("vevent").map(one => {
    const event = new ICAL.Event(one);
    return [event.uid, event.startDate.toJSDate().toISOString().slice(0, 16), one.getFirstPropertyValue("status")];
  });
}"""


@pytest.mark.browser
def test_ical_js_reads_every_entry(body: bytes, page: Page) -> None:
    read: list[list[Any]] = page.evaluate(READ_IN_BROWSER, body.decode())
    assert {tuple(one) for one in read} == by_icalendar(body)


def test_khal_imports_and_lists_every_entry(body: bytes, tmp_path: Path) -> None:
    (tmp_path / "week").mkdir()
    (tmp_path / "config").write_text(KHAL_SETTINGS.format(folder=tmp_path))
    (tmp_path / "feed.ics").write_bytes(body)

    def khal(*words: str) -> str:
        surroundings = {"HOME": str(tmp_path), "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}
        command = [str(KHAL), "-c", str(tmp_path / "config"), *words]
        done = subprocess.run(command, capture_output=True, text=True, env=surroundings, check=True)
        assert done.stderr == ""
        return done.stdout

    khal("import", "--batch", "-a", "week", str(tmp_path / "feed.ics"))
    first = min(datetime.fromisoformat(start) for _uid, start, _status in by_icalendar(body)) - timedelta(days=1)
    lines = khal("list", "--day-format", "", "--format", "{uid}|{start-long}|{status}", f"{first:%Y-%m-%d}", "60d")
    read = {tuple(part.strip() for part in line.split("|")) for line in lines.splitlines() if line}
    assert read == by_icalendar(body)

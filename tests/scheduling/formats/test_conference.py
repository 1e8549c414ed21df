"""Schedules of conference software come in whole, again without change, and go out with the same content."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM
from eventweek.calendars.ics import Edition, holder_calendar
from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import Refusal
from eventweek.kernel.markup import markdown_of
from eventweek.kernel.text import clean_text, plain_html
from eventweek.programme.actions.places import edit_room
from eventweek.programme.actions.sessions import cancel_session
from eventweek.programme.actions.weeks import set_week_state
from eventweek.programme.models import Person, Room, Session, SessionLink, SessionPerson, Track
from eventweek.programme.queries import find_week
from eventweek.scheduling.actions.importing import Report, import_programme
from eventweek.scheduling.actions.missing import GONE
from eventweek.scheduling.actions.releases import release_schedule
from eventweek.scheduling.formats import Context, read_any
from eventweek.scheduling.formats.conference.json_reader import read_schedule_json
from eventweek.scheduling.formats.conference.model import Conference, Event
from eventweek.scheduling.formats.conference.times import minutes, start
from eventweek.scheduling.formats.conference.xml_reader import read_schedule_xml
from eventweek.scheduling.formats.writing import WRITERS, Asked
from eventweek.scheduling.models import Placement
from eventweek.scheduling.queries import list_public_sessions
from tests.conftest import ROOT
from tests.factories.schedules import SCHEDULE
from tests.scheduling.formats.test_schedule_rules import json_faults, xml_faults

HERE = Asked("export", "https://week.example")
WEEK = Context("dev", timezone="Asia/Shanghai")


def taken(text: str | bytes, **how: Any) -> Report:
    content = text.encode() if isinstance(text, str) else text
    return import_programme(read_any(content, "schedule", WEEK).document, actor=SYSTEM, **how)


def written(format_: str, week: str = "dev") -> bytes:
    own = find_week(week)
    assert own is not None
    return WRITERS[format_].write(own, HERE)


def statuses(report: Report) -> set[str]:
    return {status for (_section, status), count in report.counts.items() if count}


def session(key: str) -> Session:
    return db.session.scalars(select(Session).where(Session.source_key == f"jldev27:{key}")).one()


def without(text: str, key: str) -> str:
    return re.sub(rf' *<event id="{key}".*?</event>\n', "", text, flags=re.DOTALL)


@pytest.mark.database
def test_a_schedule_makes_a_week_with_all_it_says(app: Flask) -> None:
    assert statuses(taken(SCHEDULE)) == {"new"}
    week, talk, late = find_week("dev"), session("7"), session("9")
    assert week is not None and (week.timezone, week.slot_min, week.day_end) == ("Europe/Brussels", 5, "24:00")
    assert (str(week.first_day), str(week.last_day)) == ("2027-04-12", "2027-04-13")
    assert talk.uid == "1c0f0b3e-3d3c-4a7c-9b3c-0a7e2f6f4b11" and talk.slug == "keynote"
    assert talk.title == Bilingual("开源的下一个十年", "") and talk.subtitle.zh == "从吉林说起"
    assert talk.abstract_zh == "一句*摘要*。" and talk.text_zh == "### 内容\n\n- a\\*b\n- 1\\. c\\_d"
    assert [p.person.name for p in talk.people] == [Bilingual("王示例", ""), Bilingual("", "Ann Lee")]
    assert [(link.kind, link.url) for link in talk.links] == [
        ("page", "https://dev.example/keynote"),
        ("link", "https://dev.example/K%201%20(A).webm"),
        ("link", ""),
        ("slides", "https://dev.example/s.pdf"),
    ]
    assert talk.links[2].title.zh == "聊天室 <#room:matrix.org>"
    assert (late.kind.family, late.registration, late.language) == ("class", "none", "en")
    places = {e.key: e.start for e in read_schedule_json(json.loads(written("frab-json"))).events}
    assert {key: str(at) for key, at in places.items()} == {
        "7": "2027-04-12 09:35:00+02:00",
        "8": "2027-04-12 23:30:00+02:00",
        "9": "2027-04-13 01:00:00+02:00",
    }


@pytest.mark.database
@pytest.mark.parametrize("format_", ["xml", "frab-json"])
def test_what_goes_out_comes_in_as_the_same_content(app: Flask, format_: str) -> None:
    taken(SCHEDULE)
    first = written(format_)
    own = json.loads(first) if format_ == "frab-json" else None
    read = read_schedule_json(own) if own else read_schedule_xml(first)
    source = read_schedule_xml(SCHEDULE.encode())
    assert {event.key: content(event) for event in read.events} == {e.key: content(e) for e in source.events}
    assert (read.title, read.venue, read.city, read.zone, read.slot) == (
        source.title,
        source.venue,
        source.city,
        source.zone,
        source.slot,
    )


@pytest.mark.database
def test_a_second_import_changes_nothing_and_keeps_what_organisers_added(app: Flask) -> None:
    taken(SCHEDULE)
    room = db.session.scalars(select(Room).where(Room.name_zh == "主会堂")).one()
    edit_room(room.code, {"capacity": 800}, version=None, actor=SYSTEM)
    before = written("json")
    assert statuses(taken(SCHEDULE)) == {"unchanged"} and written("json") == before
    assert statuses(taken(SCHEDULE.replace("Night hack", "Night hacks"))) == {"unchanged", "changed"}
    assert session("8").title.en == "Night hacks" and room.capacity == 800


@pytest.mark.database
def test_what_the_source_no_longer_holds_is_cancelled_and_restored_when_it_comes_back(app: Flask) -> None:
    taken(SCHEDULE)
    cancel_session(session("7").code, reason=Bilingual("讲者生病", ""), actor=SYSTEM)
    shorter = without(SCHEDULE, "8")
    rehearsed = taken(shorter, dry_run=True)
    assert rehearsed.cancelled == [Bilingual("", "Night hack")] and session("8").cancelled_at is None
    assert taken(shorter, keep_missing=True).cancelled == [] and session("8").cancelled_at is None
    assert taken(shorter).counts["sessions", "cancelled"] == 1 and session("8").cancel_reason == GONE
    assert statuses(taken(shorter)) == {"unchanged"}
    assert taken(SCHEDULE).counts["sessions", "restored"] == 1 and session("8").cancelled_at is None
    assert session("7").cancel_reason.zh == "讲者生病"


@pytest.mark.database
def test_wrong_values_are_told_by_line_and_nothing_is_kept(app: Flask) -> None:
    wrong = SCHEDULE.replace("<duration>01:30", "<duration>soon").replace("<title>After midnight</title>", "")
    reading = read_any(wrong.encode(), "schedule.xml", WEEK)
    with pytest.raises(Refusal, match="import.wrong") as caught:
        import_programme(reading.document, actor=SYSTEM)
    problems = caught.value.facts["report"].problems
    lines = wrong.splitlines()
    told = {lines[reading.locate(p.path).line - 1].strip() + p.code for p in problems}
    assert told == {'<event id="8">number.whole', '<event id="9">field.one_language'}
    assert find_week("dev") is None


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (SCHEDULE[:900].encode(), "import.not_xml", SCHEDULE[:900].count("\n") + 1),
        (SCHEDULE.encode("gbk"), "import.encoding", 5),
        (SCHEDULE.replace("UTF-8", "GBK").encode(), "import.encoding", 5),
        (SCHEDULE.replace("UTF-8", "utf-7").encode(), "import.encoding", 1),
        (SCHEDULE.replace(" <day index", "<<<<<<< ours\n <day index").encode(), "import.conflict", 14),
        (b'<!DOCTYPE s [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><schedule>&c;</schedule>', "import.xml_type", 1),
        (b'<?xml version="1.0"?>\n<!DOCTYPE s SYSTEM "file:///etc/passwd">\n<s/>', "import.xml_type", 2),
        (b"<a>\n" * 50, "import.xml_deep", 41),
        (b"<rss><channel/></rss>", "import.no_schedule", 1),
        (b'{"schedule": {"conference": []}}', "import.no_schedule", 1),
    ],
)
def test_what_is_no_safe_schedule_is_refused_with_its_line(content: bytes, code: str, line: int) -> None:
    with pytest.raises(Refusal) as caught:
        read_any(content, "schedule.xml", WEEK)
    assert (caught.value.code, caught.value.facts["line"]) == (code, line)


@pytest.mark.parametrize("encoding", ["gbk", "utf-16", "utf-8-sig"])
def test_other_encodings_that_say_so_are_read(encoding: str) -> None:
    content = SCHEDULE.replace("UTF-8", encoding.removesuffix("-sig")).encode(encoding)
    assert read_any(content, "x", WEEK).document == read_any(SCHEDULE.encode(), "x", WEEK).document


def test_a_schedule_without_events_or_zone_is_refused() -> None:
    empty = without(without(without(SCHEDULE, "7"), "8"), "9")
    zoneless = SCHEDULE.replace("<time_zone_name>Europe/Brussels</time_zone_name>", "")
    for content, context, code in ((empty, WEEK, "import.no_events"), (zoneless, Context("dev"), "import.zone")):
        with pytest.raises(Refusal, match=code):
            read_any(content.encode(), "x", context)


def test_what_is_assumed_or_not_kept_is_said() -> None:
    notes = dict(read_any(SCHEDULE.encode(), "x", WEEK).notes)
    assert notes == {"import.capacity": {"count": 2, "seats": 100}, "import.unread": {"names": "feedback_url (1)"}}


def test_times_of_schedules() -> None:
    assert [minutes(text) for text in ("00:25", "1:00:30", "26:00", "soon")] == [25, 1470, 1560, "soon"]
    assert str(start("", "03:59", "2027-04-12", "04:00:00")) == "2027-04-13 03:59:00"
    assert str(start("", "04:00", "2027-04-12", "04:00:00")) == "2027-04-12 04:00:00"
    assert start("", "25:00", "2027-04-12", "") == "2027-04-12 25:00"


def content(event: Event) -> Event:
    """Return what counts of an event: texts by their words and marks, links by address, its own page left out."""
    links = [
        replace(link, title=folded(link.title), href=link.href.replace("%20", " ").strip()) for link in event.links
    ]
    attachments = [replace(link, title=folded(link.title), href=link.href.strip()) for link in event.attachments]
    lines = {name: folded(getattr(event, name)) for name in ("title", "subtitle", "track", "type", "room")}
    texts = {name: marked(getattr(event, name)) for name in ("abstract", "description")}
    persons = tuple(replace(person, name=folded(person.name), biography="") for person in event.persons)
    at = event.start if isinstance(event.start, str) else event.start.replace(tzinfo=None)
    same: dict[str, Any] = {"start": at, "links": tuple(links), "attachments": tuple(attachments), "persons": persons}
    return replace(event, place="", guid="", url="", slug="", language="", **lines, **texts, **same)


def folded(text: str) -> str:
    return " ".join(text.split())


def marked(text: str) -> str:
    text = visible(text)
    html = text if "<" in text else plain_html(text)
    html = re.sub(r"\s+", " ", plain_tags(html))
    return re.sub(r"\s*(</?(?:p|ul|ol|li|h\d|pre|blockquote|br)>)\s*", r"\1", html).replace("<p></p>", "").strip()


def plain_tags(html: str) -> str:
    """Return HTML in the spelling of our own renderer."""
    return re.sub(r"<li><p>(.*?)</p>", r"<li>\1", plain_html(markdown_of(html)))


FOSDEM = "data/programmes/fosdem-2023.xml"
FOSDEM_HOLDS = {"session": 780, "room": 35, "person": 787, "session_person": 935, "session_link": 5485, "track": 61}
FOSDEM_HOLDS |= {"placement": 780}
"""The file names 35 rooms on each of its two days, 787 people 935 times, 4,963 links and 522 attachments."""


@pytest.fixture
def fosdem(shared: Path) -> bytes:
    """Give FOSDEM's schedule of 2023, which stands beside the project and is never part of it."""
    if not (shared / FOSDEM).exists():
        pytest.skip(f"needs ../shared/{FOSDEM}")
    return (shared / FOSDEM).read_bytes()


@pytest.mark.stated
@pytest.mark.needs_shared
def test_fosdem_comes_in_goes_out_and_comes_in_again(app: Flask, fosdem: bytes) -> None:
    source = read_schedule_xml(fosdem)
    document = read_any(fosdem, "fosdem.xml", Context("fosdem", timezone="Europe/Brussels")).document
    assert import_programme(document, actor=SYSTEM).counts["sessions", "new"] == len(source.events) == 780
    assert statuses(import_programme(document, actor=SYSTEM)) == {"unchanged"}
    assert _held() == FOSDEM_HOLDS, _held()
    again = read_schedule_xml(written("xml", "fosdem"))
    _same(source, again)
    assert {hall.name for hall in again.halls} == {hall.name for hall in source.halls}
    assert list(xml_faults(ElementTree.fromstring(written("xml", "fosdem")))) == []
    assert list(json_faults(json.loads(written("frab-json", "fosdem")))) == []
    _released_in_brussels()
    page = app.test_client().get("/en/w/fosdem/programme?q=Welcome+to+FOSDEM").text
    assert "09:30" in page and "08:30" not in page


MEASURED = """
import os, sys
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_pid, status, used = os.wait4(pid, 0)
print(used.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""Run a command, print its largest memory in KiB. A process counts that of whoever started it: here, of a small one."""


@pytest.mark.stated
@pytest.mark.needs_shared
def test_fosdem_comes_in_with_little_memory(shared: Path, fosdem: bytes, tmp_path: Path) -> None:
    """A process of its own takes the file in as anybody would; its largest memory is what the system has counted."""
    env = os.environ | {"EVENTWEEK_VAR": str(tmp_path), "EVENTWEEK_DATABASE_URL": ""}
    command = [sys.executable, "-m", "eventweek"]
    subprocess.run([*command, "migrate"], env=env, cwd=ROOT, check=True, capture_output=True)
    taking = [
        *command,
        "programme",
        "import",
        str(shared / FOSDEM),
        "--week",
        "fosdem",
        "--timezone",
        "Europe/Brussels",
    ]
    own = subprocess.run(
        [sys.executable, "-c", MEASURED, *taking], env=env, cwd=ROOT, capture_output=True, text=True, check=False
    )
    said, _line, peak = own.stdout.strip().rpartition("\n")
    assert own.returncode == 0 and "780" in said, own.stdout + own.stderr
    print(f"FOSDEM, 780 events: {int(peak) // 1024} MB at most")
    assert int(peak) // 1024 < 300


def _held() -> dict[str, int]:
    """Return how many rows of each kind are there."""
    models = (Session, Room, Person, SessionPerson, SessionLink, Track, Placement)
    return {m.__tablename__: db.session.scalar(select(func.count()).select_from(m)) or 0 for m in models}


def _same(source: Conference, again: Conference) -> None:
    ours = {event.key: event for event in again.events}
    assert set(ours) == {event.key for event in source.events}
    for event in source.events:
        assert content(ours[event.key]) == content(event), event.key
        assert ours[event.key].slug == event.slug and words(ours[event.key].description) == words(event.description)
        assert words(ours[event.key].abstract) == words(event.abstract)


def visible(text: str) -> str:
    """Return the text as we take in any, without zero-width and control characters, which no export gives back."""
    return clean_text(text, len(text))


def words(html: str) -> str:
    return re.sub(r"\s+", "", unescape(re.sub(r"<[^>]+>", "", visible(html))))


def _released_in_brussels() -> None:
    """Release all but the two that the source puts into one room at one time, and read the feed."""
    week = set_week_state("fosdem", "open", actor=SYSTEM)
    codes = {s.source_key: s.code for s in db.session.scalars(select(Session))}
    chosen = [code for key, code in codes.items() if not key.endswith(":15105")]
    release_schedule(week.id, actor=SYSTEM, note="", sessions=chosen)
    public = list_public_sessions(week.id)
    edition = Edition("https://week.example", "fosdem", "FOSDEM", "Europe/Brussels", "en")
    feed = Calendar.from_ical(holder_calendar(public, edition))
    events = {str(event["uid"]): event for event in feed.walk("VEVENT")}
    assert len(events) == 779 and len(feed.walk("VTIMEZONE")) == 1
    welcome = next(s for s in public if s.code == codes["fosdem-2023:15059"])
    assert welcome.start.isoformat() == "2023-02-04T08:30:00+00:00"
    assert events[welcome.uid]["dtstart"].dt.timestamp() == welcome.start.timestamp()

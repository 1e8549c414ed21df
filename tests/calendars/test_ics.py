"""The calendar writer, read back by a foreign library: what each property says, in both languages."""

from datetime import timedelta

import pytest
from icalendar import Calendar, Event

from eventweek.calendars.ics import Edition, entry, holder_calendar, joined, key
from eventweek.scheduling.queries import PublishedSession
from tests.factories.calendars import EDITION, ENGLISH, START, published


def read(session: PublishedSession, edition: Edition = EDITION) -> Event:
    """Give the one entry of a calendar as icalendar reads it."""
    event: Event = Calendar.from_ical(holder_calendar([session], edition)).walk("VEVENT")[0]
    return event


def test_each_property_in_chinese() -> None:
    event = read(published())
    assert event["SUMMARY"] == "启动仪式，开幕；第一场"
    assert event["LOCATION"] == "长春·双创中心 主会堂"
    assert event["GEO"].to_ical() == "43.81;125.32"
    assert event["URL"] == "https://week.example/w/jl2026/s/abc123"
    assert event["CATEGORIES"].to_ical().decode() == "开幕式,汽车"
    assert (event["STATUS"], event["TRANSP"], event["COLOR"]) == ("CONFIRMED", "OPAQUE", "royalblue")
    assert event["DESCRIPTION"] == "请提前入场\n主办：科技厅\n嘉宾：李明\n详情：https://week.example/w/jl2026/s/abc123"
    assert event["DTSTART"].dt.isoformat() == "2026-10-15T09:30:00+08:00"
    assert event["DTSTAMP"].dt == event["LAST-MODIFIED"].dt == START - timedelta(days=9)


def test_english_entry_falls_back_to_chinese_where_no_english_stands() -> None:
    event = read(published(), ENGLISH)
    assert (event["SUMMARY"], event["LOCATION"]) == ("Opening", "Main Hall, Centre, Changchun")
    assert event["DESCRIPTION"].startswith("请提前入场\nHost: Science Department\nWith: Li Ming\nSee: https://")
    assert event["URL"] == "https://week.example/en/w/jl2026/s/abc123"


@pytest.mark.parametrize(("edition", "prefix"), [(EDITION, "【已取消】"), (ENGLISH, "[Cancelled] ")])
def test_cancelled_entry_stays_and_says_so(edition: Edition, prefix: str) -> None:
    event = read(published(sequence=3, cancelled=True, reason={"zh": "嘉宾生病", "en": "The speaker is ill"}), edition)
    assert {"【已取消】": "已取消：嘉宾生病", "[Cancelled] ": "Cancelled: The speaker is ill"}[prefix] in event[
        "description"
    ]
    assert event["SUMMARY"].startswith(prefix)
    assert (event["STATUS"], event["TRANSP"], event["SEQUENCE"]) == ("CANCELLED", "TRANSPARENT", 3)


def test_zone_with_summer_time_is_written_in_utc() -> None:
    berlin = Edition("https://week.example", "b", "B", "Europe/Berlin", "en")
    assert b"DTSTART:20261015T013000Z" in entry(published(), berlin)
    assert b"DTSTART;TZID=Asia/Shanghai:20261015T093000" in entry(published(), EDITION)


def test_line_ends_and_control_characters_do_not_leave_their_property() -> None:
    wild = "夜\r\nATTENDEE:mailto:x\x00\x1b‮𠮷\ud800" + "长" * 300
    body = holder_calendar([published(title={"zh": wild, "en": ""}, note={"zh": wild, "en": ""})], EDITION)
    assert b"\r\nATTENDEE" not in body and b"\x00" not in body and b"\x1b" not in body
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert body.decode()
    assert Calendar.from_ical(body).walk("VEVENT")[0]["SUMMARY"].startswith("夜 ATTENDEE:mailto:x𠮷长")


def test_key_moves_with_all_that_is_read() -> None:
    keys = {
        key(published(), EDITION),
        key(published(), ENGLISH),
        key(published(sequence=1), EDITION),
        key(published(note={"zh": "改", "en": ""}), EDITION),
    }
    assert len(keys) == 4 and key(published(), EDITION) in keys


def test_subscription_names_its_source_and_a_download_does_not() -> None:
    feed = joined(EDITION, [published()], [entry(published(), EDITION)], EDITION.feed())
    assert b"SOURCE;VALUE=URI:https://week.example/w/jl2026/feed.ics\r\n" in feed
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in feed and b"X-PUBLISHED-TTL:PT1H\r\n" in feed
    own = holder_calendar([published()], EDITION)
    assert b"SOURCE" not in own and b"REFRESH" not in own and b"METHOD" not in own

"""Which edition visitors come for, and which organisers work on."""

import pytest
from flask import Flask

from eventweek.audit.actors import SYSTEM
from eventweek.programme.actions.weeks import create_week, set_week_state
from eventweek.programme.queries import find_current_week, find_newest_week
from tests.factories.programme import SPRING, make_week

AUTUMN = SPRING | {"code": "autumn", "first_day": "2027-09-13", "last_day": "2027-09-17"}


@pytest.mark.database
def test_a_draft_is_current_only_where_nothing_else_is(app: Flask) -> None:
    assert find_current_week() is None and find_newest_week() is None
    make_week("draft")
    assert _codes() == ("spring", "spring")
    set_week_state("spring", "open", actor=SYSTEM)
    create_week(AUTUMN, actor=SYSTEM)
    assert _codes() == ("spring", "autumn")
    set_week_state("spring", "closed", actor=SYSTEM)
    assert _codes() == ("spring", "autumn")
    set_week_state("autumn", "open", actor=SYSTEM)
    assert _codes() == ("autumn", "autumn")


@pytest.mark.database
def test_visitors_and_crawlers_are_led_past_a_draft(app: Flask) -> None:
    client = app.test_client()
    make_week("draft")
    assert client.get("/").location == "/w/spring/" and "日程筹备中" in client.get("/w/spring/").text
    set_week_state("spring", "open", actor=SYSTEM)
    create_week(AUTUMN, actor=SYSTEM)
    assert client.get("/").location == "/w/spring/"
    assert client.get("/en/").location == "/en/w/spring/"
    sitemap = client.get("/sitemap.xml").text
    assert "/w/spring/" in sitemap and "autumn" not in sitemap
    assert 'href="/w/spring/' in client.get("/my").text


def _codes() -> tuple[str, str]:
    current, newest = find_current_week(), find_newest_week()
    assert current and newest
    return current.code, newest.code

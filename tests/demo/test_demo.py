"""The demo goes in whole, moves by whole weeks, and comes out without a trace."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.demo.actions import load_demo, remove_demo
from eventweek.demo.shift import FIRST_DAY, day_to_show, shift_for
from eventweek.kernel.clock import travel
from eventweek.kernel.db import Base, Bilingual, db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import City, Venue
from eventweek.programme.queries import find_current_week
from eventweek.programme.queries.texts import list_public_pages
from eventweek.scheduling.queries.notices import list_told
from tests.registration.world import book, offering_of


@pytest.mark.parametrize("day", [date(2026, 10, 14), date(2026, 10, 15), date(2026, 11, 25), date(2028, 2, 29)])
def test_shift_is_whole_weeks_onto_the_run_holding_the_day(day: date) -> None:
    shift = shift_for(day)
    assert shift.days % 7 == 0
    assert 0 <= (day - FIRST_DAY - shift).days < 7


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        ("2026-11-25T03:59+00:00", date(2026, 11, 25)),
        ("2026-11-25T04:00+00:00", date(2026, 11, 26)),
        ("2026-11-24T15:00+00:00", date(2026, 11, 24)),
        ("2026-11-25T16:00+00:00", date(2026, 11, 26)),
    ],
)
def test_the_last_afternoon_shows_the_next_run(instant: str, shown: date) -> None:
    assert day_to_show(datetime.fromisoformat(instant)) == shown


def counts() -> dict[str, int]:
    tables = Base.metadata.tables.values()
    return {t.name: db.session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}


@pytest.mark.parametrize("today", [date(2026, 10, 15), date(2026, 10, 21), date(2027, 3, 3)])
def test_the_demo_tells_its_pages_and_notices_at_its_own_dates(app: Flask, today: date) -> None:
    load_demo(today)
    week = find_current_week()
    assert week
    pages = list_public_pages(week.id, texts=True)
    assert [page.code for page in pages] == ["faq", "transport", "contact", "terms", "privacy"]
    for page in pages:
        words = str(page.title) + str(page.text)
        assert page.title["zh"] and page.title["en"] and len(page.text["zh"]) > 200 and len(page.text["en"]) > 300
        assert not re.search(r"待填|to be filled in|：写明|写在这里|\{\w", words), page.code
        assert not re.search(r"[\u4e00-\u9fff]", page.text["en"]), page.code
    first = datetime(week.first_day.year, week.first_day.month, week.first_day.day, tzinfo=UTC)
    told = list_told(week.id, first + timedelta(hours=4), texts=True)
    assert [(one.notice.level, bool(one.session), one.notice.city) for one in told] == [
        ("important", False, None),
        ("ordinary", True, None),
        ("ordinary", False, "220200"),
    ]
    for one in told:
        assert one.notice.title["en"] and one.notice.text["en"] and one.notice.shown(first)
        assert timedelta(0) < first - one.notice.since < timedelta(days=4), one.notice.title
        assert not one.notice.shown(first + timedelta(days=8))


@pytest.mark.database
def test_demo_is_complete_loads_once_and_is_removed_whole(app: Flask) -> None:
    with app.app_context():
        load_demo(date(2026, 11, 25))
        have = counts()
        wanted = {"session": 170, "room": 60, "venue": 19, "person": 114, "organisation": 37, "city": 9, "kind": 22}
        assert {name: have[name] for name in wanted} == wanted
        assert (have["placement"], have["published"], have["release"]) == (170, 170, 1)
        with pytest.raises(Refusal, match="demo.present"):
            load_demo(date(2026, 11, 25))
        with travel(datetime(2026, 11, 25, tzinfo=UTC)):
            assert book(offering_of("ex-main-7", 2).code)[0].state == "confirmed"
        remove_demo()
        left = counts()
        assert left.pop("audit_entry") == 40
        assert {name: n for name, n in left.items() if n} == {}
        with pytest.raises(Refusal, match="demo.absent"):
            remove_demo()


@pytest.mark.database
def test_demo_shares_cities_and_leaves_those_of_others(app: Flask) -> None:
    with app.app_context():
        with transaction():
            own = Venue(source_key="own:1", name=Bilingual("自有场馆", ""), site_type="", address=Bilingual("", ""))
            own.city = City(code="220100", name=Bilingual("长春市", "Changchun"))
            db.session.add(own)
        load_demo(date(2026, 11, 25))
        remove_demo()
        assert [city.code for city in db.session.scalars(select(City))] == ["220100"]
        assert [venue.source_key for venue in db.session.scalars(select(Venue))] == ["own:1"]

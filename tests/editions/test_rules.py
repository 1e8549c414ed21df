"""Where a day of one run lies in another."""

from datetime import UTC, date, datetime, timedelta

import pytest

from eventweek.editions.enums import Anchor
from eventweek.editions.rules import Way, next_first_day, same_weekday

THURSDAY = date(2026, 10, 15)


def _way(new: date, anchor: Anchor, length: int = 7, zone: str = "Asia/Shanghai") -> Way:
    return Way(THURSDAY, new, frozenset(new + timedelta(days=n) for n in range(length)), zone, anchor)


@pytest.mark.parametrize("anchor", list(Anchor))
def test_runs_that_begin_on_one_weekday_keep_every_day(anchor: Anchor) -> None:
    way = _way(date(2027, 10, 14), anchor)
    for n in range(7):
        assert way.day(THURSDAY + timedelta(days=n)) == date(2027, 10, 14) + timedelta(days=n)


def test_by_run_the_third_day_stays_the_third() -> None:
    way = _way(date(2027, 10, 16), Anchor.RUN, length=5)
    assert way.day(THURSDAY + timedelta(days=2)) == date(2027, 10, 18)
    assert way.day(THURSDAY + timedelta(days=5)) is None and way.day(THURSDAY - timedelta(days=1)) is None


@pytest.mark.parametrize("ahead", range(7))
def test_by_weekday_every_weekday_of_a_whole_week_finds_its_own(ahead: int) -> None:
    way = _way(date(2027, 10, 14) + timedelta(days=ahead), Anchor.WEEKDAY)
    old = [THURSDAY + timedelta(days=n) for n in range(7)]
    new = [way.day(day) for day in old]
    assert set(new) == set(way.days)
    assert [day.weekday() for day in new if day] == [day.weekday() for day in old]


def test_by_weekday_a_shorter_run_leaves_days_open() -> None:
    """Friday to Sunday has no Thursday."""
    way = _way(date(2027, 10, 15), Anchor.WEEKDAY, length=3)
    assert [way.day(THURSDAY + timedelta(days=n)) for n in (0, 1, 2, 3, 4)] == [
        None,
        date(2027, 10, 15),
        date(2027, 10, 16),
        date(2027, 10, 17),
        None,
    ]


def test_times_stay_on_the_clock_over_summer_time() -> None:
    """Brussels leaves summer time on 25 October 2026; 14:00 stays 14:00. A time that the clock skips comes after."""
    way = Way(date(2026, 10, 24), date(2027, 3, 27), frozenset({date(2027, 3, 28)}), "Europe/Brussels")
    assert way.moment(datetime(2026, 10, 25, 13, tzinfo=UTC)) == datetime(2027, 3, 28, 12, tzinfo=UTC)
    assert way.moment(datetime(2026, 10, 25, 1, 30, tzinfo=UTC)) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert way.moment(datetime(2026, 10, 24, 12, tzinfo=UTC)) is None


def test_the_day_is_that_of_the_weeks_own_zone() -> None:
    """23:30 UTC on the 15th is the 16th in Changchun."""
    way = _way(date(2027, 10, 14), Anchor.RUN)
    assert way.moment(datetime(2026, 10, 15, 23, 30, tzinfo=UTC)) == datetime(2027, 10, 14, 23, 30, tzinfo=UTC)
    assert way.deadline(datetime(2026, 9, 30, 16, tzinfo=UTC)) == datetime(2027, 9, 29, 16, tzinfo=UTC)


def test_warm_up_days_stay_outside_the_run() -> None:
    new = date(2027, 10, 16)
    way = _way(new, Anchor.WEEKDAY)
    saturday = date(2026, 10, 10)
    assert way.outside(saturday, new, new + timedelta(days=6)) == date(2027, 10, 9)
    assert way.outside(date(2026, 10, 14), new, new + timedelta(days=6)) == date(2027, 10, 13)


def test_a_year_on_is_the_same_weekday() -> None:
    assert next_first_day(THURSDAY) == date(2027, 10, 14) and next_first_day(THURSDAY).weekday() == 3
    for ahead in range(-10, 11):
        found = same_weekday(THURSDAY, date(2027, 10, 14) + timedelta(days=ahead))
        assert found.weekday() == 3 and abs((found - date(2027, 10, 14)).days - ahead) <= 3

"""What the visitors' pages share: the blueprint, the edition at hand, and how days and names are written."""

from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort
from flask_babel import format_date

from eventweek.kernel.clock import local_day
from eventweek.programme.models import Week
from eventweek.programme.queries import find_week
from eventweek.scheduling.queries import PublishedSession, list_public_sessions
from eventweek.web.frame import language

blueprint = Blueprint("public", __name__)


@blueprint.app_template_global("day")
def day_name(day: date) -> str:
    """Return a day as people of the page's language write it."""
    return str(format_date(day, "EEE d MMMM" if language() == "en" else "M月d日（EEE）"))


@blueprint.app_template_filter("by_day")
def by_day(sessions: list[PublishedSession], zone: str) -> list[tuple[date, list[PublishedSession]]]:
    """Group sorted sessions by their local day."""
    return [(day, list(group)) for day, group in groupby(sessions, lambda s: local_day(s.start, zone))]


@blueprint.app_template_filter("local")
def local(instant: datetime, zone: str) -> datetime:
    """Return the instant on the wall clock of an IANA zone."""
    return instant.astimezone(ZoneInfo(zone))


@blueprint.app_template_filter("say")
def say(pair: dict[str, str]) -> str:
    """Return the name in the page's language, else in the other."""
    return (pair["en"] or pair["zh"]) if language() == "en" else (pair["zh"] or pair["en"])


def edition(code: str) -> tuple[Week, list[PublishedSession]]:
    """Return the week of that code with its public sessions, else the page that says there is none."""
    week: Any = find_week(code) or abort(404)
    return week, list_public_sessions(week.id)


def days(week: Week, sessions: list[PublishedSession]) -> list[tuple[date, int]]:
    """Return each local day that has sessions, with their number."""
    counts: dict[date, int] = {}
    for entry in sessions:
        day = local_day(entry.start, week.timezone)
        counts[day] = counts.get(day, 0) + 1
    return sorted(counts.items())

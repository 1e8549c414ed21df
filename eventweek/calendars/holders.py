"""A visitor's own calendar: written when it is asked for, from entries that are kept already, and kept nowhere."""

import hashlib

from eventweek.calendars.actions import entries_of
from eventweek.calendars.ics import Edition, joined
from eventweek.calendars.queries import rendering
from eventweek.programme.queries import get_week
from eventweek.registration.enums import EndReason
from eventweek.registration.models import Pass
from eventweek.registration.queries import list_registrations
from eventweek.scheduling.queries import PublishedSession, find_last_release

NAMES = {"zh-CN": "我的一周：{week}", "en": "My week: {week}"}


def sessions_of_holder(own: Pass) -> list[PublishedSession]:
    """Return what the holder of a pass attends, and what the organiser has cancelled of it."""
    held = [facts for facts in list_registrations(own.id) if facts.entitled or facts.end_reason == EndReason.SESSION]
    return [session for facts in held for session in facts.sessions]


def calendar_of_holder(own: Pass, language: str, base: str) -> tuple[str, bytes]:
    """Return ETag and body of the calendar to subscribe to; its own address, which is secret, stands nowhere in it."""
    week, sessions = get_week(own.week_id), sessions_of_holder(own)
    title = week.title.best(language)[0]
    entries = entries_of(sessions, Edition(base, week.code, title, week.timezone, language))
    shown = Edition(base, week.code, NAMES[language].format(week=title), week.timezone, language)
    release = find_last_release(week.id)
    told = [own.code, own.feed_epoch, release.number if release else 0, language, rendering(base), list(entries)]
    etag = hashlib.sha256(repr(told).encode()).hexdigest()
    return etag, joined(shown, sessions, entries.values(), refreshed=True)

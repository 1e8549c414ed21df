"""A visitor's own calendar: written when it is asked for, from entries that are kept already, and kept nowhere."""

import hashlib
from dataclasses import replace

from eventweek.calendars.actions import entries_of
from eventweek.calendars.ics import Edition, joined
from eventweek.calendars.queries import rendering
from eventweek.programme.queries import get_week
from eventweek.registration.enums import EndReason
from eventweek.registration.models import Pass
from eventweek.registration.queries import RegistrationFacts, list_registrations
from eventweek.scheduling.queries import PublishedSession, find_last_release

ON_LINE = {"zh": "线上参加", "en": "On line"}
WAY_IN = {
    "zh": "开始前 {n} 分钟起，从“我的一周”进入线上会场。",
    "en": "The way in opens in “My week” {n} minutes before the start.",
}
"""What the calendar says of a room on line; its address stands in no calendar: those are shared and read by others."""
NAMES = {"zh-CN": "我的一周：{week}", "en": "My week: {week}"}


def sessions_of_holder(own: Pass) -> list[PublishedSession]:
    """Return what the holder of a pass attends, and what the organiser has cancelled of it."""
    held = [facts for facts in list_registrations(own.id) if facts.sure or facts.end_reason == EndReason.SESSION]
    return [session for facts in held for session in attended(facts)]


def attended(facts: RegistrationFacts) -> list[PublishedSession]:
    """Return the sessions of a registration as its holder attends them: on line in no room of the house."""
    if not facts.online:
        return list(facts.sessions)
    said = {language: text.format(n=facts.online_before_min) for language, text in WAY_IN.items()}
    nowhere = {"code": "", "latitude": None, "longitude": None, **ON_LINE}
    return [
        replace(one, facts={**one.facts, "city": None, "room": None, "venue": nowhere, "note": said})
        for one in facts.sessions
    ]


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

"""A speaker's own calendar: written when it is asked for, from entries that are kept already, and kept nowhere."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from eventweek.calendars.actions import entries_of
from eventweek.calendars.ics import Edition, joined
from eventweek.calendars.queries import rendering
from eventweek.programme.queries.speakers import Opened
from eventweek.scheduling.queries import find_last_release
from eventweek.scheduling.queries.appearances import is_unnamed, list_of_speaker, sessions_held

NAMES = {"zh-CN": "我的场次：{week}", "en": "My sessions: {week}"}


@dataclass(frozen=True)
class OwnHead:
    """What a revalidation needs to know of a speaker's calendar."""

    etag: str
    last_modified: datetime


def head_of_speaker(own: Opened, language: str, base: str) -> OwnHead:
    """Return the head of a speaker's calendar without reading a session: it changes with releases and the link only."""
    release = find_last_release(own.week.id)
    held = sorted(sessions_held(own.week.id, own.person)) if is_unnamed(own.week.id, own.person.id) else []
    told = [own.link.code, own.link.feed_epoch, release.number if release else 0, held, language, rendering(base)]
    changed = max(own.link.made_at, release.at) if release else own.link.made_at
    return OwnHead(hashlib.sha256(repr(told).encode()).hexdigest(), changed.replace(microsecond=0))


def calendar_of_speaker(own: Opened, language: str, base: str) -> bytes:
    """Return a speaker's calendar; its own address, which is secret, stands nowhere in it."""
    week = own.week
    sessions = list_of_speaker(week.id, own.person)
    name = NAMES[language].format(week=week.title.best(language)[0])
    entries = entries_of(sessions, Edition(base, week.code, week.title.best(language)[0], week.timezone, language))
    shown = Edition(base, week.code, name, week.timezone, language)
    return joined(shown, sessions, entries.values(), refreshed=True)

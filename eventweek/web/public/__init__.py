"""Visitors' pages: those for everybody, from published snapshots only, and those of one device."""

from eventweek.web.public import (
    answers,
    basket,
    crawlers,
    feeds,
    finding,
    free_pages,
    look,
    media,
    my_week,
    notices,
    pages,
    passes,
    programme,
    reminder,
    sessions,
    speaker,
    speaker_calendar,
    speaker_record,
    subjects,
    subscribe,
    wechat,
)
from eventweek.web.public.basket import blueprint as own_blueprint
from eventweek.web.public.frame import blueprint
from eventweek.web.public.speaker import blueprint as speaker_blueprint
from eventweek.web.public.speaker import holds_link

__all__ = [
    "answers",
    "basket",
    "blueprint",
    "crawlers",
    "feeds",
    "finding",
    "free_pages",
    "holds_link",
    "look",
    "media",
    "my_week",
    "notices",
    "own_blueprint",
    "pages",
    "passes",
    "programme",
    "reminder",
    "sessions",
    "speaker",
    "speaker_blueprint",
    "speaker_calendar",
    "speaker_record",
    "subjects",
    "subscribe",
    "wechat",
]

"""Visitors' pages: those for everybody, from published snapshots only, and those of one device."""

from eventweek.web.public import (
    basket,
    crawlers,
    feeds,
    finding,
    my_week,
    pages,
    passes,
    programme,
    sessions,
    subjects,
    subscribe,
)
from eventweek.web.public.basket import blueprint as own_blueprint
from eventweek.web.public.frame import blueprint

__all__ = [
    "basket",
    "blueprint",
    "crawlers",
    "feeds",
    "finding",
    "my_week",
    "own_blueprint",
    "pages",
    "passes",
    "programme",
    "sessions",
    "subjects",
    "subscribe",
]

"""Visitors' pages; from published snapshots only."""

from eventweek.web.public import crawlers, feeds, pages, programme, sessions, subjects, subscribe
from eventweek.web.public.frame import blueprint

__all__ = ["blueprint", "crawlers", "feeds", "pages", "programme", "sessions", "subjects", "subscribe"]

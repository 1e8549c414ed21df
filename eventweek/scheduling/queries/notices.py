"""Notices with the public sessions that they are about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from eventweek.programme.queries.texts import list_public_notices, list_public_pages
from eventweek.programme.rules.texts import PublicNotice, PublicPage, mentions
from eventweek.scheduling.queries.published import PublishedSession, map_public


@dataclass(frozen=True)
class Told:
    """A notice as readers receive it, with the public session that it is about."""

    notice: PublicNotice
    session: PublishedSession | None

    @property
    def about(self) -> dict[str, str]:
        """Return the name of the session, venue or city; empty for the whole week."""
        return self.session.facts["title"] if self.session else self.notice.about


def list_told(week_id: int, at: datetime, *, texts: bool = False) -> list[Told]:
    """Return the notices whose time has come, those that are over too, in reading order, in at most two statements."""
    return tell(week_id, (n for n in list_public_notices(week_id, texts=texts) if n.begun(at)))


@dataclass(frozen=True)
class Found:
    """What a search finds beside the programme."""

    pages: list[PublicPage]
    notices: list[Told]

    def __bool__(self) -> bool:
        """Say whether there is anything."""
        return bool(self.pages or self.notices)


def find_texts(week_id: int, words: str, at: datetime) -> Found:
    """Return the pages and the notices told now that hold every word, in at most three statements; none for no word."""
    if not words:
        return Found([], [])
    pages = [page for page in list_public_pages(week_id, texts=True) if page.listed and mentions(page, words)]
    told = list_told(week_id, at, texts=True)
    return Found(pages, [one for one in told if one.notice.shown(at) and mentions(one.notice, words)])


def tell(week_id: int, notices: Iterable[PublicNotice]) -> list[Told]:
    """Return notices with their sessions; what is about a session that is not public stays unsaid."""
    every = list(notices)
    codes = {notice.session for notice in every if notice.session}
    sessions = map_public(week_id, codes) if codes else {}
    told = [Told(notice, sessions.get(notice.session or "")) for notice in every]
    return [own for own in told if own.session or not own.notice.session]

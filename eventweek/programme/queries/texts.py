"""Reads of free pages and notices: what the public reads are published copies, what the desk lists are drafts."""

from typing import Any

from sqlalchemy import Select, bindparam, null, select
from sqlalchemy.orm import joinedload, undefer

from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.programme.models import Notice, Page
from eventweek.programme.queries.directory import Directory
from eventweek.programme.queries.masters import shelf
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.subjects import NOTICE, PAGE, Subject
from eventweek.programme.rules.texts import PublicNotice, PublicPage, in_order, read_notice, read_page, split


def list_public_pages(week_id: int, *, texts: bool = False) -> list[PublicPage]:
    """Return the public pages in use in their order, their texts only where asked for, in one statement."""
    rows = db.session.execute(_PAGES[texts], {"own_week": week_id})
    pages = [read_page(head, text, first, last) for head, text, first, last in rows]
    return sorted(pages, key=lambda page: (page.position, page.code))


def find_public_page(week_id: int, code: str) -> PublicPage | None:
    """Return a public page, also one that is archived: its address stays; in one statement."""
    row = db.session.execute(
        select(Page.published, Page.published_text, Page.first_published_at, Page.published_at).where(
            Page.week_id == week_id, Page.code == code, Page.published.is_not(None)
        )
    ).first()
    return read_page(*row) if row else None


def list_public_notices(week_id: int, *, texts: bool = False) -> list[PublicNotice]:
    """Return what is public of the week's notices, whatever the clock says, in reading order, in one statement."""
    rows = db.session.execute(_NOTICES[texts], {"own_week": week_id})
    return in_order(read_notice(code, head, text, first, last) for code, head, text, first, last in rows)


def was_withdrawn(week_id: int, code: str) -> bool:
    """Say whether a notice of that code was public once and is so no more."""
    query = select(Notice.id).where(Notice.week_id == week_id, Notice.code == code)
    gone = Notice.published.is_(None) | Notice.archived_at.is_not(None)
    return db.session.scalar(query.where(gone, Notice.first_published_at.is_not(None))) is not None


def list_pages(week_id: int, *, archived: bool = False) -> list[Page]:
    """Return the pages of a week in their order."""
    own = select(Page).where(Page.week_id == week_id, shelf(Page, archived)).options(undefer(Page.published_text))
    return list(db.session.scalars(own.order_by(Page.position, Page.code)))


def list_notices(week_id: int, *, archived: bool = False) -> list[Notice]:
    """Return the notices of a week, the newest first, with what they are about."""
    own = select(Notice).where(Notice.week_id == week_id, shelf(Notice, archived))
    about = [joinedload(relation) for relation in (Notice.session, Notice.venue, Notice.city)]
    return list(db.session.scalars(own.options(undefer(Notice.published_text), *about).order_by(Notice.id.desc())))


def copy_of(subject: Subject, row: Any, directory: Directory) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what would be published of a page or a notice now: what names it, and its long texts."""
    values = values_of(subject, row, directory)
    place = getattr(row, "venue", None) or getattr(row, "city", None)
    if place:
        values |= {"about_zh": place.name.zh, "about_en": place.name.en}
    return split(subject, values)


def draft_page(row: Page) -> PublicPage:
    """Return a page as the public would read it if it were published now."""
    return read_page(*copy_of(PAGE, row, Directory()), now(), now())


def draft_notice(row: Notice) -> PublicNotice:
    """Return a notice as the public would read it if it were published now."""
    return read_notice(row.code, *copy_of(NOTICE, row, Directory()), now(), now())


def is_changed(row: Page | Notice) -> bool:
    """Say whether a public text has been changed since it was published."""
    subject: Subject = PAGE if isinstance(row, Page) else NOTICE
    return row.published is not None and (row.published, row.published_text) != copy_of(subject, row, Directory())


def _public(model: Any, *first: Any, words: Any) -> Select[Any]:
    """Select what is public of the pages or notices of a week: every public page asks for it."""
    query = select(*first, model.published, words, model.first_published_at, model.published_at)
    return query.where(model.week_id == bindparam("own_week"), model.published.is_not(None), shelf(model, False))


_PAGES = {texts: _public(Page, words=Page.published_text if texts else null()) for texts in (False, True)}
_NOTICES = {
    texts: _public(Notice, Notice.code, words=Notice.published_text if texts else Notice.published)
    for texts in (False, True)
}

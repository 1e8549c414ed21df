"""Verbs of free pages and notices: write, publish a copy, withdraw it. All take the week's id first.

Writing needs programme.edit for the whole week, publishing and withdrawing release.publish.
"""

from typing import Any, TypeVar

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Refusal
from eventweek.programme.actions.verbs import Parts, editable_week
from eventweek.programme.actions.writing import Values, refuse_stale
from eventweek.programme.models import Notice, Page
from eventweek.programme.queries.directory import Directory
from eventweek.programme.queries.texts import copy_of
from eventweek.programme.rules.subjects import NOTICE, PAGE

T = TypeVar("T", Page, Notice)


class Texts(Parts[T]):
    """Verbs of a text that the public reads as a copy, so that editing leaks nothing."""

    def publish(self, week_id: int, code: str, *, version: int | None = None, actor: Actor) -> T:
        """Let the public read it as it stands now. A second call changes nothing.

        Raises: Refusal permission.denied, week.not_found, week.archived, subject.not_found, text.archived, text.empty,
            version.stale where it is no longer the version that was looked at.
        """
        with transaction():
            row, directory = self._to_publish(week_id, code, version, actor)
            if row.archived_at:
                raise Refusal("text.archived")
            head, text = copy_of(self.subject, row, directory)
            if self.subject is PAGE and not any(text.values()):
                raise Refusal("text.empty")
            if (row.published, row.published_text) != (head, text):
                row.published, row.published_text = head, text
                row.published_at, row.withdrawn_at = now(), None
                row.first_published_at = row.first_published_at or row.published_at
                self._finish(actor, "publish", row)
        return row

    def withdraw(self, week_id: int, code: str, *, version: int | None = None, actor: Actor) -> T:
        """Take it from the public; when it was public is kept. A second call changes nothing.

        Raises: Refusal permission.denied, week.not_found, week.archived, subject.not_found, version.stale.
        """
        with transaction():
            row, _directory = self._to_publish(week_id, code, version, actor)
            if row.published is not None:
                row.published, row.published_text, row.withdrawn_at = None, None, now()
                self._finish(actor, "withdraw", row)
        return row

    def _to_publish(self, week_id: int, code: str, version: int | None, actor: Actor) -> tuple[T, Directory]:
        require(actor, Verb.RELEASE_PUBLISH, week_id)
        week = editable_week(week_id)
        directory = Directory(week.id, zone=week.timezone)
        row = self._get(directory, code)
        refuse_stale(row, version)
        return row, directory

    def _finish(self, actor: Actor, verb: str, row: T) -> None:
        db.session.flush()
        noun = self.subject.name
        record(actor, f"{noun}.{verb}", noun, row.code, week_id=row.week_id)


def _address_stays(whole: Values, row: Any, _directory: Directory) -> list[FieldError]:
    """The address of what was public once is for ever."""
    moved = row.first_published_at is not None and whole["code"] != row.code
    return [FieldError("code", "page.code_stays")] if moved else []


def _was_public(row: Any) -> bool:
    return row.first_published_at is not None


_PAGES: Texts[Page] = Texts(PAGE, Page, Verb.PROGRAMME_EDIT, _address_stays, _was_public)
_NOTICES: Texts[Notice] = Texts(NOTICE, Notice, Verb.PROGRAMME_EDIT, None, _was_public)

create_page, edit_page, delete_page = _PAGES.create, _PAGES.edit, _PAGES.delete
archive_page, restore_page = _PAGES.archive, _PAGES.restore
publish_page, withdraw_page = _PAGES.publish, _PAGES.withdraw
create_notice, edit_notice, delete_notice = _NOTICES.create, _NOTICES.edit, _NOTICES.delete
archive_notice, restore_notice = _NOTICES.archive, _NOTICES.restore
publish_notice, withdraw_notice = _NOTICES.publish, _NOTICES.withdraw

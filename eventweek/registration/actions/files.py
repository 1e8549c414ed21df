"""Open what is kept of people: a record, a file, a whole list to take along; whoever does so is recorded."""

from collections.abc import Sequence

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.programme.queries import get_week
from eventweek.registration.models import AnswerFile, Registration


def open_record(week_id: int, code: str, *, actor: Actor) -> None:
    """Note that the record of somebody's registration was opened by who may read registrations.

    Raises: Refusal permission.denied.
    """
    with transaction():
        require(actor, Verb.REGISTRATIONS_READ, week_id)
        record(actor, "registration.read", "registration", code, week_id=week_id)


def export_registrations(week_id: int, rows: int, columns: Sequence[str], *, actor: Actor) -> None:
    """Note that so many registrations go out with these columns, by who may edit them.

    Raises: Refusal permission.denied.
    """
    with transaction():
        require(actor, Verb.REGISTRATIONS_EDIT, week_id)
        record(
            actor,
            "registrations.export",
            "week",
            get_week(week_id).code,
            week_id=week_id,
            rows=rows,
            columns=list(columns),
        )


def open_answer_file(week_id: int, code: str, key: str, *, actor: Actor) -> AnswerFile:
    """Return the file that answers a question of a registration, to who may read registrations.

    Raises: Refusal permission.denied, file.not_found.
    """
    with transaction():
        require(actor, Verb.REGISTRATIONS_READ, week_id)
        query = select(AnswerFile).join(AnswerFile.registration)
        own = db.session.scalar(
            query.where(Registration.week_id == week_id, Registration.code == code, AnswerFile.key == key)
        )
        if own is None:
            raise Refusal("file.not_found")
        record(actor, "answer_file.read", "registration", code, week_id=week_id, key=key)
    return own

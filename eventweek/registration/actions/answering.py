"""Correct what was answered, until registration closes."""

from collections.abc import Mapping

from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.registration.actions.ending import lock_registration
from eventweek.registration.actions.particulars import renew_answers
from eventweek.registration.files import open_receipt
from eventweek.registration.forms import read_answers
from eventweek.registration.models import Registration
from eventweek.registration.queries.forms import map_questions
from eventweek.registration.rules import why_no_correcting


def correct_answers(code: str, typed: Mapping[str, object], *, actor: Actor, owner: int) -> Registration:
    """Replace the answers of a registration by those to the form as it is asked now, by the keys of its questions.

    `owner`: id of the pass by which the holder is known. A file that stays is sent as its receipt, like a new one.
    Raises: Refusal registration.not_found, registration.ended, registration.started, answers.over, week.archived;
        Invalid with fields `answers.KEY`.
    """
    with transaction():
        row, own = lock_registration(code, actor, owner)
        reason = why_no_correcting(row.state, own.window, now())
        if reason:
            raise Refusal(reason.code, **reason.facts)
        questions = map_questions(row.week_id, {own.offering.code: own.kinds})[own.offering.code]
        reading = read_answers(questions, typed, open_receipt)
        if reading.errors:
            errors = reading.errors.items()
            raise Invalid([FieldError(f"answers.{key}", one.code, one.facts) for key, one in errors])
        changed = renew_answers(row, questions, reading)
        if changed:
            record(actor, "registration.answers", "registration", row.code, week_id=row.week_id, changed=changed)
        db.session.flush()
    return row

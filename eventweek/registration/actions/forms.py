"""Write the questions that registration asks, and keep each form as it was answered."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.audit.revisions import Thread, differing, revise
from eventweek.kernel.db import db, insert_new, transaction
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.tokens import random_code
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.models import Kind, Week
from eventweek.programme.rules.checks import cleaned
from eventweek.programme.rules.scopes import reaches
from eventweek.registration.forms import ASKING, Question, row_of, senseless_questions
from eventweek.registration.models import AskedForm, KindQuestions, Offering, OfferingQuestions
from eventweek.registration.queries.forms import KIND, OFFERING, find_asking

Questions = KindQuestions | OfferingQuestions


def write_questions(
    week_id: int,
    level: str,
    code: str,
    given: Mapping[str, object],
    *,
    kinds: Sequence[str] = (),
    version: int | None,
    actor: Actor,
) -> Questions:
    """Set what a place asks: `questions` in their order, `dropped` keys of what it would inherit.

    `level`, `code` and `kinds` as in find_asking; a question without a key gets one. `version`: the one that was seen,
    0 where nothing stood, None for whatever stands. What was answered before keeps the form that was asked.
    Raises: Refusal permission.denied, week.not_found, week.archived, subject.not_found, offering.not_found,
        version.stale; Invalid with fields such as `questions.2.label_zh`.
    """
    with transaction():
        _require(week_id, level, actor)
        week = editable_week(week_id)
        asking = find_asking(week_id, level, code, kinds)
        if version is not None and version != asking.version:
            raise Refusal("version.stale", fields=[], version=asking.version)
        values = _clean(given, asking.inherited)
        of, row = _row(week, level, code)
        old = {"questions": row.questions, "dropped": row.dropped}
        for name in old.keys() & values.keys():
            setattr(row, name, values[name])
        changes = differing(old, {"questions": row.questions, "dropped": row.dropped})
        if changes or row.version is None:
            db.session.add(row)
            db.session.flush()
            revise(actor, "questions", Thread(level, of.id, of.code, week_id, row.version), changes)
            keys = [own["key"] for own in row.questions]
            record(actor, f"{level}.questions", level, of.code, week_id=week_id, questions=keys, dropped=row.dropped)
    return row


def _require(week_id: int, level: str, actor: Actor) -> None:
    """Ask for the whole week where its other sessions are asked too."""
    verb = Verb.REGISTRATIONS_EDIT
    require(actor, verb, week_id)
    if level != OFFERING and not reaches(actor, verb, week_id, city="", track=""):
        raise Refusal("permission.denied", verb=str(verb))


def _clean(given: Mapping[str, object], inherited: Sequence[Question]) -> dict[str, Any]:
    questions = given.get("questions")
    named = given if not isinstance(questions, list) else {**given, "questions": [_named(row) for row in questions]}
    values, errors = cleaned(ASKING, named)
    dropped = values.get("dropped", [])
    if not errors and "questions" in values:
        errors = senseless_questions(values["questions"], [own for own in inherited if own.key not in dropped])
    if errors:
        raise Invalid(errors)
    known = {own.key for own in inherited}
    return values | ({"dropped": [key for key in dropped if key in known]} if "dropped" in values else {})


def _named(row: object) -> object:
    return {**row, "key": f"q{random_code(7)}"} if isinstance(row, Mapping) and not row.get("key") else row


def _row(week: Week, level: str, code: str) -> tuple[Week | Kind | Offering, Questions]:
    """Return whose questions they are, and the row that holds them, a new one where there is none."""
    empty: dict[str, Any] = {"week_id": week.id, "questions": [], "dropped": []}
    if level == OFFERING:
        query = select(Offering).where(Offering.week_id == week.id, Offering.code == code)
        offering = db.session.scalar(query)
        if offering is None:
            raise Refusal("offering.not_found")
        of_offering = select(OfferingQuestions).where(OfferingQuestions.offering_id == offering.id)
        return offering, db.session.scalar(of_offering) or OfferingQuestions(offering_id=offering.id, **empty)
    mine = select(KindQuestions).where(KindQuestions.week_id == week.id)
    if level != KIND:
        whole = db.session.scalar(mine.where(KindQuestions.kind_id.is_(None)))
        return week, whole or KindQuestions(kind_id=None, **empty)
    kind = db.session.scalars(select(Kind).where(Kind.week_id == week.id, Kind.code == code)).one()
    of_kind = db.session.scalar(mine.where(KindQuestions.kind_id == kind.id))
    return kind, of_kind or KindQuestions(kind_id=kind.id, **empty)


def keep_form(offering: Offering, questions: Sequence[Question]) -> int:
    """Return the number of a form as it is asked now, kept first where it is new; 0 where nothing is asked.

    Inside the caller's transaction; who keeps one at the same moment takes the next number, or this very form.
    """
    if not questions:
        return 0
    rows = [row_of(own) for own in questions]
    last = db.session.scalar(
        select(AskedForm).where(AskedForm.offering_id == offering.id).order_by(AskedForm.number.desc()).limit(1)
    )
    if last is not None and last.questions == rows:
        return last.number
    number = last.number + 1 if last else 1
    own = {"week_id": offering.week_id, "offering_id": offering.id, "number": number}
    return number if insert_new(AskedForm, **own, questions=rows) else keep_form(offering, questions)

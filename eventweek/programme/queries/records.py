"""Find and list the rows of any subject by the table of fields, each with all that its values tell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.interfaces import ORMOption

from eventweek.audit.histories import changed_since
from eventweek.kernel.db import db
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.models import Tag
from eventweek.programme.models.bindings import BINDINGS, MODELS, OF_A_WEEK, Other
from eventweek.programme.queries.directory import Directory
from eventweek.programme.queries.masters import Listed, Window, listed, named, shelf
from eventweek.programme.rules.subjects import Subject
from eventweek.programme.rules.values import Choice, Ref, Wrong

TOLD_WITH = {"session": ("session", "placement")}
"""Subjects whose revisions go by the id of another: a session's place is part of its history."""


@dataclass(frozen=True)
class RecordFilter:
    """What a list holds: rows with all words in a name, archived or not (None: both), with these values of fields.

    `since`: those that were changed since; a session also where its place was.
    """

    words: str = ""
    archived: bool | None = False
    equal: Mapping[str, str] = field(default_factory=dict)
    since: datetime | None = None


def filters(subject: Subject) -> list[str]:
    """Name the fields by whose value a list can be narrowed: those with one code."""
    return [name for name, type_ in subject.fields.items() if isinstance(type_, Choice | Ref)]


def list_records(subject: Subject, week_id: int | None, wanted: RecordFilter, window: Window) -> Listed:
    """Return rows in the order in which they were made, in a constant number of statements.

    `week_id` is that of a week's own subject. Raises: Invalid with reference.unknown or choice.unknown.
    """
    model: Any = MODELS[subject.name]
    terms = [*named(wanted.words, [model]), *_equal(subject, model, week_id, wanted.equal)]
    if wanted.archived is not None and hasattr(model, "archived_at"):
        terms.append(shelf(model, wanted.archived))
    if subject.name in OF_A_WEEK:
        terms.append(model.week_id == week_id)
    if wanted.since:
        terms.append(model.id.in_(changed_since(TOLD_WITH.get(subject.name, (subject.name,)), wanted.since)))
    return listed(select(model).where(*terms).options(*_told(subject)), window, model.id)


def get_record(subject: Subject, week_id: int | None, code: str) -> Any:
    """Return the row of that code, of this week where the subject is a week's own.

    Raises: Refusal subject.not_found.
    """
    row = Directory(week_id).find(subject.name, code)
    if row is None:
        raise Refusal("subject.not_found")
    model: Any = MODELS[subject.name]
    return db.session.scalars(select(model).where(model.id == row.id).options(*_told(subject))).one()


def _equal(subject: Subject, model: Any, week_id: int | None, equal: Mapping[str, str]) -> list[ColumnElement[bool]]:
    directory, terms, errors = Directory(week_id), [], []
    for name, value in equal.items():
        type_ = subject.fields[name]
        if isinstance(type_, Ref):
            row = directory.find(type_.subject, value)
            if row is None:
                errors.append(FieldError(name, "reference.unknown", {"code": value}))
            else:
                terms.append(getattr(model, f"{name}_id") == row.id)
            continue
        try:
            terms.append(getattr(model, name) == type_.clean(value))
        except Wrong as wrong:
            errors.append(FieldError(name, wrong.error.code, wrong.error.facts))
    if errors:
        raise Invalid(errors)
    return terms


def _told(subject: Subject) -> list[ORMOption]:
    """Load with the rows what their values name, so that one row takes as many statements as a thousand."""
    options: list[ORMOption] = []
    for name, binding in BINDINGS.get(subject.name, {}).items():
        own = selectinload(getattr(MODELS[subject.name], name))
        if isinstance(binding, Other):
            options.append(own.joinedload(Tag.set) if binding.subject == "tag" else own)
        else:
            options += [own.joinedload(getattr(binding.model, other)) for other in binding.others] or [own]
    return options

"""What registration asks: the questions of a week, its kinds and its offerings, and what somebody was asked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import contains_eager

from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Kind
from eventweek.registration.forms import Question, compose, question_of
from eventweek.registration.models import (
    AnswerFile,
    AskedForm,
    KindQuestions,
    Offering,
    OfferingQuestions,
    Pass,
    Registration,
)

Rows = Sequence[Mapping[str, Any]]
WEEK, KIND, OFFERING = "week", "kind", "offering"


@dataclass(frozen=True)
class Asking:
    """The questions that stand at one place: its own, those it inherits, which of these it drops.

    `level` is `week`, `kind` or `offering`, `code` that of the kind or offering; `version` 0: nothing was said here.
    """

    level: str
    code: str
    name: Bilingual
    own: tuple[Question, ...]
    inherited: tuple[Question, ...]
    dropped: tuple[str, ...]
    version: int

    @property
    def whole(self) -> tuple[Question, ...]:
        """Return what is asked."""
        return compose(self.inherited, self.dropped, self.own)


def has_questions() -> ColumnElement[bool]:
    """Return the condition that something is asked beside an offering's row: by its week, a kind, or itself."""
    of_week = exists().where(KindQuestions.week_id == Offering.week_id)
    return or_(of_week, exists().where(OfferingQuestions.offering_id == Offering.id)).label("has_questions")


def map_questions(week_id: int, kinds: Mapping[str, Collection[str]]) -> dict[str, tuple[Question, ...]]:
    """Return what offerings ask, by code; `kinds` gives the codes of their sessions' kinds. Always two statements."""
    by_kind = _of_kinds(week_id)
    named = select(OfferingQuestions, Offering.code).join(Offering, Offering.id == OfferingQuestions.offering_id)
    own = {
        code: row
        for row, code in db.session.execute(named.where(Offering.week_id == week_id, Offering.code.in_(kinds)))
    }
    found = {}
    for code, some in kinds.items():
        inherited = _inherited(by_kind, some)
        row = own.get(code)
        found[code] = compose(inherited, row.dropped, _questions(row.questions)) if row else inherited
    return found


def find_asking(week_id: int, level: str, code: str, kinds: Collection[str] = ()) -> Asking:
    """Return the questions of a place; `kinds`: those of an offering's sessions.

    Raises: Refusal subject.not_found for a kind that the week does not have.
    """
    by_kind = _of_kinds(week_id)
    name, inherited = Bilingual("", ""), tuple[Question, ...]()
    row: KindQuestions | OfferingQuestions | None
    if level == OFFERING:
        query = select(OfferingQuestions).join(Offering, Offering.id == OfferingQuestions.offering_id)
        row = db.session.scalar(query.where(Offering.week_id == week_id, Offering.code == code))
        inherited = _inherited(by_kind, kinds)
    else:
        row = by_kind.get(code if level == KIND else "")
        if level == KIND:
            kind = db.session.scalar(select(Kind).where(Kind.week_id == week_id, Kind.code == code))
            if kind is None:
                raise Refusal("subject.not_found")
            name, inherited = kind.name, _inherited(by_kind, ())
    own, dropped = (_questions(row.questions), tuple(row.dropped)) if row else ((), ())
    return Asking(level, code, name, own, inherited, dropped, row.version if row else 0)


def list_places(week_id: int) -> dict[tuple[str, str], int]:
    """Return how many questions of its own each place has that has any, by level and code."""
    counts = {(KIND if code else WEEK, code): len(row.questions) for code, row in _of_kinds(week_id).items()}
    query = select(Offering.code, OfferingQuestions).join(Offering, Offering.id == OfferingQuestions.offering_id)
    for code, row in db.session.execute(query.where(Offering.week_id == week_id)):
        counts[OFFERING, code] = len(row.questions)
    return counts


def list_asked(row: Registration) -> tuple[Question, ...]:
    """Return what somebody was asked when they answered last."""
    query = select(AskedForm.questions).where(
        AskedForm.offering_id == row.offering_id, AskedForm.number == row.form_version
    )
    return _questions(db.session.scalar(query) or ()) if row.answers else ()


def list_answer_files(registration_id: int) -> dict[str, AnswerFile]:
    """Return the files of a registration by the key of their question."""
    query = select(AnswerFile).where(AnswerFile.registration_id == registration_id)
    return {own.key: own for own in db.session.scalars(query)}


def find_answer_file(code: str, pass_id: int) -> AnswerFile | None:
    """Return a file that the holder of a pass gave, None for anybody else's."""
    query = (
        select(AnswerFile)
        .join(AnswerFile.registration)
        .join(Pass, (Pass.attendee_id == Registration.attendee_id) & (Pass.week_id == Registration.week_id))
        .where(AnswerFile.code == code, Pass.id == pass_id)
        .options(contains_eager(AnswerFile.registration))
    )
    return db.session.scalar(query)


def _of_kinds(week_id: int) -> dict[str, KindQuestions]:
    query = select(KindQuestions, Kind.code).outerjoin(Kind, Kind.id == KindQuestions.kind_id)
    return {code or "": row for row, code in db.session.execute(query.where(KindQuestions.week_id == week_id))}


def _inherited(by_kind: Mapping[str, KindQuestions], kinds: Collection[str]) -> tuple[Question, ...]:
    """Return what the week and these kinds ask; what one of several kinds drops, another still asks."""
    week = by_kind.get("")
    of_week = _questions(week.questions) if week else ()
    whole: tuple[Question, ...] = ()
    for code in sorted(kinds):
        row = by_kind.get(code)
        whole = compose(whole, (), compose(of_week, row.dropped, _questions(row.questions)) if row else of_week)
    return whole if kinds else of_week


def _questions(rows: Rows) -> tuple[Question, ...]:
    return tuple(question_of(row) for row in rows)

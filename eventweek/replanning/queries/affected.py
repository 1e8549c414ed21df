"""Whom releases affected, and what they want: for the organiser as a list, for each person as a question."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import contains_eager

from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.programme.models import Session
from eventweek.registration.enums import LIVE
from eventweek.registration.models import Offering, OfferingSession, Pass, Registration
from eventweek.registration.queries.desk import list_week_offerings
from eventweek.registration.queries.offerings import OpenOffering, load_offerings
from eventweek.replanning.enums import Choice
from eventweek.replanning.models import AffectedRegistration


@dataclass(frozen=True)
class Wanted:
    """Which affected people are asked for: of a release (number, None: all), a session (code), with an answer, with a
    new clash."""

    release: int | None = None
    session: str = ""
    choice: str = ""
    clashing: bool = False


@dataclass(frozen=True)
class Affected:
    """An affected registration, and what its person wants by all that is known: who cancelled or moved elsewhere has
    answered too."""

    row: AffectedRegistration
    choice: Choice

    @property
    def own(self) -> Registration:
        """Return the registration."""
        return self.row.registration


@dataclass(frozen=True)
class AffectedFacts:
    """What somebody is asked: `offering` as it stands now, `open`: an answer is still taken."""

    affected: Affected
    offering: OpenOffering
    open: bool


def list_affected(
    week_id: int, wanted: Wanted, window: Callable[[int], tuple[int, int]], *, actor: Actor
) -> tuple[list[Affected], int]:
    """Return those that the actor's roles cover, open questions and the newest first, and how many there are."""
    query = _wanted(_said(), week_id, wanted, actor)
    if wanted.choice:
        query = query.where(wanted.choice == _CHOICE)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    offset, limit = window(total)
    order = (_CHOICE != Choice.OPEN, AffectedRegistration.noted_at.desc(), AffectedRegistration.id.desc())
    rows = db.session.execute(query.order_by(*order).offset(offset).limit(limit))
    return [Affected(row, Choice(choice)) for row, choice in rows], total


def count_affected(week_id: int, wanted: Wanted, *, actor: Actor) -> dict[str, int]:
    """Return how many there are by answer, whatever answer is wanted."""
    query = _wanted(_joined(select(_CHOICE.label("choice"), func.count())), week_id, wanted, actor)
    return {str(choice): number for choice, number in db.session.execute(query.group_by(_CHOICE))}


def find_affected(week_id: int, code: str) -> Affected | None:
    """Return an affected registration of the week by its own code."""
    query = _said().where(Registration.week_id == week_id, AffectedRegistration.code == code)
    return _one(query)


def find_asked(registration_id: int) -> Affected | None:
    """Return the newest question about a registration, answered or not."""
    query = _said().where(AffectedRegistration.registration_id == registration_id)
    return _one(query.order_by(AffectedRegistration.id.desc()).limit(1))


def map_questions(pass_id: int) -> dict[str, AffectedFacts]:
    """Return the open questions to the holder of a pass, by registration code."""
    query = _said().join(Pass, (Pass.attendee_id == Registration.attendee_id) & (Pass.week_id == Registration.week_id))
    found = [
        Affected(row, Choice(c))
        for row, c in db.session.execute(query.where(Pass.id == pass_id, _CHOICE == Choice.OPEN))
    ]
    offerings = {one.offering.id: one for one in load_offerings(sorted({own.own.offering_id for own in found}))}
    asked = (_facts(own, offerings[own.own.offering_id]) for own in found if own.own.offering_id in offerings)
    return {facts.affected.own.code: facts for facts in asked if facts.open}


def facts_of(affected: Affected) -> AffectedFacts | None:
    """Return a question with the offering that it is about now, None where nothing of it is published."""
    offering = next(iter(load_offerings([affected.own.offering_id])), None)
    return _facts(affected, offering) if offering else None


def _facts(affected: Affected, offering: OpenOffering) -> AffectedFacts:
    lives = affected.own.state in LIVE and affected.choice in (Choice.OPEN, Choice.KEPT)
    return AffectedFacts(affected, offering, lives and now() < offering.window.ends)


_CHOICE: ColumnElement[str] = case(
    (AffectedRegistration.choice != Choice.OPEN, AffectedRegistration.choice),
    (Registration.state.not_in(LIVE), str(Choice.CANCELLED)),
    (Offering.code != AffectedRegistration.offering, str(Choice.CHANGED)),
    else_=str(Choice.OPEN),
)


def _joined(query: Any) -> Any:
    return (
        query.select_from(AffectedRegistration)
        .join(Registration, Registration.id == AffectedRegistration.registration_id)
        .join(Offering, Offering.id == Registration.offering_id)
        .join(Registration.attendee)
    )


def _said() -> Select[AffectedRegistration, str]:
    query = (
        select(AffectedRegistration, _CHOICE)
        .join(AffectedRegistration.registration)
        .join(Registration.offering)
        .join(Registration.attendee)
    )
    own = contains_eager(AffectedRegistration.registration)
    query = query.options(own.contains_eager(Registration.attendee), own.contains_eager(Registration.offering))
    return query.execution_options(populate_existing=True)


def _one(query: Select[AffectedRegistration, str]) -> Affected | None:
    found = db.session.execute(query).first()
    return Affected(found[0], Choice(found[1])) if found else None


def _wanted(query: Any, week_id: int, wanted: Wanted, actor: Actor) -> Any:
    codes = [own.offering.code for own in list_week_offerings(week_id, actor=actor)]
    query = query.where(Registration.week_id == week_id, AffectedRegistration.offering.in_(codes))
    if wanted.release is not None:
        query = query.where(AffectedRegistration.release == wanted.release)
    if wanted.session:
        admits = select(Offering.code).join(Offering.sessions).join(OfferingSession.session)
        query = query.where(AffectedRegistration.offering.in_(admits.where(Session.code == wanted.session)))
    return query.where(AffectedRegistration.clashing) if wanted.clashing else query

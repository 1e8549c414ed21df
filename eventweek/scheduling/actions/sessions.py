"""Verbs that change a session together with its place or with what is published of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from eventweek.audit.actors import Actor
from eventweek.kernel.db import transaction
from eventweek.programme.actions.sessions import create_session, edit_session
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.models import Session
from eventweek.scheduling.actions.placements import place_session, unplace_session
from eventweek.scheduling.problems import Problem
from eventweek.scheduling.queries.board import list_problems


class _Foreseen(Exception):
    """Carries what was seen out of a transaction that shall leave nothing behind."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems


@dataclass(frozen=True)
class Place:
    """Where a session shall be: start on the week's clock or as an instant, room by code; `version` as it was seen."""

    start: str
    room: str
    version: int | None


def save_session(
    week_id: int,
    code: str | None,
    values: Mapping[str, object],
    *,
    place: Place,
    version: int | None,
    actor: Actor,
    override: str = "",
) -> Session:
    """Create (`code` None) or change a session and place it, or take its place away where start or room is empty.

    Raises: what create_session, edit_session, place_session and unplace_session raise; nothing is half done.
    """
    with transaction():
        if code is None:
            session = create_session(week_id, values, actor=actor)
        else:
            session = edit_session(code, values, version=version, actor=actor, override=override)
        if session.cancelled_at or session.archived_at:
            return session
        if place.start and place.room:
            place_session(session.code, place.start, place.room, version=place.version, actor=actor, override=override)
        else:
            unplace_session(session.code, version=place.version, actor=actor, override=override)
    return session


def foresee_session(
    week_id: int,
    code: str | None,
    values: Mapping[str, object],
    *,
    place: Place,
    version: int | None,
    actor: Actor,
    override: str = "",
) -> list[Problem]:
    """Return what would be wrong with a session if it were saved so; it is saved, looked at and undone.

    Raises: what save_session raises.
    """
    try:
        with transaction():
            saved = save_session(week_id, code, values, place=place, version=version, actor=actor, override=override)
            found = list_problems(editable_week(week_id))
            raise _Foreseen([problem for problem in found if saved.code in problem.sessions])
    except _Foreseen as seen:
        return seen.problems

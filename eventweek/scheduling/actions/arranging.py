"""Time, room and length of a session in one go, for who arranges it without writing it."""

from eventweek.audit.actors import Actor
from eventweek.kernel.db import transaction
from eventweek.programme.models import Session
from eventweek.scheduling.actions.foreseeing import foresee
from eventweek.scheduling.actions.guarding import keeping_rules
from eventweek.scheduling.actions.placements import place_session, unplace_session
from eventweek.scheduling.actions.reaching import movable_session
from eventweek.scheduling.actions.sessions import Place, problems_of, resize_session
from eventweek.scheduling.problems import Problem


def arrange_session(
    code: str, place: Place, minutes: int, *, version: int | None, actor: Actor, override: str = ""
) -> Session:
    """Place a session, or take its place away where start or room is empty, and let it last so many minutes.

    `version` is that of the session (None: whatever stands); it counts where the length is another.
    Raises: what place_session, unplace_session and resize_session raise; nothing is half done.
    """
    with transaction():
        session, week, _placement = movable_session(code, actor)
        stays = bool(place.start and place.room)
        with keeping_rules(week):
            if stays:
                place_session(code, place.start, place.room, version=place.version, actor=actor, override=override)
            if session.duration_min != minutes:
                resize_session(code, minutes, version=version, actor=actor, override=override)
            if not stays:
                unplace_session(code, version=place.version, actor=actor, override=override)
    return session


def foresee_arrangement(
    code: str, place: Place, minutes: int, *, version: int | None, actor: Actor, override: str = ""
) -> list[Problem]:
    """Return what would be wrong with a session if it were arranged so; it is done, looked at and undone.

    Raises: what arrange_session raises.
    """
    return foresee(
        lambda: problems_of(arrange_session(code, place, minutes, version=version, actor=actor, override=override))
    )

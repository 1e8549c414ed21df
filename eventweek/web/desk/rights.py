"""What the person at work may do with one session, and in words why no more."""

from collections.abc import Collection
from dataclasses import dataclass

from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Refusal
from eventweek.language import sentence
from eventweek.programme.models import Session
from eventweek.programme.rules.scopes import WHOLE, reaches, scopes
from eventweek.scheduling.queries.reach import why_not_move, why_not_use
from eventweek.scheduling.worklist import Planned
from eventweek.web.actor import at_work


@dataclass(frozen=True)
class Rights:
    """Whether somebody may edit a session and move it; `why`: what stands against moving it, or against its hall."""

    edit: bool
    move: bool
    why: str = ""


def rights_of(planned: Planned) -> Rights:
    """Return what the person at work may do with a session."""
    actor, edit = at_work(), _edits(planned.session)
    bar = why_not_move(planned.session, planned.room, actor)
    if bar is None:
        hall = why_not_use(planned.session, planned.room, actor) if planned.room else None
        return Rights(edit, True, sentence(hall) if hall else "")
    if bar.code == "permission.denied":
        return Rights(edit, False, _("你的角色看得到这一场，改不了。要改它的时间地点，请找组委会。"))
    return Rights(edit, False, sentence(bar))


def ask_to_edit(planned: Planned) -> None:
    """Let the edit of a session go on.

    Raises: Refusal permission.denied or, in words of whose it is, reach.*.
    """
    if not _edits(planned.session):
        bar = why_not_move(planned.session, planned.room, at_work())
        raise bar or Refusal("permission.denied", verb=str(Verb.PROGRAMME_EDIT))


def ask_to_move(planned: Planned) -> None:
    """Let the move of a session go on.

    Raises: Refusal permission.denied, reach.*.
    """
    if bar := why_not_move(planned.session, planned.room, at_work()):
        raise bar


def own_parts(week_id: int, kind: str) -> Collection[str] | None:
    """Return which cities or tracks (codes) the person at work may give a session to; None: any."""
    own = scopes(at_work(), Verb.PROGRAMME_EDIT, week_id)
    if WHOLE in own or any(other != kind for other, _code in own):
        return None
    return [code for _kind, code in own]


def _edits(session: Session) -> bool:
    city, track = session.city.code if session.city else "", session.track.code if session.track else ""
    return reaches(at_work(), Verb.PROGRAMME_EDIT, session.week_id, city=city, track=track)

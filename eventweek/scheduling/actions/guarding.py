"""Refuse an edit of the plan that would newly break a rule which blocks edits."""

from collections.abc import Iterator
from contextlib import contextmanager

from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Week
from eventweek.scheduling.enums import Level
from eventweek.scheduling.problems import Problem
from eventweek.scheduling.queries.board import list_problems
from eventweek.scheduling.queries.levels import levels
from eventweek.scheduling.rulebook import blocks_edits

_KEEPING = "keeping_rules"


@contextmanager
def keeping_rules(week: Week) -> Iterator[None]:
    """Let an edit of the plan be made inside the caller's transaction, as long as it breaks no rule that blocks edits.

    What was broken before may stay so; of edits in one another the outermost counts.
    One statement where no rule of the week blocks edits.
    Raises: Refusal rule.blocked.
    """
    session = db.session()
    with session.no_autoflush:
        if session.info.get(_KEEPING) or not blocks_edits(levels(week.id)):
            before = None
        else:
            before = {(one.rule, one.sessions) for one in _blocking(week)}
    if before is None:
        yield
        return
    session.info[_KEEPING] = True
    try:
        yield
        session.flush()
        new = [one for one in _blocking(week) if (one.rule, one.sessions) not in before]
    finally:
        session.info.pop(_KEEPING)
    if new:
        raise Refusal("rule.blocked", rule=new[0].about.title, session=new[0].facts["one"], count=len(new))


def _blocking(week: Week) -> list[Problem]:
    return [one for one in list_problems(week) if one.level == Level.BLOCK]

"""Let one finding pass that stops a release, with a reason; take that back."""

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_line
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.models import Session, Week
from eventweek.scheduling.models import OverrideSession, Placement, Plan, RuleOverride
from eventweek.scheduling.problems import Problem
from eventweek.scheduling.queries.board import list_problems
from eventweek.scheduling.queries.overrides import find_override, map_overrides

SHORTEST, LONGEST = 5, 300


def let_pass(week_id: int, finding: str, reason: str, *, actor: Actor) -> RuleOverride:
    """Let a finding of the working plan stop no release, as long as its sessions stay where they are.

    `reason`: 5 to 300 characters. A second call changes nothing.
    Raises: Refusal permission.denied, week.not_found, week.archived, finding.not_found, finding.warns, text.too_long;
        Invalid override.reason at `reason`.
    """
    with transaction():
        require(actor, Verb.RELEASE_PUBLISH, week_id)
        week = editable_week(week_id)
        why = clean_line(reason, LONGEST)
        if len(why) < SHORTEST:
            raise Invalid([FieldError("reason", "override.reason", {"shortest": SHORTEST, "longest": LONGEST})])
        found = next((one for one in list_problems(week) if one.key == finding), None)
        if found is None:
            raise Refusal("finding.not_found")
        if not found.level.stops:
            raise Refusal("finding.warns")
        override = map_overrides(week_id).get(finding)
        if override is None:
            override = _made(week, found, why, actor)
            _note(actor, "session.let_pass", override)
    return override


def take_back(week_id: int, code: str, *, actor: Actor) -> None:
    """Let a finding stop releases again; what is published stays. One that has lapsed is only cleared away.

    Raises: Refusal permission.denied, week.not_found, week.archived, override.not_found.
    """
    with transaction():
        require(actor, Verb.RELEASE_PUBLISH, week_id)
        editable_week(week_id)
        override = find_override(week_id, code)
        if override is None:
            raise Refusal("override.not_found")
        _note(actor, "session.stop_again", override)
        db.session.delete(override)


def _made(week: Week, found: Problem, why: str, actor: Actor) -> RuleOverride:
    own = {"finding": found.key, "rule": found.about.code, "reason": why, "actor": actor.label, "at": now()}
    override = RuleOverride(week_id=week.id, **own)
    query = select(Session, Placement).join(Placement, Placement.session_id == Session.id).join(Placement.plan)
    query = query.where(Session.week_id == week.id, Plan.working, Session.code.in_(found.sessions))
    rows = {session.code: (session, placement) for session, placement in db.session.execute(query)}
    for position, code in enumerate(found.sessions):
        session, placement = rows[code]
        place = {"start": placement.start, "room_id": placement.room_id}
        override.sessions.append(OverrideSession(week_id=week.id, session=session, position=position, **place))
    db.session.add(override)
    db.session.flush()
    return override


def _note(actor: Actor, verb: str, override: RuleOverride) -> None:
    for part in override.sessions:
        facts = {"rule": override.rule, "reason": override.reason}
        record(actor, verb, "session", part.session.code, week_id=override.week_id, **facts)

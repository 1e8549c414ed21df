"""The role x verb table, and the one question asked of it."""

from eventweek.accounts.enums import Role, Verb
from eventweek.audit.actors import Actor
from eventweek.kernel.errors import Refusal

_READ = frozenset({Verb.PROGRAMME_READ})
TABLE: dict[Role, frozenset[Verb]] = {
    Role.COMMITTEE: frozenset(Verb) - {Verb.USERS_MANAGE, Verb.WEEK_CREATE, Verb.AUDIT_READ, Verb.PROPOSALS_MAKE},
    Role.CITY: _READ
    | {Verb.PROGRAMME_EDIT, Verb.PLAN_EDIT, Verb.ALARM_RAISE}
    | {Verb.REGISTRATIONS_READ, Verb.REGISTRATIONS_REVIEW}
    | {Verb.PROPOSALS_READ, Verb.PROPOSALS_REVIEW, Verb.PROPOSERS_INVITE},
    Role.VENUE: _READ | {Verb.PLAN_EDIT, Verb.ALARM_RAISE},
    Role.TRACK: _READ | {Verb.PROGRAMME_EDIT, Verb.PLAN_EDIT},
    Role.PROPOSER: frozenset({Verb.PROPOSALS_READ, Verb.PROPOSALS_MAKE}),
    Role.DOOR: _READ | {Verb.DOOR_MANAGE, Verb.REGISTRATIONS_READ},
    Role.READER: _READ,
    Role.AUDITOR: _READ | {Verb.AUDIT_READ},
}


def can(actor: Actor, verb: Verb, week_id: int | None = None) -> bool:
    """Say whether the actor may do this in the week (None: in any week, or outside all weeks)."""
    if actor.administrator:
        return True
    own = [g for g in actor.grants if week_id is None or g.week_id in (None, week_id)]
    return any(verb in TABLE[Role(grant.role)] for grant in own)


def require(actor: Actor, verb: Verb, week_id: int | None = None) -> None:
    """Let the action go on.

    Raises: Refusal permission.denied with the verb.
    """
    if not can(actor, verb, week_id):
        raise Refusal("permission.denied", verb=str(verb))

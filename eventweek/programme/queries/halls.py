"""Whose a hall is: who may say that it is lost or back, and why no further."""

from collections.abc import Iterable

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import can
from eventweek.audit.actors import Actor, GrantValue
from eventweek.kernel.db import Bilingual
from eventweek.kernel.errors import Refusal
from eventweek.programme.models import Incident, Room
from eventweek.programme.queries.keys import is_by
from eventweek.programme.queries.staff import name_scopes
from eventweek.programme.rules.scopes import WHOLE, Owners, Scope, bar_of_session, scopes

HALLS = ("city", "venue")
"""The kinds of scope to which halls belong."""


def owners_of_room(room: Room) -> Owners:
    """Return whose a room is."""
    return Owners(room.venue.city.code if room.venue.city else "", room.venue.code)


def name_own(own: Iterable[Scope], kinds: Iterable[str]) -> Bilingual:
    """Return what the scopes of these kinds are called, one after the other."""
    mine = [scope for scope in own if scope[0] in kinds]
    known = name_scopes([GrantValue("", None, *scope) for scope in mine])
    names = [known.get(scope, Bilingual(scope[1], scope[1])) for scope in mine]
    return Bilingual("、".join(n.best("zh")[0] for n in names), ", ".join(n.best("en")[0] for n in names))


def may_report(room: Room, week_id: int, actor: Actor) -> bool:
    """Say whether the actor may say in a week that a hall is lost."""
    return _bar(room, scopes(actor, Verb.ALARM_RAISE, week_id)) is None


def name_reported(week_id: int, actor: Actor) -> Bilingual | None:
    """Return of which cities and venues the actor may report halls; None: of all, or of none."""
    own = scopes(actor, Verb.ALARM_RAISE, week_id)
    return None if WHOLE in own or not own else name_own(own, HALLS)


def why_not_report(rooms: Iterable[Room], week_id: int, actor: Actor) -> Refusal | None:
    """Return why the actor may not say that these halls are lost, the first that is another's.

    The refusal is permission.denied, reach.hall_city, reach.hall_venue or reach.hall_whole.
    """
    own = scopes(actor, Verb.ALARM_RAISE, week_id)
    for room in rooms:
        kind = _bar(room, own)
        if kind == "week":
            return Refusal("permission.denied", verb=str(Verb.ALARM_RAISE))
        if kind:
            return _refusal(room, kind, own)
    return None


def why_not_lift(incident: Incident, actor: Actor) -> Refusal | None:
    """Return why the actor may not say that the halls of an incident are back.

    Who decides always may; who reported it, as long as nothing is decided. The refusal is permission.denied,
    reach.alarm_other, reach.alarm_decided, or as from `why_not_report`.
    """
    if can(actor, Verb.RELEASE_PUBLISH, incident.week_id):
        return None
    if refusal := why_not_report((own.room for own in incident.rooms), incident.week_id, actor):
        return refusal
    if not is_by(incident.actor, actor):
        return Refusal("reach.alarm_other")
    return Refusal("reach.alarm_decided") if incident.decided_at else None


def _bar(room: Room, own: list[Scope]) -> str | None:
    return bar_of_session(own, owners_of_room(room))


def _refusal(room: Room, kind: str, own: list[Scope]) -> Refusal:
    facts = {"room": room.name, "mine": name_own(own, HALLS)}
    if kind == "venue":
        return Refusal("reach.hall_venue", whose=room.venue.name, **facts)
    if room.venue.city:
        return Refusal("reach.hall_city", whose=room.venue.city.name, **facts)
    return Refusal("reach.hall_whole", **facts)

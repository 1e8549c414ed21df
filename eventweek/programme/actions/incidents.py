"""Say that halls are lost, and that they are back; each public action is one transaction."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.kernel.errors import FieldError, Invalid
from eventweek.kernel.text import clean_line
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.actions.writing import refuse_stale
from eventweek.programme.models import Incident, IncidentRoom, Room, Venue, Week
from eventweek.programme.queries.halls import why_not_lift, why_not_report
from eventweek.programme.queries.incidents import get_incident, map_losses
from eventweek.programme.rules.checks import localised
from eventweek.programme.rules.incidents import Loss, why_no_loss
from eventweek.programme.rules.values import Moment, Wrong

LONGEST = 200
USUAL = Bilingual("场地临时不能使用", "The room cannot be used")


def report_loss(week_id: int, values: Mapping[str, object], *, actor: Actor) -> Incident:
    """Close rooms of a week at once: for edits of the plan, for what is found in it, and for the planner.

    `values`: `rooms` and `venues` (codes; a venue stands for its rooms), `since` and `until` (instants, or on the
    week's clock; empty: now, and nobody knows), `reason_zh`, `reason_en`.
    Raises: Refusal permission.denied, week.not_found, week.archived, text.too_long, reach.hall_city,
        reach.hall_venue, reach.hall_whole (the first hall that is another's); Invalid.
    """
    with transaction():
        require(actor, Verb.ALARM_RAISE, week_id)
        week = editable_week(week_id)
        rooms, errors = _rooms(values)
        if refusal := why_not_report(rooms, week_id, actor):
            raise refusal
        loss, wrong = _loss(week, values)
        errors += wrong
        if loss is not None and not errors:
            errors += _lost_already(week, rooms, loss)
        if errors or loss is None:
            raise Invalid(errors)
        incident = Incident(week_id=week.id, since=loss.since, until=loss.until, actor=actor.label, made_at=now())
        incident.reason = _reason(values)
        incident.rooms = [IncidentRoom(room=room) for room in rooms]
        db.session.add(incident)
        db.session.flush()
        told = {"rooms": [room.code for room in rooms], "since": _iso(loss.since), "until": _iso(loss.until)}
        record(actor, "incident.report", "incident", incident.code, week_id=week.id, **told)
    return incident


def lift_loss(week_id: int, code: str, *, actor: Actor, version: int | None = None) -> Incident:
    """Open the rooms of an incident again; what was decided because of it stays. A second call changes nothing.

    Who decides may; who reported it, as long as nothing is decided.
    Raises: Refusal permission.denied, week.not_found, week.archived, incident.not_found, version.stale,
        reach.alarm_other, reach.alarm_decided, reach.hall_*.
    """
    with transaction():
        require(actor, Verb.ALARM_RAISE, week_id)
        incident = get_incident(editable_week(week_id).id, code, lock=True)
        if refusal := why_not_lift(incident, actor):
            raise refusal
        if incident.lifted_at is None:
            refuse_stale(incident, version)
            incident.lifted_at, incident.lifted_by = now(), actor.label
            record(actor, "incident.lift", "incident", code, week_id=week_id)
    return incident


def _rooms(values: Mapping[str, object]) -> tuple[list[Room], list[FieldError]]:
    """Return the rooms that are named, by themselves or by their venues, each once."""
    named, venues = (_codes(values.get(name)) for name in ("rooms", "venues"))
    query = select(Room).join(Room.venue).options(joinedload(Room.venue).joinedload(Venue.city)).order_by(Room.id)
    ours = Room.archived_at.is_(None) & Venue.code.in_(venues)
    found = list(db.session.scalars(query.where(or_(Room.code.in_(named), ours))))
    known = {room.code for room in found}
    sites = {room.venue.code for room in found}
    errors = [FieldError("rooms", "reference.unknown", _shown(code)) for code in named if code not in known]
    errors += [FieldError("venues", "reference.unknown", _shown(code)) for code in venues if code not in sites]
    errors += [FieldError("rooms", "reference.archived", _shown(room.code)) for room in found if room.archived_at]
    if not found and not errors:
        errors = [FieldError("rooms", "incident.rooms")]
    return found, errors


def _codes(given: object) -> list[str]:
    if given is None or given == "":
        return []
    every = given if isinstance(given, list | tuple) else [given]
    if not all(isinstance(one, str) for one in every):
        raise Invalid([FieldError("rooms", "json.type")])
    return [str(one)[:40] for one in dict.fromkeys(every) if one][:1000]


def _shown(code: str) -> dict[str, str]:
    return {"code": clean_line(code[:16], 16)}


def _loss(week: Week, values: Mapping[str, object]) -> tuple[Loss | None, list[FieldError]]:
    times: dict[str, datetime | None] = {}
    errors = []
    for name in ("since", "until"):
        try:
            times[name] = localised(Moment().clean(values.get(name)), week.timezone)
        except Wrong as wrong:
            errors.append(FieldError(name, wrong.error.code, wrong.error.facts))
    if errors:
        return None, errors
    loss = Loss(times["since"] or now().replace(second=0, microsecond=0), times["until"])
    return loss, why_no_loss(loss, now(), week.first_day, week.last_day, week.timezone)


def _lost_already(week: Week, rooms: Sequence[Room], loss: Loss) -> list[FieldError]:
    known = map_losses(week.id)
    ends = loss.until or datetime.max.replace(tzinfo=UTC)
    twice = [room for room in rooms if any(own.meets(loss.since, ends) for own in known.get(room.code, ()))]
    return [FieldError("rooms", "incident.already", {"room": room.name}) for room in twice[:1]]


def _reason(values: Mapping[str, object]) -> Bilingual:
    own = Bilingual(*(_line(values.get(name)) for name in ("reason_zh", "reason_en")))
    return own if own.zh or own.en else USUAL


def _line(given: object) -> str:
    if given is None:
        return ""
    if not isinstance(given, str):
        raise Invalid([FieldError("reason_zh", "json.type")])
    return clean_line(given, LONGEST)


def _iso(at: datetime | None) -> Any:
    return at and at.astimezone(UTC).isoformat()

"""Decide for a way out of an incident: one transaction moves, calls off, releases, tells; or nothing happens at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_line
from eventweek.programme.actions.sessions import cancel_session
from eventweek.programme.actions.texts import create_notice, publish_notice
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.enums import NoticeLevel
from eventweek.programme.models import Incident, Room, Week
from eventweek.programme.queries.incidents import get_incident
from eventweek.replanning.actions.incidents import refuse_over, stop_looking
from eventweek.replanning.actions.publishing import publish
from eventweek.replanning.actions.settling import Decision
from eventweek.replanning.bulletin import write_bulletin
from eventweek.replanning.enums import Settling, Shifting, Way
from eventweek.replanning.queries.incidents import Situation, foresee_loss
from eventweek.replanning.queries.ways import Shift, WayOut, get_way
from eventweek.replanning.rules import Shift as Told
from eventweek.replanning.rules import told
from eventweek.scheduling.actions.guarding import keeping_rules
from eventweek.scheduling.actions.placements import place_session
from eventweek.scheduling.models import Release
from eventweek.scheduling.queries.published import map_published


@dataclass(frozen=True)
class Choice:
    """What somebody decides. `seen`: the basis of the situation that they have looked at; `short`: who loses where a
    hall has too few seats; `tell`: publish an urgent notice too."""

    way: Way
    seen: str
    note: str = ""
    short: Settling | None = None
    tell: bool = True


def decide_incident(week_id: int, code: str, choice: Choice, *, actor: Actor) -> Incident:
    """Take a way out: move its sessions in the working plan, call off what it cannot house, publish exactly these.

    Passes, the door, feeds and messages follow from the release, as with any other. The same decision by the same
    person again changes nothing.
    Raises: Refusal permission.denied, week.not_found, week.archived, incident.not_found, incident.decided,
        incident.lifted, incident.nothing, incident.no_way, incident.changed, what publish raises; Invalid
        incident.short at `short`.
    """
    with transaction():
        require(actor, Verb.RELEASE_PUBLISH, week_id)
        require(actor, Verb.PROGRAMME_EDIT, week_id)
        week = editable_week(week_id)
        incident = get_incident(week.id, code, lock=True)
        if incident.decided_at and (incident.way, incident.decided_by) == (choice.way, actor.label):
            return incident
        refuse_over(incident)
        situation = foresee_loss(week, incident)
        own = _chosen(week, incident, situation, choice)
        decision = _settled(own, choice, incident)
        before = map_published([one.id for one in own.told])
        _rearrange(week, incident, situation, own, actor)
        codes = [one.code for one in own.told]
        note = clean_line(choice.note, 300) or incident.reason.best("zh")[0]
        release = publish(week.id, actor=actor, note=note, sessions=codes, after=situation.number, decision=decision)
        after = map_published([one.id for one in own.told])
        changes = [
            told(Told(number, Shifting.MOVED, before[number].facts, after[number].facts)) for number in sorted(before)
        ]
        _close(incident, own, release, actor)
        if choice.tell:
            incident.notice = _tell(week, incident, sorted(changes, key=lambda c: c["before"]["start"]), actor)
        stop_looking(incident, actor=actor)
        facts = {"way": str(own.way), "number": release.number, "moved": len(own.shifts), "cancelled": len(own.gone)}
        record(actor, "incident.decide", "incident", code, week_id=week.id, **facts)
    return incident


def _chosen(week: Week, incident: Incident, situation: Situation, choice: Choice) -> WayOut:
    """Return the way as it stands now, if it is the one that was looked at."""
    if not situation.lost:
        raise Refusal("incident.nothing")
    own = get_way(week, incident, situation, choice.way)
    if own is None or not own.is_ready:
        raise Refusal("incident.no_way")
    if choice.seen != situation.basis or not own.fresh or any(_is_astray(one, situation) for one in own.shifts):
        raise Refusal("incident.changed")
    return own


def _is_astray(shift: Shift, situation: Situation) -> bool:
    """Say whether who is to make way stands no more where the public knows it."""
    return shift.yields and shift.own.code in situation.fixed


def _settled(own: WayOut, choice: Choice, incident: Incident) -> Decision:
    shortages = own.people.shortages
    if not shortages:
        return Decision()
    if choice.short is None:
        raise Invalid([FieldError("short", "incident.short", {"seats": sum(one.short for one in shortages)})])
    ways = {one.offering: choice.short for one in shortages}
    return Decision(ways, clean_line(choice.note, 200) or incident.reason.best("zh")[0])


def _rearrange(week: Week, incident: Incident, situation: Situation, own: WayOut, actor: Actor) -> None:
    """Move what moves and call off what has no place, in the working plan; the whole counts, not each step."""
    why = incident.reason.best("zh")[0]
    with keeping_rules(week):
        for shift in own.shifts:
            spot = situation.spots.get(shift.own.code)
            version = spot.version if spot else None
            place_session(shift.own.code, shift.start, shift.room.code, version=version, actor=actor, override=why)
        for one in own.gone:
            cancel_session(one.own.code, reason=incident.reason, actor=actor)


def _close(incident: Incident, own: WayOut, release: Release, actor: Actor) -> None:
    incident.decided_at, incident.decided_by = now(), actor.label
    incident.way, incident.release = str(own.way), release.number
    db.session.flush()


def _tell(week: Week, incident: Incident, changes: Sequence[dict[str, Any]], actor: Actor) -> str:
    """Publish the urgent notice; return its code."""
    rooms = [own.room for own in incident.rooms]
    names = [_called(room) for room in rooms]
    said = write_bulletin(names, incident.reason, changes, week.timezone)
    values = {"title_zh": said.title.zh, "title_en": said.title.en, "text_zh": said.text.zh, "text_en": said.text.en}
    sites = {room.venue.code for room in rooms}
    about = {"venue": sites.pop()} if len(sites) == 1 else {}
    ends = max(datetime.fromisoformat(one[when]["end"]) for one in changes for when in ("before", "after"))
    shown = {"level": NoticeLevel.URGENT.value, "shown_until": ends.replace(second=0, microsecond=0)}
    notice = create_notice(week.id, values | about | shown, actor=actor)
    publish_notice(week.id, notice.code, actor=actor)
    return str(notice.code)


def _called(room: Room) -> Bilingual:
    venue, own = room.venue.name, room.name
    return Bilingual(f"{venue.zh} {own.zh}".strip(), f"{venue.en} {own.en}".strip() if own.en else "")

"""The same-day desk over the API: a hall is lost, the ways out, one decision."""

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import (
    Facts,
    asked,
    blueprint,
    created,
    needs_key,
    record,
    refuse_stale,
    seen_version,
    sent,
    text,
)
from eventweek.api.v1.desk.schemas import IF_MATCH, IF_NONE_MATCH, ONCE, described_as
from eventweek.api.v1.frame import private
from eventweek.api.v1.problems import in_words, spoken
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel.errors import FieldError, Invalid
from eventweek.language.replanning import way_name
from eventweek.programme.models import Incident, Week
from eventweek.programme.queries.incidents import get_incident, list_incidents
from eventweek.replanning.actions.deciding import Choice, decide_incident
from eventweek.replanning.actions.incidents import lift_alarm, look_again, raise_alarm
from eventweek.replanning.enums import Settling, Way
from eventweek.replanning.queries.incidents import Concerned, foresee_loss
from eventweek.replanning.queries.ways import Shift, Unhoused, WayOut, list_ways
from eventweek.replanning.trails import read_trail
from eventweek.scheduling.problems import Problem

ADDRESS = "/weeks/<week>/incidents"
ONE = f"{ADDRESS}/<code>"
NEW = ("rooms", "venues", "since", "until", "reason_zh", "reason_en")


@blueprint.get(ADDRESS)
@described_as("List the halls that were lost, those first that still are", "DeskIncidents")
@needs_key(Verb.PROGRAMME_READ)
def incident_list(_actor: Actor, week: Week) -> Response:
    """Answer them without what they concern."""
    asked()
    return private({"items": [told(_glance(one)) for one in list_incidents(week.id)]})


@blueprint.post(ADDRESS)
@described_as(
    "Say that halls are lost: they close at once, and ways out are looked for",
    "DeskIncident",
    ONCE,
    status=201,
    body="DeskIncidentNew",
)
@needs_key(Verb.ALARM_RAISE)
def incident_create(actor: Actor, week: Week) -> Response:
    """Close them. Ask again until no way is `waiting` or `running`."""
    body = sent(fields=NEW)

    def produce() -> str:
        return raise_alarm(week.id, body, named=_named, actor=actor).code

    return created(body, "desk_api.incident", produce, lambda code: _shown(week, code), week=week.code)


@blueprint.get(ONE)
@described_as("Show an incident: what it concerns now, and the ways out", "DeskIncident", IF_NONE_MATCH)
@needs_key(Verb.PROGRAMME_READ)
def incident(_actor: Actor, week: Week, code: str) -> Response:
    """Answer it; of one that is decided or lifted there are no ways."""
    return _shown(week, code)


@blueprint.put(f"{ONE}/look")
@described_as("Look for the ways out again, from the plan as it stands now", "DeskIncident", IF_MATCH)
@needs_key(Verb.ALARM_RAISE)
def incident_look(actor: Actor, week: Week, code: str) -> Response:
    """Look again; while they are looked for, this changes nothing."""
    refuse_stale(seen_version(), get_incident(week.id, code).version)
    look_again(week.id, code, named=_named, actor=actor)
    return _shown(week, code)


@blueprint.put(f"{ONE}/decision")
@described_as("Decide for a way out", "DeskIncident", IF_MATCH, body="DeskIncidentDecision")
@needs_key(Verb.RELEASE_PUBLISH)
def incident_decision(actor: Actor, week: Week, code: str) -> Response:
    """Move, cancel, release and tell in one transaction; refused where the plan has changed since it was looked at."""
    body = sent(fields=("way", "basis", "note", "short", "tell"))
    refuse_stale(seen_version(), get_incident(week.id, code).version)
    decide_incident(week.id, code, _choice(body), actor=actor)
    return _shown(week, code)


@blueprint.put(f"{ONE}/lifting")
@described_as("Say that the halls are back; what was decided stays", "DeskIncident", IF_MATCH)
@needs_key(Verb.ALARM_RAISE)
def incident_lifting(actor: Actor, week: Week, code: str) -> Response:
    """Open them again."""
    lift_alarm(week.id, code, actor=actor, version=seen_version())
    return _shown(week, code)


def _named(way: Way) -> str:
    with in_words():
        return way_name(way)


def _choice(body: Facts) -> Choice:
    way, short, tell = text(body, "way"), text(body, "short"), body.get("tell", True)
    errors = [] if way in set(Way) else [FieldError("way", "json.choice", {"choices": ", ".join(Way)})]
    if short and short not in set(Settling):
        errors.append(FieldError("short", "json.choice", {"choices": ", ".join(Settling)}))
    if not isinstance(tell, bool):
        errors.append(FieldError("tell", "json.type"))
    if errors:
        raise Invalid(errors)
    how = Settling(short) if short else None
    return Choice(Way(way), text(body, "basis"), note=text(body, "note")[:200], short=how, tell=bool(tell))


def _shown(week: Week, code: str) -> Response:
    own = get_incident(week.id, code)
    now = foresee_loss(week, own)
    over = own.decided_at or own.lifted_at or not now.lost
    people = {name: getattr(now, name) for name in ("waiting", "speakers", "hosts", "drafts", "basis")}
    body = _glance(own) | people | {"registered": now.people}
    body |= {"concerned": [_concerned(one) for one in now.lost]}
    body |= {"ways": [] if over else [_way(one) for one in list_ways(week, own, now)]}
    return record(body, own.version)


def _glance(own: Incident) -> Facts:
    plain = ("version", "since", "until", "reason", "actor", "made_at", "lifted_at", "decided_at", "decided_by")
    facts: Facts = {"id": own.code} | {name: getattr(own, name) for name in plain}
    facts |= {"rooms": [part.room.code for part in own.rooms], "release": own.release}
    return facts | {"way": own.way or None, "notice": own.notice or None}


def _concerned(one: Concerned) -> Facts:
    own = one.own
    facts: Facts = {"session": own.code, "title": own.title, "start": own.start, "end": own.end}
    facts |= {"room": own.facts["room"]["code"], "begun": one.begun, "permit": one.permit}
    return facts | {"registered": one.demand.registered, "waiting": one.demand.waiting}


def _way(own: WayOut) -> Facts:
    run, plain = own.run, ("fresh", "can_be", "registered", "waiting", "speakers", "hosts", "short")
    trail = read_trail(run.problem) if run and run.problem and own.is_open else []
    facts: Facts = {"way": str(own.way)} | {name: getattr(own, name) for name in plain}
    facts |= {"state": run.state if run else None, "failure": run.failure or None if run else None}
    facts |= {"share": trail[-1]["share"] if trail else 0, "ready": own.is_ready}
    facts |= {"people": own.people.people, "clashing": own.people.clashing}
    facts |= {"moves": [_move(one) for one in own.shifts], "cancelled": [_gone(one) for one in own.gone]}
    return facts | {"problems": [_problem(one) for one in own.clashes]}


def _move(one: Shift) -> Facts:
    own = one.own
    facts: Facts = {"session": own.code, "title": own.title, "short": one.short, "yields": one.yields}
    facts |= {"before": {"start": own.start, "room": own.facts["room"]["code"]}}
    facts |= {"after": {"start": one.start, "room": one.room.code}}
    return facts | {"registered": one.demand.registered, "waiting": one.demand.waiting}


def _gone(one: Unhoused) -> Facts:
    facts: Facts = {"session": one.own.code, "title": one.own.title, "why": list(one.reasons)}
    return facts | {"registered": one.demand.registered, "waiting": one.demand.waiting}


def _problem(own: Problem) -> Facts:
    facts: Facts = {"code": own.code, "level": str(own.level), "sessions": list(own.sessions)}
    return facts | {"detail": spoken(own.code, dict(own.facts))}

"""Somebody cannot come, over the API: what they miss, and that it is noted."""

from typing import Any

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import Facts, asked, blueprint, needs_key, record, seen_version, sent
from eventweek.api.v1.desk.schemas import (
    IF_MATCH,
    INSTANT,
    MOMENT,
    NUMBER,
    PAIR,
    TEXT,
    TIME,
    Node,
    asked_for,
    described_as,
    many,
    optional,
    thing,
)
from eventweek.audit.actors import Actor
from eventweek.programme.actions.absences import note_absence, read_absence
from eventweek.programme.models import Week
from eventweek.programme.queries.records import get_record
from eventweek.programme.rules.subjects import PERSON
from eventweek.replanning.queries.absences import Missed, is_noted, list_missed

ONE = "/weeks/<week>/absences/<code>"
TIMES = ("since", "until")
_FLAG: Node = {"type": "boolean"}
SHAPES: dict[str, Node] = {
    "DeskAbsence": thing(
        person=TEXT,
        since=TIME,
        until=INSTANT,
        noted={**_FLAG, "description": "it stands in their hours: the plan and the planner heed it"},
        items=many(
            thing(
                session=TEXT,
                title=PAIR,
                start=INSTANT,
                registered=NUMBER,
                waiting=NUMBER,
                alone={**_FLAG, "description": "nobody else takes part"},
                waits={**_FLAG, "description": "the plan still has them there then; else only the public reads it"},
                published=_FLAG,
            )
        ),
    ),
    "DeskAbsenceNew": optional(
        since={**MOMENT, "description": "default: now"},
        until={**MOMENT, "description": "default: nobody knows"},
    ),
}


@blueprint.get(ONE)
@described_as(
    "Say what somebody misses who cannot come",
    "DeskAbsence",
    asked_for("since", "an instant, or on the week's clock; default: now", format="date-time"),
    asked_for("until", "the same; default: nobody knows", format="date-time"),
)
@needs_key(Verb.RELEASE_PUBLISH)
def absence(_actor: Actor, week: Week, code: str) -> Response:
    """Answer the sessions of the plan, and those that the public still reads; nothing is changed."""
    return _shown(week, code, dict(asked(*TIMES)))


@blueprint.put(ONE)
@described_as(
    "Note that somebody cannot come: it goes out of their hours", "DeskAbsence", IF_MATCH, body="DeskAbsenceNew"
)
@needs_key(Verb.RELEASE_PUBLISH)
def absence_note(actor: Actor, week: Week, code: str) -> Response:
    """Note it; a second time changes nothing. What they miss is changed as ever: people, place, cancellation."""
    body = sent(fields=TIMES)
    note_absence(week.id, code, body, version=seen_version(), actor=actor)
    return _shown(week, code, body)


def _shown(week: Week, code: str, values: Facts) -> Response:
    person, away = get_record(PERSON, None, code), read_absence(week, values)
    facts: dict[str, Any] = {"person": code, "since": away.since, "until": away.until}
    facts |= {"noted": is_noted(week, person, away)}
    return record(facts | {"items": [_missed(one) for one in list_missed(week, person, away)]}, person.version)


def _missed(one: Missed) -> Facts:
    start = one.public.start if one.public else one.line.start
    facts: Facts = {"session": one.line.code, "title": one.line.title, "start": start}
    facts |= {"registered": one.demand.registered, "waiting": one.demand.waiting}
    return facts | {"alone": one.alone, "waits": one.waits, "published": one.public is not None}

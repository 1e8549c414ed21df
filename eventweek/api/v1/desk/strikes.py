"""No-shows that count: the rule of a week, who has one, the organiser's word on it."""

from collections.abc import Sequence

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import (
    Facts,
    asked,
    blueprint,
    done,
    needs_key,
    paged,
    record,
    seen_version,
    sent,
    text,
)
from eventweek.api.v1.desk.schemas import IF_MATCH, IF_NONE_MATCH, PAGE, asked_for, described_as
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.models import Week
from eventweek.programme.queries.masters import Listed
from eventweek.registration.actions.strikes import decide_strike, drop_strike_rule, set_strike_rule
from eventweek.registration.enums import StrikeDecision, StrikeState
from eventweek.registration.models import Strike, StrikeStep
from eventweek.registration.queries.desk import find_offering, list_week_offerings
from eventweek.registration.queries.strikes import count_appeals, find_rule, find_strike, list_strikes, map_steps

RULE, ONE = "/weeks/<week>/strike-rule", "/weeks/<week>/strikes/<code>"
STATES = [str(one) for one in StrikeState]


@blueprint.get(RULE)
@described_as("Show whether no-shows count and what follows", "DeskStrikeRule", IF_NONE_MATCH)
@needs_key(Verb.REGISTRATIONS_READ)
def strike_rule(_actor: Actor, week: Week) -> Response:
    """Answer the rule with its ETag."""
    return _rule(week)


@blueprint.put(RULE)
@described_as("Let no-shows count from so many on", "DeskStrikeRule", IF_MATCH, body="DeskStrikeRuleNew")
@needs_key(Verb.WEEK_EDIT)
def strike_rule_set(actor: Actor, week: Week) -> Response:
    """Switch it on, or change the number and what follows."""
    body, version = sent(fields=("misses", "effect")), seen_version()
    set_strike_rule(week.id, body.get("misses", 0), text(body, "effect"), version=version, actor=actor)
    return _rule(week)


@blueprint.delete(RULE)
@described_as("Let no-shows count no more", None, IF_MATCH, status=204)
@needs_key(Verb.WEEK_EDIT)
def strike_rule_drop(actor: Actor, week: Week) -> Response:
    """Switch it off."""
    drop_strike_rule(week.id, version=seen_version(), actor=actor)
    return done()


@blueprint.get("/weeks/<week>/strikes")
@described_as(
    "List no-shows that were noted, open appeals first",
    "DeskStrikes",
    asked_for("state", "where they stand", enum=STATES),
    *PAGE,
)
@needs_key(Verb.REGISTRATIONS_READ)
def strike_list(actor: Actor, week: Week) -> Response:
    """Answer a page of them, with the number of open appeals."""
    state = asked("state").get("state", "")
    if state and state not in STATES:
        raise Invalid([FieldError("state", "json.choice", {"choices": ", ".join(STATES)})])
    known = {own.offering.id: own.offering.code for own in list_week_offerings(week.id, actor=actor)}
    steps: dict[int, list[StrikeStep]] = {}

    def read(window: object) -> Listed:
        rows, total = list_strikes(known.keys(), state, window)  # type: ignore[arg-type]
        steps.update(map_steps([row.id for row in rows]))
        return Listed(rows, total)

    return paged(
        read,
        lambda row: told(_facts(row, known[row.registration.offering_id], steps[row.id])),
        {"appeals": count_appeals(known.keys())},
    )


@blueprint.get(ONE)
@described_as("Show a no-show and what was said to it", "DeskStrike", IF_NONE_MATCH)
@needs_key(Verb.REGISTRATIONS_READ)
def strike(actor: Actor, week: Week, code: str) -> Response:
    """Answer it with its ETag."""
    return _shown(week, code, actor)


@blueprint.put(f"{ONE}/decision")
@described_as("Accept or reject an appeal, or lift a no-show", "DeskStrike", IF_MATCH, body="DeskStrikeWord")
@needs_key(Verb.REGISTRATIONS_EDIT)
def strike_decide(actor: Actor, week: Week, code: str) -> Response:
    """Keep the organiser's word; the person is told with the reason."""
    body, version = sent(fields=("decision", "reason")), seen_version()
    decision, choices = text(body, "decision"), [str(one) for one in StrikeDecision]
    if decision not in choices:
        raise Invalid([FieldError("decision", "json.choice", {"choices": ", ".join(choices)})])
    decide_strike(week.id, code, StrikeDecision(decision), text(body, "reason"), actor=actor, version=version)
    return _shown(week, code, actor)


def _rule(week: Week) -> Response:
    row = find_rule(week.id)
    facts: Facts = {name: getattr(row, name, None) for name in ("misses", "effect", "since")}
    return record({"on": row is not None} | facts, row.version if row else 0)


def _shown(week: Week, code: str, actor: Actor) -> Response:
    row = find_strike(week.id, code)
    if row is None or find_offering(week.id, row.registration.offering.code, actor=actor) is None:
        raise Refusal("strike.not_found")
    return record(_facts(row, row.registration.offering.code, map_steps([row.id])[row.id]), row.version)


def _facts(row: Strike, offering: str, steps: Sequence[StrikeStep]) -> Facts:
    own = row.registration
    facts: Facts = {"id": row.code, "registration": own.code, "offering": offering, "name": own.attendee.name}
    facts |= {"organisation": own.attendee.organisation, "state": row.state, "given_at": row.given_at}
    kept = [{"at": s.at, "to": s.to_state, "by": s.actor, "reason": s.reason, "words": s.words} for s in steps]
    return facts | {"steps": kept}

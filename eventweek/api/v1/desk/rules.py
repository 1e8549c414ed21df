"""The rules of a week: levels, weights and the preset that weights start from."""

from collections import Counter
from typing import Any

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import Facts, blueprint, needs_key, record, refuse_unknown, seen_version, sent
from eventweek.api.v1.desk.schemas import IF_MATCH, IF_NONE_MATCH, described_as
from eventweek.audit.actors import Actor
from eventweek.kernel.errors import FieldError, Invalid
from eventweek.programme.models import Week
from eventweek.programme.rules.values import shown
from eventweek.scheduling.actions.levels import Wish, set_rules
from eventweek.scheduling.queries.board import list_problems
from eventweek.scheduling.queries.levels import Meant, find_rules
from eventweek.scheduling.rulebook import RULES

RULEBOOK = "/weeks/<week>/rules"


@blueprint.get(RULEBOOK)
@described_as(
    "List the rules with the level and weight of each, and how often the plan breaks it", "DeskRules", IF_NONE_MATCH
)
@needs_key(Verb.PROGRAMME_READ)
def rules(_actor: Actor, week: Week) -> Response:
    """Answer the whole rulebook with its ETag."""
    return _told(week)


@blueprint.put(RULEBOOK)
@described_as(
    "Say which rules the week means otherwise; all others are as usual", "DeskRules", IF_MATCH, body="DeskRulesNew"
)
@needs_key(Verb.WEEK_EDIT)
def rules_set(actor: Actor, week: Week) -> Response:
    """Replace what the week says of its rules."""
    body, version = sent(fields=("preset", "rules")), seen_version()
    preset = body.get("preset", "steady")
    if not isinstance(preset, str):
        raise Invalid([FieldError("preset", "json.type")])
    wishes = {rule.code: Wish() for rule in RULES} | _wishes(body)
    set_rules(week.id, wishes, preset=preset, version=version, actor=actor)
    return _told(week)


def _wishes(body: Facts) -> dict[str, Wish]:
    given = body.get("rules", [])
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise Invalid([FieldError("rules", "json.type")])
    wishes: dict[str, Wish] = {}
    for one in given:
        refuse_unknown(one, {"rule", "level", "weight"})
        code, level = one.get("rule"), one.get("level")
        if not isinstance(code, str) or not isinstance(level, str | None):
            raise Invalid([FieldError("rule" if not isinstance(code, str) else "level", "json.type")])
        wishes[shown(code)] = Wish(level, one.get("weight"))
    return wishes


def _told(week: Week) -> Response:
    found, counts = find_rules(week.id), Counter(one.about.code for one in list_problems(week))
    items = [_rule(one, counts[one.rule.code]) for one in found.rules]
    return record({"preset": str(found.preset), "items": items}, found.version)


def _rule(one: Meant, count: int) -> dict[str, Any]:
    own = one.rule
    return {
        "rule": own.code,
        "title": {"zh": own.title.zh, "en": own.title.en},
        "group": str(own.group),
        "level": str(one.level),
        "own_level": one.own and str(one.own),
        "choices": [str(level) for level in own.choices],
        "planner": one.planned or None,
        "weight": one.weight if own.planner else None,
        "own_weight": one.own_weight,
        "problems": count if own.findings else None,
    }

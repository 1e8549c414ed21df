"""Say how a week means the rules: a level, a weight, the preset that weights start from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm.attributes import flag_modified

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.actions.verbs import editable_week
from eventweek.scheduling.enums import Level, Preset
from eventweek.scheduling.models import RulePreset, RuleSetting
from eventweek.scheduling.queries.levels import WeekRules, find_rules
from eventweek.scheduling.rulebook import BY_CODE, MOST_WEIGHT


@dataclass(frozen=True)
class Wish:
    """How a rule shall be meant; None: as usual."""

    level: str | None = None
    weight: object = None


def set_rules(
    week_id: int, wishes: Mapping[str, Wish], *, preset: str | None = None, version: int | None, actor: Actor
) -> WeekRules:
    """Say of some rules how the week means them; the others stay as they are. `preset`: None for the one it has.

    `version`: the one that was seen, 0 while the week has said nothing, None for whatever stands.
    Raises: Refusal permission.denied, week.not_found, week.archived, version.stale; Invalid rule.unknown,
        rule.level, rule.weightless, rule.weight, json.choice, at the rule's code.
    """
    with transaction():
        require(actor, Verb.WEEK_EDIT, week_id)
        week = editable_week(week_id)
        row = _preset(week_id, version)
        errors = [error for code, wish in wishes.items() for error in _faults(code, wish)]
        if preset is not None and preset not in set(Preset):
            errors.append(FieldError("preset", "json.choice", {"choices": ", ".join(Preset)}))
        if errors:
            raise Invalid(errors)
        before = _said(find_rules(week_id))
        row.preset = preset or row.preset
        own = {one.rule: one for one in db.session.scalars(select(RuleSetting).where(RuleSetting.week_id == week_id))}
        for code, wish in wishes.items():
            _write(week_id, code, wish, own.get(code))
        _note(actor, week.code, row, before)
    return find_rules(week_id)


def choose_preset(week_id: int, preset: str, *, version: int | None, actor: Actor) -> WeekRules:
    """Let the weights of a week be those of a preset; weights of its own are given up, levels stay.

    Raises: Refusal permission.denied, week.not_found, week.archived, version.stale; Invalid json.choice at `preset`.
    """
    with transaction():
        require(actor, Verb.WEEK_EDIT, week_id)
        week = editable_week(week_id)
        row = _preset(week_id, version)
        if preset not in set(Preset):
            raise Invalid([FieldError("preset", "json.choice", {"choices": ", ".join(Preset)})])
        before = _said(find_rules(week_id))
        row.preset = preset
        own = RuleSetting.week_id == week_id
        db.session.execute(delete(RuleSetting).where(own, RuleSetting.level.is_(None)))
        for setting in db.session.scalars(select(RuleSetting).where(own)):
            setting.weight = None
        _note(actor, week.code, row, before)
    return find_rules(week_id)


def _preset(week_id: int, version: int | None) -> RulePreset:
    """Return the row of the week, made where it has none yet; the week is locked.

    Raises: Refusal version.stale.
    """
    row = db.session.scalar(select(RulePreset).where(RulePreset.week_id == week_id))
    stands = row.version if row else 0
    if version not in (None, stands):
        raise Refusal("version.stale", fields=[], version=stands)
    if row is None:
        row = RulePreset(week_id=week_id, preset=Preset.STEADY)
        db.session.add(row)
    return row


def _faults(code: str, wish: Wish) -> list[FieldError]:
    rule = BY_CODE.get(code)
    if rule is None:
        return [FieldError(code, "rule.unknown", {"code": code})]
    errors = []
    if wish.level is not None and wish.level not in rule.choices:
        errors.append(FieldError(code, "rule.level", {"rule": rule.title, "choices": ", ".join(rule.choices)}))
    if wish.weight is not None and not rule.planner:
        errors.append(FieldError(code, "rule.weightless", {"rule": rule.title}))
    elif wish.weight is not None and not _is_weight(wish.weight):
        errors.append(FieldError(code, "rule.weight", {"rule": rule.title, "most": MOST_WEIGHT}))
    return errors


def _is_weight(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_WEIGHT


def _write(week_id: int, code: str, wish: Wish, row: RuleSetting | None) -> None:
    if wish == Wish():
        if row is not None:
            db.session.delete(row)
        return
    if row is None:
        row = RuleSetting(week_id=week_id, rule=code)
        db.session.add(row)
    row.level, row.weight = Level(wish.level) if wish.level else None, wish.weight  # type: ignore[assignment]


def _said(found: WeekRules) -> dict[str, list[Any]]:
    told = {one.rule.code: [one.own and str(one.own), one.own_weight] for one in found.rules if one.differs}
    return {"preset": [str(found.preset)], **told}


def _note(actor: Actor, week: str, row: RulePreset, before: dict[str, list[Any]]) -> None:
    """Keep in the audit what differs; the version rises with it."""
    db.session.flush()
    after = _said(find_rules(row.week_id))
    changes = {
        name: [before.get(name), after.get(name)]
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    }
    if not changes:
        return
    flag_modified(row, "preset")
    db.session.flush()
    record(actor, "rules.edit", "week", week, week_id=row.week_id, **changes)

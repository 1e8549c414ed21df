"""Verbs of editions: create from presets, edit, move on to the next state."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.actions.writing import Values, change, keep, make, make_all, refuse_stale, told
from eventweek.programme.enums import Phase, WeekState
from eventweek.programme.models import Session, SessionDay, Week
from eventweek.programme.presets import preset_kinds, preset_tag_sets
from eventweek.programme.queries.directory import Directory
from eventweek.programme.rules.checks import cleaned, window
from eventweek.programme.rules.subjects import KIND, TAG, TAG_SET, WEEK
from eventweek.programme.rules.weeks import can_become


def create_week(
    values: Mapping[str, object],
    *,
    actor: Actor,
    kinds: Sequence[str] | None = None,
    tag_sets: Sequence[str] | None = None,
) -> Week:
    """Add a draft edition with preset kinds and tag sets, named by their codes (None: all of them).

    Every day of the run is a main day; `days` needs to name warm-up days only.
    Raises: Refusal permission.denied; Invalid.
    """
    with transaction():
        require(actor, Verb.WEEK_CREATE)
        chosen = _chosen("kinds", preset_kinds(), kinds), _chosen("tag_sets", preset_tag_sets(), tag_sets)
        week: Week = make(WEEK, values, Directory(), fill=fill_days, actor=actor, state=WeekState.DRAFT)
        _make_presets(week.id, *chosen, actor)
        record(actor, "week.create", "week", week.code, week_id=week.id)
    return week


def _make_presets(week_id: int, kinds: Sequence[Values], tag_sets: Sequence[Values], actor: Actor) -> None:
    directory = Directory(week_id)
    sets = [{name: value for name, value in entry.items() if name != "tags"} for entry in tag_sets]
    tags = [{**tag, "set": entry["code"]} for entry in tag_sets for tag in entry["tags"]]
    directory.load("kind", [kind["code"] for kind in kinds])
    directory.load("tag_set", [entry["code"] for entry in sets])
    directory.load("tag", [f"{tag['set']}:{tag['code']}" for tag in tags])
    for subject, entries in ((KIND, kinds), (TAG_SET, sets), (TAG, tags)):
        make_all(subject, entries, directory, actor=actor, week_id=week_id)


def edit_week(code: str, values: Mapping[str, object], *, version: int | None, actor: Actor) -> Week:
    """Change the given fields of an edition; when its run changes, its main days follow.

    Raises: Refusal permission.denied, week.not_found, week.archived, version.stale; Invalid.
    """
    with transaction():
        week = locked_week(code, Verb.WEEK_EDIT, actor)
        directory = Directory()

        def check(whole: Values, row: Any, _directory: Directory) -> list[FieldError]:
            stays = row.state != WeekState.DRAFT and whole["code"] != row.code
            return ([FieldError("code", "week.code_stays")] if stays else []) + _left_outside(row.id, whole)

        changes = change(WEEK, week, _with_days(week, values), directory, check=check, version=version, actor=actor)
        if changes:
            record(actor, "week.edit", "week", week.code, week_id=week.id, **told(WEEK, changes))
    return week


def set_week_state(code: str, state: str, *, actor: Actor, version: int | None = None) -> Week:
    """Move an edition on: draft, open, closed (and open again), archived. The same state again changes nothing.

    Raises: Refusal permission.denied, week.not_found, week.archived, version.stale, week.transition.
    """
    with transaction():
        week = locked_week(code, Verb.WEEK_EDIT, actor)
        refuse_stale(week, version)
        if week.state == state:
            return week
        if not can_become(week.state, state):
            raise Refusal("week.transition", old=week.state, new=state[:12])
        old, week.state = week.state, state
        db.session.flush()
        keep(actor, "state", WEEK, week, {"state": [old, state]})
        record(actor, "week.state", "week", week.code, week_id=week.id, state=[old, state])
    return week


def fill_days(whole: Values, _given: set[str], _directory: Directory) -> None:
    """Make every day of the run that is not named a main day."""
    first, last = whole["first_day"], whole["last_day"]
    if not first or not last or not 0 <= (last - first).days < 400:
        return
    named = {row["day"] for row in whole["days"]}
    run = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    extra = [{"day": day, "phase": str(Phase.MAIN)} for day in run if day not in named]
    whole["days"] = sorted([*whole["days"], *extra], key=lambda row: row["day"])


def _chosen(field: str, presets: list[dict[str, Any]], codes: Sequence[str] | None) -> list[dict[str, Any]]:
    if codes is None:
        return presets
    if unknown := sorted(set(codes) - {preset["code"] for preset in presets}):
        raise Invalid([FieldError(field, "reference.unknown", {"code": unknown[0][:40]})])
    return [preset for preset in presets if preset["code"] in codes]


def locked_week(code: str, verb: Verb, actor: Actor) -> Week:
    week_id = db.session.scalar(select(Week.id).where(Week.code == code))
    require(actor, verb, week_id)
    return editable_week(week_id or 0)


def _with_days(week: Week, values: Mapping[str, object]) -> Mapping[str, object]:
    run, errors = cleaned(WEEK, {name: values[name] for name in ("first_day", "last_day") if name in values})
    if "days" in values or not run or errors:
        return values
    kept = [{"day": row.day, "phase": row.phase} for row in week.days if row.phase == Phase.WARMUP]
    whole: Values = {"first_day": week.first_day, "last_day": week.last_day, "days": kept} | run
    fill_days(whole, set(), Directory())
    return {**values, "days": whole["days"]}


def _left_outside(week_id: int, whole: Values) -> list[FieldError]:
    allowed = window((row["day"] for row in whole["days"]), whole["first_day"], whole["last_day"])
    query = select(func.count(SessionDay.session_id.distinct())).join(Session, Session.id == SessionDay.session_id)
    lost = db.session.scalar(query.where(Session.week_id == week_id, SessionDay.day.not_in(allowed))) or 0
    return [FieldError("last_day", "week.sessions_outside", {"count": lost})] if lost else []

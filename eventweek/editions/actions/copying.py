"""Copy an edition: its settings always, its sessions and what hangs on them on wish, its people's data never."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.editions.carried import NEEDS_SESSIONS, TABLES
from eventweek.editions.enums import Anchor, Part
from eventweek.editions.reshaping import Reshaping
from eventweek.editions.rules import Way, same_weekday
from eventweek.kernel.copying import Copying
from eventweek.kernel.db import Base, db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.actions.weeks import fill_days
from eventweek.programme.actions.writing import Values, make
from eventweek.programme.enums import Phase, WeekState
from eventweek.programme.models import Session, Week
from eventweek.programme.queries.directory import Directory
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.checks import cleaned
from eventweek.programme.rules.subjects import WEEK


def copy_week(
    source: str, values: Mapping[str, object], *, parts: Collection[Part], anchor: Anchor | None = None, actor: Actor
) -> Week:
    """Add a draft edition made from an earlier one; `values`: `code`, `title_zh`, `title_en`, `first_day`, `last_day`.

    Without `last_day` the run is as long as it was. Days are found by `anchor`, needed where the two runs begin on
    different weekdays; times stay on the clock. A day that the new run does not have is left open and told in the
    audit, where find_copy reads it.
    Raises: Refusal permission.denied, week.not_found; Invalid, also copy.needs_sessions, copy.weekday.
    """
    with transaction():
        require(actor, Verb.WEEK_CREATE)
        old = db.session.scalar(select(Week).where(Week.code == source).with_for_update(read=True))
        if old is None:
            raise Refusal("week.not_found")
        wanted = _wanted(parts)
        week, way = _add_week(old, values, anchor, actor)
        reshaping = Reshaping(week.code, way, Part.SESSIONS in wanted)
        counts = _carry(old, week, wanted, reshaping)
        facts = {"source": source, "anchor": str(way.anchor), "counts": counts, **_left_open(week.id, reshaping)}
        record(actor, "week.copy", "week", week.code, week_id=week.id, permits=reshaping.permits, **facts)
    return week


def _wanted(parts: Collection[Part]) -> list[Part]:
    lonely = [part for part in NEEDS_SESSIONS if part in parts and Part.SESSIONS not in parts]
    if lonely:
        raise Invalid([FieldError("parts", "copy.needs_sessions")])
    return [part for part in TABLES if part == Part.SETTINGS or part in parts]


def _add_week(old: Week, values: Mapping[str, object], anchor: Anchor | None, actor: Actor) -> tuple[Week, Way]:
    given, errors = cleaned(WEEK, {name: values.get(name) for name in ("first_day", "last_day")})
    if errors:
        raise Invalid(errors)
    first = given["first_day"] or old.first_day
    last = given["last_day"] or first + (old.last_day - old.first_day)
    meant = same_weekday(old.first_day, first)
    if anchor is None and meant != first:
        raise Invalid([FieldError("anchor", "copy.weekday", {"day": meant.isoformat()})])
    way = Way(old.first_day, first, frozenset(), old.timezone, anchor or Anchor.RUN)
    warmups = {way.outside(row.day, first, last) for row in old.days if row.phase == Phase.WARMUP}
    days = [{"day": day, "phase": str(Phase.WARMUP)} for day in sorted(warmups)]
    titles = {"title_zh": "", "title_en": ""}
    whole = _kept(old) | titles | dict(values) | {"last_day": last, "days": days}
    week: Week = make(WEEK, whole, Directory(), actor=actor, fill=fill_days, state=WeekState.DRAFT)
    return week, replace(way, days=frozenset(row.day for row in week.days))


def _kept(old: Week) -> Values:
    """Return the settings that hold for the next edition too: no contact, nothing archived."""
    masked = {f"{stem}_{language}" for stem in WEEK.masked for language in ("zh", "en")}
    kept = {name: value for name, value in values_of(WEEK, old).items() if name not in masked}
    gone = {row.city.code for row in old.cities if row.city.archived_at}
    kept["cities"] = [row for row in kept["cities"] if row["city"] not in gone]
    away = [name for name, own in (("host", old.host), ("host_venue", old.host_venue)) if own and own.archived_at]
    return kept | dict.fromkeys(away)


def _carry(old: Week, week: Week, parts: Collection[Part], reshaping: Reshaping) -> dict[str, int]:
    tables = Base.metadata.tables
    copying = Copying(tables["week"], old.id, week.id)
    names = [name for part in parts for name in TABLES[part]]
    return {name: copying.carry(tables[name], reshaping.of(name)) for name in names}


def _left_open(week_id: int, noted: Reshaping) -> dict[str, Any]:
    """Return the codes of the sessions that lost a day or their place."""
    if not (noted.unfixed or noted.without_day or noted.unplaced):
        return {"without_day": [], "unplaced": []}
    rows = db.session.execute(
        select(Session.id, Session.uid, Session.code).where(Session.week_id == week_id).order_by(Session.id)
    ).all()
    without = [code for key, uid, code in rows if key in noted.without_day or uid in noted.unfixed]
    return {"without_day": without, "unplaced": [code for key, _uid, code in rows if key in noted.unplaced]}

"""Write down whom a change affects, ask them, and tell them; inside the caller's transaction."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.programme.queries import get_week
from eventweek.registration.enums import LIVE
from eventweek.registration.messages import Change, tell_changed
from eventweek.registration.models import Registration
from eventweek.registration.queries.offerings import load_offerings
from eventweek.registration.queries.passes import holders
from eventweek.registration.rules import Clash
from eventweek.replanning.enums import Choice
from eventweek.replanning.messages import describe
from eventweek.replanning.models import AffectedRegistration
from eventweek.replanning.queries.effects import Effects, key_of
from eventweek.replanning.rules import merged, told
from eventweek.scheduling.models import Release

BACK = "back"


def note_affected(release: Release, effects: Effects, displaced: Collection[Registration], *, actor: Actor) -> None:
    """Keep a question for every registration that a release concerns, and tell its person by one message.

    What is still open of an earlier release is brought up to date. Who loses a session that was called off has been
    told by what ended it; theirs is noted as cancelled.
    """
    rows = {row.id: row for row in [*effects.rows, *displaced]}
    if not rows:
        return
    gone, said = {row.id for row in displaced}, {}
    asked = _map_open(rows)
    for row in rows.values():
        own = asked.get(row.id) or AffectedRegistration(registration_id=row.id, changes=[], clashes=[])
        changes = [told(shift) for shift in effects.shifts.get(row.offering_id, [])]
        before = bool(own.changes)
        own.release, own.offering, own.noted_at = release.number, row.offering.code, now()
        own.changes, own.displaced = merged(own.changes, changes), own.displaced or row.id in gone
        back = before and not own.changes and not own.displaced
        every, fresh = ({}, {}) if back else (effects.clashes, effects.fresh)
        _note_clashes(own, every.get(row.id, []), fresh.get(row.id, []))
        _settle(own, row, back, actor)
        db.session.add(own)
        also = [word for word, so in ((BACK, back), ("displaced", row.id in gone), ("clash", own.clashing)) if so]
        said[row.id] = (changes, also)
    db.session.flush()
    facts = {"number": release.number, "registrations": len(rows), "displaced": len(gone)}
    record(actor, "release.affect", "week", get_week(release.week_id).code, week_id=release.week_id, **facts)
    _tell([row for row in rows.values() if row.state in LIVE], said, effects, release)


def _map_open(ids: Collection[int]) -> dict[int, AffectedRegistration]:
    query = select(AffectedRegistration).where(AffectedRegistration.choice == Choice.OPEN)
    rows = db.session.scalars(query.where(AffectedRegistration.registration_id.in_(ids)))
    return {row.registration_id: row for row in rows}


def _note_clashes(own: AffectedRegistration, every: Sequence[Clash], fresh: Sequence[Clash]) -> None:
    """Keep the new clashes, and of those noted before the ones that still are."""
    known = {(kept["kind"], frozenset((kept["first"]["session"], kept["second"]["session"]))) for kept in own.clashes}
    new = {key_of(clash) for clash in fresh}
    own.clashes = [_plain(clash) for clash in every if key_of(clash) in known | new]
    own.clashing = bool(own.clashes)


def _plain(clash: Clash) -> dict[str, Any]:
    stops = {
        name: {"session": stop.code, "zh": stop.title_zh, "en": stop.title_en}
        for name, stop in (("first", clash.first), ("second", clash.second))
    }
    return {"kind": clash.kind, "needed": clash.needed, "left": clash.left, **stops}


def _settle(own: AffectedRegistration, row: Registration, back: bool, actor: Actor) -> None:
    """Leave the question open, unless there is nothing left to ask."""
    answer = Choice.CANCELLED if row.state not in LIVE else Choice.KEPT if back else Choice.OPEN
    own.choice = answer
    if answer != Choice.OPEN:
        own.decided_at, own.decided_by = now(), actor.label


def _tell(
    rows: Sequence[Registration],
    said: Mapping[int, tuple[list[dict[str, Any]], list[str]]],
    effects: Effects,
    release: Release,
) -> None:
    offerings = {own.offering.id: own for own in load_offerings(sorted({row.offering_id for row in rows}))}
    for week, holder, row in holders(rows):
        own, (changes, also) = offerings[row.offering_id], said[row.id]
        first = min([own.starts, *(shift.starts for shift in effects.shifts.get(row.offering_id, []))])
        change = Change(describe(changes, week.timezone, also=also), str(release.number), first)
        tell_changed(week, holder, own, row, change)

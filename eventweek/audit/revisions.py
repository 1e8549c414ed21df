"""Keep what each change of a row replaced, inside the caller's transaction, and erase what must not be kept."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, or_, select

from eventweek.audit.actors import Actor
from eventweek.audit.models import Revision
from eventweek.kernel.clock import now
from eventweek.kernel.db import before_commit, db

Pairs = Mapping[str, Any]


@dataclass(frozen=True)
class Thread:
    """The row whose history it is: its kind, its id, what it is called, its week and the version after the change."""

    subject: str
    row_id: int
    code: str
    week_id: int | None = None
    version: int | None = None


def revise(actor: Actor, verb: str, thread: Thread, changes: Pairs, *, personal: Collection[str] = ()) -> None:
    """Keep one change; `changes` holds `[old, new]` as plain JSON, `personal` names the fields that can be erased.

    All revisions of an action are written together by one statement at its end.
    """
    row = {
        "at": now(),
        "week_id": thread.week_id,
        "actor_id": actor.id,
        "actor": actor.label,
        "verb": verb,
        "subject": thread.subject,
        "row_id": thread.row_id,
        "code": thread.code,
        "version": thread.version,
        "changes": {name: pair for name, pair in changes.items() if name not in personal},
        "personal": {name: pair for name, pair in changes.items() if name in personal},
    }
    before_commit(_write, row)


def differing(old: Pairs, new: Pairs) -> dict[str, list[Any]]:
    """Return `[old, new]` of each field that is not the same in both; None where one of them lacks it."""
    pairs = {name: [old.get(name), new.get(name)] for name in {**old, **new}}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def forget(subject: str, row_ids: Collection[int]) -> int:
    """Erase the personal values from the history of rows; that and when they changed stays. Return how many changes."""
    found = list(db.session.scalars(select(Revision).where(Revision.subject == subject, Revision.row_id.in_(row_ids))))
    held = [revision for revision in found if any(revision.personal.values())]
    for revision in held:
        revision.personal = dict.fromkeys(revision.personal)
    return len(held)


def discard(week_id: int, actor: Actor) -> None:
    """Delete the history of a week, and whatever an actor who goes with it has made."""
    db.session.execute(delete(Revision).where(or_(Revision.week_id == week_id, Revision.actor == actor.label)))


def _write(rows: list[dict[str, Any]]) -> None:
    table: Any = Revision.__table__
    db.session.execute(insert(table), rows)

"""What the next release would do to each session, found without drawing the snapshot of each.

A snapshot is drawn from rows. While these say what they said, the answer of last time holds: the rows are read bare, by
a handful of statements for a whole week, and only what is new to this process is drawn.
"""

from collections.abc import Collection
from dataclasses import dataclass

from eventweek.kernel.db import db, in_action
from eventweek.scheduling.enums import Action
from eventweek.scheduling.queries.bare import Bare, Said, list_bare
from eventweek.scheduling.queries.drafts import Draft, draw, redraw
from eventweek.scheduling.snapshot import Facts

MOST = 50_000
"""How many answers a process keeps."""
MOST_TOLD = 5_000
"""How many snapshots to come a process keeps: some 20 kB each."""
_known: dict[tuple[str, Said], Action | None] = {}
_told: dict[tuple[str, Said], Facts | None] = {}


@dataclass(frozen=True)
class Mark:
    """What the next release would do to a session (None: nothing), and whether anything is published of it."""

    action: Action | None
    published: bool

    @property
    def publication(self) -> str:
        """Return `new` before its first release, `changed` where the next release would change it, else `same`."""
        return ("changed" if self.action else "same") if self.published else "new"


def list_marks(week_id: int, codes: Collection[str] | None = None) -> dict[str, Mark]:
    """Return the marks of all sessions of a week, or of those of these codes, by code.

    At most six statements while nothing changes, and one more for what changed since this process looked last. Inside
    an action, whose changes may be taken back, nothing is kept.
    """
    rows = list_bare(week_id, codes)
    actions, _drawn = _look(rows)
    return {own.code: Mark(actions[own.said], own.mark is not None) for own in rows}


def list_changed_drafts(week_id: int) -> list[Draft]:
    """Return the drafts of the sessions that differ from what is published, by session id.

    What a process has drawn it draws no more while the rows say the same; a release of what somebody has just looked at
    finds it drawn.
    """
    rows, database = list_bare(week_id), str(db.engine.url)
    actions, drawn = _look(rows)
    changed = [(own, action) for own in rows if (action := actions[own.said])]
    left = [(own, (database, own.said), action) for own, action in changed if own.id not in drawn]
    known = [(own, _told[key], action) for own, key, action in left if key in _told]
    drawn |= {one.session.id: one for one in redraw(known)}
    drawn |= _draw([own for own, _action in changed if own.id not in drawn])
    return [drawn[own.id] for own, _action in changed]


def _look(rows: Collection[Bare]) -> tuple[dict[Said, Action | None], dict[int, Draft]]:
    """Return what a release would do, by what rows say, and by session id the drafts of what is new to this process."""
    database = str(db.engine.url)
    new = [own for own in rows if (database, own.said) not in _known]
    drawn = _draw(new)
    found = {own.said: drawn[own.id].action for own in new}
    actions = {own.said: found[own.said] if own.said in found else _known[database, own.said] for own in rows}
    if not in_action():
        if len(_known) + len(found) > MOST:
            _known.clear()
        _known.update({(database, said): action for said, action in found.items()})
    return actions, drawn


def _draw(rows: Collection[Bare]) -> dict[int, Draft]:
    """Return drafts by session id; what the changed ones would publish is kept, unless it may be taken back."""
    database = str(db.engine.url)
    drawn = {one.session.id: one for one in draw(rows)}
    if not in_action():
        told = {(database, own.said): drawn[own.id].after for own in rows if drawn[own.id].action}
        if len(_told) + len(told) > MOST_TOLD:
            _told.clear()
        _told.update(told)
    return drawn

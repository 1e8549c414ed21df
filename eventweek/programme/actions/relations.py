"""What the relations of a week's sessions come to together: no session may wait for itself."""

from collections.abc import Iterable, Sequence

from sqlalchemy import inspect, select

from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import FieldError
from eventweek.programme.models import Session, SessionRelation
from eventweek.programme.rules.checks import ring

Stored = list[tuple[int, int, str]]
NEW = 2**40
"""Above every id: what sessions are numbered from before they are written."""


class Relations:
    """The relations of a week as they stand in the database, and those of sessions that wait to be written."""

    def __init__(self, week_id: int) -> None:
        self.week_id = week_id
        self._stored: Stored | None = None
        self._own: dict[int, list[tuple[int, str]]] = {}
        self._fresh: dict[int, Session] = {}

    def faults(self, row: Session, others: Sequence[tuple[str, Session]]) -> list[FieldError]:
        """Name the relations of a session to itself, and the ring that these relations would close."""
        errors = [
            FieldError(f"relations.{n}.other", "relation.self")
            for n, (_kind, other) in enumerate(others)
            if other is row
        ]
        if errors or not others or row not in db.session:
            return errors
        own = {**self._rows(), self._number(row): [(self._number(other), kind) for kind, other in others]}
        pairs: dict[str, list[tuple[int, int]]] = {"after": [], "sync_with": []}
        for one, entries in own.items():
            for two, kind in entries:
                pairs[kind].append((one, two))
        waiting = ring(pairs["after"], pairs["sync_with"])
        return [FieldError("relations", "relation.ring", {"sessions": self._titles(waiting)})] if waiting else []

    def put(self, row: Session, others: Iterable[tuple[str, Session]]) -> None:
        """Take in what a session says now."""
        self._rows()[self._number(row)] = [(self._number(other), kind) for kind, other in others]

    def moved(self) -> bool:
        """Say whether the stored relations are others by now than when they were read."""
        return self._stored is not None and self._stored != self._read()

    def _rows(self) -> dict[int, list[tuple[int, str]]]:
        if self._stored is None:
            self._stored = self._read()
            for one, two, kind in self._stored:
                self._own.setdefault(one, []).append((two, kind))
        return self._own

    def _read(self) -> Stored:
        own = (SessionRelation.session_id, SessionRelation.other_id, SessionRelation.kind)
        query = select(*own).where(SessionRelation.week_id == self.week_id).order_by(*own)
        with db.session.no_autoflush:
            return [(one, two, kind) for one, two, kind in db.session.execute(query)]

    def _number(self, row: Session) -> int:
        number = row.id or NEW + (inspect(row).insert_order or 0)
        self._fresh |= {} if row.id else {number: row}
        return number

    def _titles(self, waiting: Sequence[int]) -> Bilingual:
        first = sorted(waiting)[:4]
        with db.session.no_autoflush:
            query = select(Session).where(Session.id.in_([n for n in first if n < NEW])).order_by(Session.id)
            told = [s.title for s in [*db.session.scalars(query), *(self._fresh[n] for n in first if n >= NEW)]]
        return Bilingual("、".join(t.best("zh")[0] for t in told), ", ".join(t.best("en")[0] for t in told))

"""What an import has drawn up: rows that wait to be written, and what their history will say of them."""

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from eventweek.audit.actors import Actor
from eventweek.kernel.db import db
from eventweek.kernel.errors import FieldError
from eventweek.programme.actions.calendar import Written, keep_holiday, keep_travel_time
from eventweek.programme.actions.relations import Relations
from eventweek.programme.actions.sessions import bring_back, call_off
from eventweek.programme.actions.writing import Values, first_values, keep, turned
from eventweek.programme.models import CalendarDay, City, Session, TravelTime, Week
from eventweek.programme.rules.subjects import Subject
from eventweek.scheduling.actions.guarding import keeping_rules
from eventweek.scheduling.actions.missing import GONE
from eventweek.scheduling.actions.placements import keep_place
from eventweek.scheduling.models import Placement, Plan

Pair = frozenset[City]


class Overtaken(Exception):
    """Somebody has changed what was read before it could be written."""


@dataclass
class _Touched:
    subject: Subject
    row: Any
    before: Values | None
    names: set[str] = field(default_factory=set)


class Waiting:
    """Rows drawn up by one import: each is written once and has one entry in its history, whatever happened to it."""

    def __init__(self) -> None:
        self.relations: Relations | None = None
        self.plan: Plan | None = None
        self.places: dict[int, Placement] = {}
        self.travel: dict[Pair, TravelTime] = {}
        self.uids: set[str] = set()
        self.missing: Sequence[Session] = ()
        self.restored: list[Session] = []
        self._touched: dict[int, _Touched] = {}
        self._placed: list[tuple[Session, Values, Placement]] = []
        self._roads: list[tuple[Pair, Written[TravelTime]]] = []
        self._days: list[Written[CalendarDay]] = []
        self._told: list[tuple[_Touched, Values]] = []

    def uid_fault(self, session: Session | None, uid: str) -> FieldError | None:
        """Say what is wrong with the UID of a session, None where it is new; `uids` holds those that others have."""
        if session is not None:
            return FieldError("uid", "uid.fixed") if session.uid != uid else None
        taken = uid in self.uids
        self.uids.add(uid)
        return FieldError("uid", "code.taken", {"code": uid}) if taken else None

    def made(self, subject: Subject, row: Any) -> None:
        """Take in a new row."""
        self._touched[id(row)] = _Touched(subject, row, None)

    def edited(self, subject: Subject, row: Any, before: Values, names: Iterable[str]) -> None:
        """Take in fields that differ, with the row's values before; a new row says them as its first."""
        self._touched.setdefault(id(row), _Touched(subject, row, before)).names.update(names)

    def placed(self, session: Session, old: Values, placement: Placement) -> None:
        """Take in a place that is new or another."""
        self._placed.append((session, old, placement))

    def driven(self, ends: Pair, road: Written[TravelTime]) -> Written[TravelTime]:
        """Take in a travel time; cities may have no id yet."""
        self._roads.append((ends, road))
        return road

    def dated(self, day: Written[CalendarDay]) -> Written[CalendarDay]:
        """Take in an entry of the state's calendar."""
        self._days.append(day)
        return day

    def seal(self) -> None:
        """Read what the history will say, before the lock is taken."""
        self._told = [(own, _changes(own)) for own in self._touched.values()]

    def write(self, week: Week | None, actor: Actor) -> None:
        """Write everything, inside the caller's transaction.

        Raises: Overtaken; Refusal rule.blocked.
        """
        known = week is not None and inspect(week).identity
        with keeping_rules(week) if week and known else nullcontext():
            self._write(week, actor)

    def _write(self, week: Week | None, actor: Actor) -> None:
        try:
            if week is not None and week.id is None:
                _found(week)
            db.session.flush()
            self._pave()
        except (IntegrityError, StaleDataError):
            raise Overtaken from None
        for own, changes in self._told:
            keep(actor, "edit" if own.before else "create", own.subject, own.row, changes)
        for ends, road in self._roads:
            keep_travel_time(road, ends, actor)
        for day in self._days:
            keep_holiday(day, actor)
        for session, old, placement in self._placed:
            keep_place(actor, "place", session, old, placement)
        bring_back(self.restored, actor)
        call_off(self.missing, GONE, actor)

    def _pave(self) -> None:
        for ends, road in self._roads:
            if road.new:
                road.row.from_id, road.row.to_id = sorted(city.id for city in ends)
                db.session.add(road.row)
        db.session.flush()


def _changes(own: _Touched) -> Values:
    if own.before is None:
        return first_values(own.subject, own.row)
    return turned(own.subject, own.row, own.before, own.names)


def _found(week: Week) -> None:
    """Write a new edition first: the rows made for it refer to it by its number, which they get here."""
    own = [*week.days, *week.cities]
    waiting = [row for row in db.session.new if getattr(row, "week_id", 0) is None and row not in own]
    for row in waiting:
        if row in db.session:  # it may have gone with the row that it belongs to
            db.session.expunge(row)
    db.session.flush()
    for row in waiting:
        row.week_id = week.id
    db.session.add_all(waiting)

"""Take in a programme as a JSON document: all of it, or nothing and a list of what is wrong."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.actions.sessions import check_series, check_session, make_session
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.actions.weeks import fill_days
from eventweek.programme.actions.writing import change, make
from eventweek.programme.enums import WeekState
from eventweek.programme.models import CalendarDay, Session, TravelTime, Week
from eventweek.programme.models.bindings import OF_A_WEEK
from eventweek.programme.queries.directory import Directory
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.checks import cleaned, defaults, incomplete, is_locked, localised, outgrown
from eventweek.programme.rules.documents import (
    IDENTITY,
    LONGEST,
    OF_WEEK,
    SECTIONS,
    SOURCE,
    UID,
    WEEK,
    WITH_ID,
    bracketed,
    key_of,
    parted,
    value_at,
)
from eventweek.programme.rules.subjects import Subject, references
from eventweek.programme.rules.values import Line, Wrong, shown
from eventweek.scheduling.actions.missing import cancel_missing, restore_missing
from eventweek.scheduling.actions.placements import keep_place, off_grid, told_place, working_plan
from eventweek.scheduling.models import Placement

Entry = dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """What is wrong, where in the document, and the value that stands there; the code's sentence says the cure."""

    path: str
    value: str
    code: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class Taken:
    """What becomes of one entry: `new` or `changed`, and the fields that differ."""

    path: str
    status: str
    fields: tuple[str, ...] = ()


@dataclass
class Report:
    """What an import did or would do: rows by (section, status), the sessions it cancels, and what is wrong.

    A status is `new`, `changed`, `unchanged`; for sessions also `cancelled`, `restored`.
    """

    rows: list[Taken] = field(default_factory=list)
    week: Week | None = None
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    cancelled: list[Bilingual] = field(default_factory=list)


class _Rehearsed(Exception):
    """Ends a transaction that was only to be looked at."""


Progress = Callable[[int, int], None]


def _silent(_done: int, _all: int) -> None:
    """Tell nobody how far it is."""


def import_programme(
    document: Mapping[str, Any],
    *,
    actor: Actor,
    dry_run: bool = False,
    keep_missing: bool = False,
    progress: Progress = _silent,
) -> Report:
    """Take in every section of a document, or with `dry_run` only say what that would do.

    What the source has sent before is found again by its id and changed; a second run changes nothing. A document that
    is `whole` cancels the sessions that its source no longer holds, unless `keep_missing`. `progress` is told the
    number of rows that are done, and of all.
    Raises: Refusal permission.denied, week.archived, import.wrong with the `report` (not with `dry_run`).
    """
    report = Report()
    try:
        with transaction():
            require(actor, Verb.MASTERS_EDIT)
            _Import(document, report, actor, progress).run()
            if not keep_missing and report.week:
                report.cancelled = cancel_missing(report.week, document, actor)
                report.counts["sessions", "cancelled"] += len(report.cancelled)
            if dry_run:
                raise _Rehearsed
            if report.problems:
                raise Refusal("import.wrong", report=report, count=len(report.problems))
            facts: Entry = {f"{section}.{status}": n for (section, status), n in sorted(report.counts.items())}
            code, week_id = (report.week.code, report.week.id) if report.week else ("", None)
            record(actor, "programme.import", "week", code, week_id=week_id, **facts)
    except _Rehearsed:
        report.week = None
    return report


class _Import:
    """One run through a document."""

    def __init__(self, document: Mapping[str, Any], report: Report, actor: Actor, progress: Progress) -> None:
        self.document, self.report, self.actor, self.progress = document, report, actor, progress
        self.done, self.all = 0, sum(len(rows) for rows in document.values() if isinstance(rows, list))
        self.failed: set[str] = set()
        self.unchanged: set[str] = set()
        self.relations: list[tuple[str, Session, list[Any]]] = []
        self.directory = Directory()

    def run(self) -> None:
        """Take in section after section; what refers to a later row is set at the end."""
        for name in self.document:
            if name not in ("format", "source", "whole", "week", *SECTIONS):
                self._wrong("", "", FieldError(shown(name), "field.unknown", {"name": shown(name)}), self.document)
        if not isinstance(self.document.get("whole", False), bool):
            self._wrong("", "", FieldError("whole", "value.type"), self.document)
        source = self._line("source", SOURCE, self.document)
        if source is None:
            return
        self.directory = Directory(source=source)
        for section in SECTIONS:
            if section in OF_WEEK and section in self.document and self.report.week is None:
                self._week()
                if self.report.week is None:
                    return
            self._section(section)
        if self.report.week is None and "week" in self.document:
            self._week()
        self._relate()

    def _week(self) -> None:
        given = self.document.get("week")
        if not isinstance(given, Mapping):
            self._wrong("", "", FieldError("week", "import.no_week"), self.document)
            return
        week = db.session.scalar(select(Week).where(Week.code == shown(given.get("code"))))
        require(self.actor, Verb.PROGRAMME_EDIT if week else Verb.WEEK_CREATE, week.id if week else None)
        if week:
            editable_week(week.id)
        given, first = parted(given)
        build = partial(make, WEEK, first, self.directory, fill=fill_days, actor=self.actor, state=WeekState.DRAFT)
        week = self._take("week", WEEK, given, week, build)
        self.report.week = week
        if week:
            self.directory.week_id, self.directory.zone = week.id, week.timezone

    def _section(self, section: str) -> None:
        entries = self.document.get(section, [])
        if not isinstance(entries, list) or len(entries) > LONGEST:
            code = "list.too_long" if isinstance(entries, list) else "value.type"
            self._wrong(section, "", FieldError("", code, {"longest": LONGEST}), self.document)
            return
        seen: set[Any] = set()
        self._look_up(section, entries)
        for n, entry in enumerate(entries):
            path = f"{section}[{n}]"
            if not isinstance(entry, Mapping):
                self._wrong(path, "", FieldError("", "value.type"), entry)
                continue
            key = key_of(section, entry)
            if key in seen:
                self._wrong(path, "", FieldError("", "list.twice", {"value": " ".join(key)}), entry)
                continue
            seen.add(key)
            self._entry(section, path, dict(entry))
            self.done += 1
            self.progress(self.done, self.all)

    def _look_up(self, section: str, entries: list[Any]) -> None:
        """Read everything the section refers to, each subject in one statement."""
        subject = SECTIONS[section]
        wanted: dict[str, set[str]] = {}
        for entry in entries:
            if isinstance(entry, Mapping):
                for _path, to, reference in references(subject, cleaned(subject, parted(entry)[1])[0]):
                    wanted.setdefault(to, set()).add(reference)
        if section in WITH_ID:
            wanted.setdefault(subject.name, set()).update(shown(e.get("id")) for e in entries if isinstance(e, Mapping))
        for to in sorted(wanted):
            self.directory.load(to, wanted[to])

    def _entry(self, section: str, path: str, entry: Entry) -> None:
        subject = SECTIONS[section]
        if section == "travel_minutes":
            return self._plain(path, section, subject, entry, self._travel)
        if section == "holidays":
            return self._plain(path, section, subject, entry, self._holiday)
        if section == "placements":
            return self._plain(path, section, subject, entry, self._placement)
        entry, first = parted(entry)
        if section not in WITH_ID:
            code = ":".join(shown(entry.get(name)) for name in (("set", "code") if section == "tags" else ("code",)))
            row = self.directory.find(subject.name, code)
            extra: Entry = {"week_id": self.directory.week_id} if section in OF_WEEK else {}
            check = check_series if section == "series" else None
            build = partial(make, subject, first, self.directory, check=check, actor=self.actor, **extra)
            self._remember(subject, code, self._take(path, subject, entry, row, build))
            return None
        identity = self._line("id", IDENTITY, entry, path)
        row = self.directory.find(subject.name, identity) if identity else None
        uid = self._line("uid", UID, first if row is None else entry, path) if section == "sessions" else ""
        if identity is None or uid is None:
            return None
        bare = [{name: value for name, value in own.items() if name not in ("id", "uid")} for own in (entry, first)]
        return self._identified(subject, path, identity, uid, row, *bare)

    def _identified(
        self, subject: Subject, path: str, identity: str, uid: str, row: Any, given: Entry, first: Entry
    ) -> None:
        key: Entry = {"source_key": self.directory.key(identity)}
        if subject.name != "session":
            key |= {"week_id": self.directory.week_id} if subject.name in OF_A_WEEK else {}
            build: Callable[[], Any] = partial(make, subject, first, self.directory, actor=self.actor, **key)
            self._remember(subject, identity, self._take(path, subject, given, row, build))
            return
        week = self.report.week
        assert week is not None
        relations, _later = given.pop("relations", None), first.pop("relations", None)
        if uid and (error := self._uid_taken(row, uid)):
            self._wrong(path, "", error, {"uid": uid})
            return
        named = key | ({"uid": uid} if uid else {}) | {"actor": self.actor}
        session = self._take(path, subject, given, row, partial(make_session, week, first, self.directory, **named))
        self._remember(subject, identity, session)
        if session and restore_missing(session, self.actor):
            self.report.counts["sessions", "restored"] += 1
        if session and relations is not None:
            self.relations.append((path, session, relations))

    def _uid_taken(self, row: Any, uid: str) -> FieldError | None:
        if row is not None:
            return FieldError("uid", "uid.fixed") if row.uid != uid else None
        taken = db.session.scalar(select(Session.id).where(Session.uid == uid))
        return FieldError("uid", "code.taken", {"code": uid}) if taken else None

    def _relate(self) -> None:
        for path, session, relations in self.relations:
            changed = self._change(path, SECTIONS["sessions"], session, {"relations": relations})
            if changed and path in self.unchanged:
                self.report.counts["sessions", "unchanged"] -= 1
                self.report.counts["sessions", "changed"] += 1

    def _take(self, path: str, subject: Subject, given: Mapping[str, Any], row: Any, build: Callable[[], Any]) -> Any:
        section = path.partition("[")[0]
        if row is not None:
            changed = self._change(path, subject, row, given)
            if changed is not None:
                self.report.counts[section, "changed" if changed else "unchanged"] += 1
                self.report.rows += [Taken(path, "changed", tuple(changed))] if changed else []
                self.unchanged |= set() if changed else {path}
            return row
        try:
            row = build()
        except Invalid as invalid:
            self._all_wrong(path, invalid.errors, given)
            return None
        self.report.counts[section, "new"] += 1
        self.report.rows.append(Taken(path, "new"))
        return row

    def _change(self, path: str, subject: Subject, row: Any, given: Mapping[str, Any]) -> list[str] | None:
        """Return the fields that were changed, None where something is wrong."""
        week, is_session = self.report.week, subject.name == "session"
        check = check_series if subject.name == "series" else check_session(week) if is_session and week else None
        locked = is_session and is_locked(row.permit_status)
        old = values_of(subject, row, self.directory) if locked else {}
        try:
            changes = change(subject, row, given, self.directory, check=check, actor=self.actor)
        except Invalid as invalid:
            self._all_wrong(path, invalid.errors, given)
            return None
        if locked and (grown := outgrown(old, old | {name: new for name, (_old, new) in changes.items()})):
            self._wrong(path, "", FieldError(grown[0], "permit.locked"), given)
            return None
        return list(changes)

    def _plain(
        self, path: str, section: str, subject: Subject, entry: Entry, put: Callable[[Entry], bool | FieldError | None]
    ) -> None:
        """Take in a row without a code of its own: `put` says None for unchanged, True for new, False for changed."""
        values, errors = cleaned(subject, entry)
        whole = defaults(subject) | values
        errors = errors or incomplete(subject, whole)
        for at, to, reference in references(subject, values):
            if self.directory.find(to, reference) is None:
                errors.append(FieldError(at, "reference.unknown", {"code": reference}))
        result = None if errors else put(whole)
        if isinstance(result, FieldError):
            errors.append(result)
        if errors:
            self._all_wrong(path, errors, entry)
            return
        status = {True: "new", False: "changed", None: "unchanged"}[result]  # type: ignore[index]
        self.report.counts[section, status] += 1
        self.report.rows += [Taken(path, status)] if status != "unchanged" else []

    def _travel(self, whole: Entry) -> bool | FieldError | None:
        ends = sorted(self.directory.find("city", whole[name]).id for name in ("from", "to"))
        if ends[0] == ends[1]:
            return FieldError("to", "list.twice", {"value": whole["to"]})
        row = db.session.get(TravelTime, tuple(ends))
        if row is None:
            db.session.add(TravelTime(from_id=ends[0], to_id=ends[1], minutes=whole["minutes"]))
            return True
        return _put(row, {"minutes": whole["minutes"]})

    def _holiday(self, whole: Entry) -> bool | FieldError | None:
        row = db.session.get(CalendarDay, whole["day"])
        if row is None:
            db.session.add(CalendarDay(**whole))
            return True
        return _put(row, whole)

    def _placement(self, whole: Entry) -> bool | FieldError | None:
        week, session = self.report.week, self.directory.find("session", whole["session"])
        assert week is not None
        start = localised(whole["start"], week.timezone)
        if start is None or (faults := off_grid(week, start)):
            return faults[0] if start else FieldError("start", "field.required")
        plan = working_plan(week.id)
        values = {"start": start, "room": self.directory.find("room", whole["room"])}
        values |= {name: whole[name] for name in ("pin_time", "pin_room")}
        row = db.session.get(Placement, (plan.id, session.id))
        if row and (row.start, row.room) != (start, values["room"]) and is_locked(session.permit_status):
            return FieldError("start", "permit.locked")
        return self._place(session, row, Placement(week_id=week.id, plan_id=plan.id, session_id=session.id), values)

    def _place(self, session: Session, row: Placement | None, new: Placement, values: Entry) -> bool | None:
        old, placement = told_place(row), row or new
        changed = _put(placement, values)
        if row is None:
            db.session.add(new)
        if changed is not None:
            db.session.flush()
            keep_place(self.actor, "place", session, old, placement)
        return True if row is None else changed

    def _remember(self, subject: Subject, reference: str, row: Any) -> None:
        self.directory.remember(subject.name, reference, row)
        if row is None:
            self.failed.add(reference)

    def _line(self, name: str, type_: Line, entry: Mapping[str, Any], path: str = "") -> str | None:
        try:
            text = type_.clean(entry.get(name))
        except Wrong as wrong:
            self._wrong(path, "", FieldError(name, wrong.error.code, wrong.error.facts), entry)
            return None
        if not text and type_.required:
            self._wrong(path, "", FieldError(name, "field.required"), entry)
            return None
        return text

    def _all_wrong(self, path: str, errors: list[FieldError], entry: object) -> None:
        for error in errors:
            if error.code != "reference.unknown" or error.facts["code"] not in self.failed:
                self._wrong(path, "", error, entry)

    def _wrong(self, path: str, at: str, error: FieldError, entry: object) -> None:
        own = bracketed(error.field) if error.field else at
        whole = f"{path}.{own}" if path and own and not own.startswith("[") else path + own
        self.report.problems.append(Problem(whole, value_at(entry, error.field), error.code, error.facts))


def _put(row: Any, values: Entry) -> bool | None:
    """Set what differs; say False where something did, None where nothing."""
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return False if differing else None

"""Take in a programme as a JSON document: all of it, or nothing and a list of what is wrong."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import inspect, select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.db import Bilingual, db, drafting, moved, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.actions.relations import Relations
from eventweek.programme.actions.sessions import (
    check_series,
    check_session,
    fresh_session,
    named_others,
)
from eventweek.programme.actions.verbs import lock_week, require_whole, still_editable
from eventweek.programme.actions.weeks import fill_days
from eventweek.programme.actions.writing import amend, draw, foresee
from eventweek.programme.enums import WeekState
from eventweek.programme.models import Session, Week
from eventweek.programme.models.bindings import MODELS, OF_A_WEEK
from eventweek.programme.queries.directory import Directory
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.checks import cleaned, defaults, incomplete, is_locked, outgrown
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
    reference_of,
    value_at,
)
from eventweek.programme.rules.references import references
from eventweek.programme.rules.subjects import Subject
from eventweek.programme.rules.values import Line, Wrong, shown
from eventweek.scheduling.actions.missing import is_missing, missing_sessions
from eventweek.scheduling.actions.plain_rows import PLAIN
from eventweek.scheduling.actions.waiting import Overtaken, Waiting

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
    """Ends what was only to be looked at."""


Progress = Callable[[int, int], None]
Closing = Callable[[Report], None]
ATTEMPTS = 5
"""How often somebody else may change what an import has read, before it gives way."""


def import_programme(
    document: Mapping[str, Any],
    *,
    actor: Actor,
    dry_run: bool = False,
    keep_missing: bool = False,
    progress: Progress = lambda _done, _all: None,
    closing: Closing = lambda _report: None,
) -> Report:
    """Take in every section of a document, or with `dry_run` only say what that would do.

    What the source has sent before is found again by its id and changed; a second run changes nothing. A document that
    is `whole` cancels the sessions that its source no longer holds, unless `keep_missing`. `progress` is told the
    number of rows that are done, and of all; `closing` is the last step of the transaction.

    Everything is read, checked and drawn up before the write lock is taken, and begun anew where it was overtaken.
    Raises: Refusal permission.denied, week.archived, version.stale where others change the same all the time,
        import.wrong with the `report` (not with `dry_run`), rule.blocked.
    """
    for _attempt in range(ATTEMPTS):
        run = _Import(document, Report(), actor, progress)
        try:
            with drafting() as rows:
                _look_through(run, keep_missing, dry_run)
            with transaction(rows):
                _write(run, rows)
                closing(run.report)
        except _Rehearsed:
            run.report.week = None
        except Overtaken:
            if rows:
                continue
            break  # inside an action that can no longer go on
        return run.report
    raise Refusal("version.stale", fields=[], version=0)


def _look_through(run: "_Import", keep_missing: bool, dry_run: bool) -> None:
    report = run.report
    require(run.actor, Verb.MASTERS_EDIT)
    run.run()
    if not keep_missing and report.week:
        run.miss(missing_sessions(report.week, run.document))
    if dry_run:
        raise _Rehearsed
    if report.problems:
        report.week = None
        raise Refusal("import.wrong", report=report, count=len(report.problems))
    run.waiting.seal()


def _write(run: "_Import", rows: Sequence[Any]) -> None:
    report, actor, waiting = run.report, run.actor, run.waiting
    require(actor, Verb.MASTERS_EDIT)
    with db.session.no_autoflush:
        if report.week and (known := inspect(report.week).identity):
            lock_week(known[0])
        if moved(rows) or (rows and waiting.relations and waiting.relations.moved()):
            raise Overtaken
    waiting.write(report.week, actor)
    facts: Entry = {f"{section}.{status}": n for (section, status), n in sorted(report.counts.items())}
    code, week_id = (report.week.code, report.week.id) if report.week else ("", None)
    record(actor, "programme.import", "week", code, week_id=week_id, **facts)


class _Import:
    """One run through a document."""

    def __init__(self, document: Mapping[str, Any], report: Report, actor: Actor, progress: Progress) -> None:
        self.document, self.report, self.actor, self.progress = document, report, actor, progress
        self.done, self.all = 0, sum(len(rows) for rows in document.values() if isinstance(rows, list))
        self.failed: set[str] = set()
        self.unchanged: set[str] = set()
        self.relations: list[tuple[str, Session, list[Any]]] = []
        self.waiting = Waiting()
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

    def miss(self, sessions: Sequence[Session]) -> None:
        """Let sessions be cancelled that the source no longer holds."""
        self.waiting.missing = sessions
        self.report.cancelled = [session.title for session in sessions]
        self.report.counts["sessions", "cancelled"] += len(sessions)

    def _week(self) -> None:
        given = self.document.get("week")
        if not isinstance(given, Mapping):
            self._wrong("", "", FieldError("week", "import.no_week"), self.document)
            return
        week = db.session.scalar(select(Week).where(Week.code == shown(given.get("code"))))
        if week is None:
            require(self.actor, Verb.WEEK_CREATE)
        else:
            require_whole(self.actor, Verb.PROGRAMME_EDIT, week.id)
            still_editable(week)
        given, first = parted(given)
        build = partial(draw, WEEK, first, self.directory, fill=fill_days, state=WeekState.DRAFT)
        week = self._take("week", WEEK, given, week, build)
        self.report.week = week
        if week:
            self.directory.week_id, self.directory.zone = week.id, week.timezone
            self.waiting.relations = Relations(week.id)

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
            own = self.directory.key(key[0]) if section in WITH_ID else key
            if own in seen:
                self._wrong(path, "", FieldError("", "list.twice", {"value": " ".join(key)}), entry)
                continue
            seen.add(own)
            self._entry(section, path, dict(entry))
            self.done += 1
            self.progress(self.done, self.all)

    def _look_up(self, section: str, entries: list[Any]) -> None:
        """Read everything that the section changes and refers to, each subject by a few statements."""
        subject, rows = SECTIONS[section], [entry for entry in entries if isinstance(entry, Mapping)]
        if subject.name in MODELS:
            self.directory.load(subject.name, (reference_of(section, entry) for entry in rows), whole=True)
        wanted: dict[str, set[str]] = {}
        for entry in rows:
            given = parted(entry)[1]
            own = {name: given[name] for name in subject.referring if name in given}
            for _path, to, reference in references(subject, cleaned(subject, own)[0]):
                wanted.setdefault(to, set()).add(reference)
        for to in sorted(wanted):
            self.directory.load(to, wanted[to])
        if section == "sessions":
            given_uids = [entry["uid"] for entry in rows if isinstance(entry.get("uid"), str)]
            self.waiting.uids = set(db.session.scalars(select(Session.uid).where(Session.uid.in_(given_uids))))

    def _entry(self, section: str, path: str, entry: Entry) -> None:
        subject = SECTIONS[section]
        if section in PLAIN:
            return self._plain(path, section, subject, entry)
        entry, first = parted(entry)
        if section not in WITH_ID:
            code = reference_of(section, entry)
            row = self.directory.find(subject.name, code)
            extra: Entry = {"week_id": self.directory.week_id} if section in OF_WEEK else {}
            check = check_series if section == "series" else None
            build = partial(draw, subject, first, self.directory, check=check, **extra)
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
            build = partial(draw, subject, first, self.directory, **key)
            self._remember(subject, identity, self._take(path, subject, given, row, build))
            return
        week = self.report.week
        assert week is not None
        relations, _later = given.pop("relations", None), first.pop("relations", None)
        if uid and (error := self.waiting.uid_fault(row, uid)):
            self._wrong(path, "", error, {"uid": uid})
            return
        own = fresh_session(week, week_id=week.id, **key, **({"uid": uid} if uid else {}))
        session = self._take(path, subject, given, row, partial(draw, subject, first, self.directory, **own))
        self._remember(subject, identity, session)
        if session and is_missing(session):
            self.waiting.restored.append(session)
            self.report.counts["sessions", "restored"] += 1
        if session and relations is not None:
            self.relations.append((path, session, relations))

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
        self.waiting.made(subject, row)
        self.report.counts[section, "new"] += 1
        self.report.rows.append(Taken(path, "new"))
        return row

    def _change(self, path: str, subject: Subject, row: Any, given: Mapping[str, Any]) -> list[str] | None:
        """Return the fields that are changed, None where something is wrong."""
        week, is_session = self.report.week, subject.name == "session"
        check = check_session(week, self.waiting.relations) if is_session and week else None
        check = check_series if subject.name == "series" else check
        locked = is_session and is_locked(row.permit_status)
        old = values_of(subject, row, self.directory) if locked else {}
        try:
            changes = foresee(subject, row, given, self.directory, check=check)
        except Invalid as invalid:
            self._all_wrong(path, invalid.errors, given)
            return None
        if locked and (grown := outgrown(old, old | {name: new for name, (_old, new) in changes.items()})):
            self._wrong(path, "", FieldError(grown[0], "permit.locked"), given)
            return None
        if changes:
            self.waiting.edited(subject, row, values_of(subject, row), changes)
            amend(subject, row, changes, self.directory)
        if "relations" in changes and self.waiting.relations:
            others = named_others({"relations": changes["relations"][1]}, self.directory)
            self.waiting.relations.put(row, others)
        return list(changes)

    def _plain(self, path: str, section: str, subject: Subject, entry: Entry) -> None:
        """Take in a row without a code of its own."""
        values, errors = cleaned(subject, entry)
        whole = defaults(subject) | values
        errors = errors or incomplete(subject, whole)
        for at, to, reference in references(subject, values):
            if self.directory.find(to, reference) is None:
                errors.append(FieldError(at, "reference.unknown", {"code": reference}))
        status = None if errors else PLAIN[section](whole, self.directory, self.waiting, self.report.week)
        if isinstance(status, FieldError):
            errors.append(status)
        if errors:
            self._all_wrong(path, errors, entry)
            return
        self.report.counts[section, str(status)] += 1
        self.report.rows += [Taken(path, str(status))] if status != "unchanged" else []

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

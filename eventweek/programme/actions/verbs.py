"""The verbs that every subject has: create, edit, archive, restore, delete."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from types import ModuleType
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.audit.revisions import forget
from eventweek.kernel.clock import now
from eventweek.kernel.db import Base, db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.kernel.tokens import is_code, random_code
from eventweek.programme.actions.writing import Check, change, keep, make, refuse_stale, told
from eventweek.programme.enums import WeekState
from eventweek.programme.models import Session, Week
from eventweek.programme.models.bindings import KEYED, MODELS
from eventweek.programme.queries.directory import Directory
from eventweek.programme.rules.scopes import reaches
from eventweek.programme.rules.subjects import Subject

M = TypeVar("M", bound=Base)
Used = Callable[[Any], bool]


@dataclass(frozen=True)
class Verbs:
    """What the programme does with a subject; those of a week's part take the week's id first. `delete`: or never."""

    create: Callable[..., Any]
    edit: Callable[..., Any]
    archive: Callable[..., Any]
    restore: Callable[..., Any]
    delete: Any = None

    @classmethod
    def of(cls, module: ModuleType, noun: str) -> "Verbs":
        """Return the five verbs of a noun: `create_venue` and so on."""
        return cls(*(getattr(module, f"{field.name}_{noun}") for field in fields(cls)))


class Masters(Generic[M]):
    """Verbs of a subject that belongs to the installation and outlives every week."""

    def __init__(self, subject: Subject, model: type[M], check: Check | None = None) -> None:
        assert MODELS[subject.name] is model
        self.subject, self.model, self.check = subject, model, check

    def create(self, values: Mapping[str, object], *, actor: Actor) -> M:
        """Add one.

        Raises: Refusal permission.denied; Invalid.
        """
        with transaction():
            require(actor, Verb.MASTERS_EDIT)
            identity: dict[str, Any] = {"source_key": f"desk:{random_code()}"} if self.subject.name in KEYED else {}
            row: M = make(self.subject, values, Directory(), check=self.check, actor=actor, **identity)
            self._record(actor, "create", row, {})
        return row

    def edit(self, code: str, values: Mapping[str, object], *, version: int | None, actor: Actor) -> M:
        """Change the given fields of the version that the actor has seen (None: whatever stands).

        Raises: Refusal permission.denied, subject.not_found, version.stale; Invalid.
        """
        with transaction():
            require(actor, Verb.MASTERS_EDIT)
            row = self._get(code)
            changes = change(self.subject, row, values, Directory(), check=self.check, version=version, actor=actor)
            if changes:
                self._record(actor, "edit", row, told(self.subject, changes))
        return row

    def archive(self, code: str, *, actor: Actor, version: int | None = None) -> M:
        """Take it out of the choices; what uses it keeps it. A second call changes nothing.

        Raises: Refusal permission.denied, subject.not_found, version.stale.
        """
        return self._shelve(code, True, actor, version)

    def restore(self, code: str, *, actor: Actor, version: int | None = None) -> M:
        """Bring it back into the choices. A second call changes nothing.

        Raises: Refusal permission.denied, subject.not_found, version.stale.
        """
        return self._shelve(code, False, actor, version)

    def delete(self, code: str, *, actor: Actor, version: int | None = None) -> None:
        """Remove one that nothing uses.

        Raises: Refusal permission.denied, subject.not_found, version.stale, subject.used.
        """
        with transaction():
            require(actor, Verb.MASTERS_EDIT)
            row = self._get(code)
            refuse_stale(row, version)
            self._record(actor, "delete", row, {})
            remove(self.subject, row, actor)

    def _shelve(self, code: str, away: bool, actor: Actor, version: int | None) -> M:
        with transaction():
            require(actor, Verb.MASTERS_EDIT)
            row = self._get(code)
            refuse_stale(row, version)
            if shelve(self.subject, row, away, actor):
                self._record(actor, "archive" if away else "restore", row, {})
        return row

    def _get(self, code: str) -> M:
        model: Any = self.model
        row: M | None = db.session.scalar(select(model).where(model.code == code).with_for_update(of=model))
        if row is None:
            raise Refusal("subject.not_found")
        return row

    def _record(self, actor: Actor, verb: str, row: Any, changes: dict[str, Any]) -> None:
        record(actor, f"{self.subject.name}.{verb}", self.subject.name, row.code, **changes)


class Parts(Generic[M]):
    """Verbs of a subject that belongs to one week; an archived week refuses them all."""

    def __init__(
        self, subject: Subject, model: type[M], verb: Verb, check: Check | None = None, used: Used | None = None
    ) -> None:
        assert MODELS[subject.name] is model
        self.subject, self.model, self.verb, self.check, self.used = subject, model, verb, check, used

    def create(self, week_id: int, values: Mapping[str, object], *, actor: Actor) -> M:
        """Add one to the week.

        Raises: Refusal permission.denied, week.not_found, week.archived; Invalid.
        """
        with transaction():
            require_whole(actor, self.verb, week_id)
            week = editable_week(week_id)
            identity: dict[str, Any] = {"source_key": f"desk:{random_code()}"} if self.subject.name in KEYED else {}
            directory = Directory(week.id, zone=week.timezone)
            row: M = make(self.subject, values, directory, check=self.check, actor=actor, week_id=week.id, **identity)
            self._record(actor, "create", row, {})
        return row

    def edit(self, week_id: int, code: str, values: Mapping[str, object], *, version: int | None, actor: Actor) -> M:
        """Change the given fields of the version that the actor has seen (None: whatever stands).

        Raises: Refusal permission.denied, week.not_found, week.archived, subject.not_found, version.stale; Invalid.
        """
        with transaction():
            require_whole(actor, self.verb, week_id)
            week = editable_week(week_id)
            directory = Directory(week.id, zone=week.timezone)
            row = self._get(directory, code)
            changes = change(self.subject, row, values, directory, check=self.check, version=version, actor=actor)
            if changes:
                self._record(actor, "edit", row, told(self.subject, changes))
        return row

    def archive(self, week_id: int, code: str, *, actor: Actor, version: int | None = None) -> M:
        """Take it out of the choices; what uses it keeps it. A second call changes nothing.

        Raises: Refusal permission.denied, week.not_found, week.archived, subject.not_found, version.stale.
        """
        return self._shelve(week_id, code, True, actor, version)

    def restore(self, week_id: int, code: str, *, actor: Actor, version: int | None = None) -> M:
        """Bring it back into the choices. A second call changes nothing.

        Raises: Refusal permission.denied, week.not_found, week.archived, subject.not_found, version.stale.
        """
        return self._shelve(week_id, code, False, actor, version)

    def delete(self, week_id: int, code: str, *, actor: Actor, version: int | None = None) -> None:
        """Remove one that nothing uses.

        Raises: Refusal permission.denied, week.not_found, week.archived, subject.not_found, version.stale,
            subject.used.
        """
        with transaction():
            require_whole(actor, self.verb, week_id)
            row = self._get(Directory(editable_week(week_id).id), code)
            refuse_stale(row, version)
            if self.used and self.used(row):
                raise Refusal("subject.used")
            self._record(actor, "delete", row, {})
            remove(self.subject, row, actor)

    def _shelve(self, week_id: int, code: str, away: bool, actor: Actor, version: int | None) -> M:
        with transaction():
            require_whole(actor, self.verb, week_id)
            row = self._get(Directory(editable_week(week_id).id), code)
            refuse_stale(row, version)
            if shelve(self.subject, row, away, actor):
                self._record(actor, "archive" if away else "restore", row, {})
        return row

    def _get(self, directory: Directory, code: str) -> M:
        row: M | None = directory.find(self.subject.name, code)
        if row is None:
            raise Refusal("subject.not_found")
        return row

    def _record(self, actor: Actor, verb: str, row: Any, changes: dict[str, Any]) -> None:
        code = Directory().reference(self.subject.name, row)
        record(actor, f"{self.subject.name}.{verb}", self.subject.name, code, week_id=row.week_id, **changes)


def require_whole(actor: Actor, verb: Verb, week_id: int) -> None:
    """Let go on who may do this in all of the week: what sorts or joins its sessions is not one city's.

    Raises: Refusal permission.denied.
    """
    require(actor, verb, week_id)
    if not reaches(actor, verb, week_id, city="", track=""):
        raise Refusal("permission.denied", verb=str(verb))


def editable_week(week_id: int) -> Week:
    """Lock the edition for a change; rows that only refer to it, such as registrations, can still be added beside.

    Raises: Refusal week.not_found, week.archived.
    """
    return still_editable(_locked(select(Week).where(Week.id == week_id)))


def editable_week_of(session: str) -> Week:
    """Lock the edition of a session (code) for a change, as `editable_week` does.

    Raises: Refusal session.not_found, week.archived.
    """
    own = select(Week).join(Session, Session.week_id == Week.id).where(Session.code == session)
    week = _locked(own) if is_code(session) else None
    if week is None:
        raise Refusal("session.not_found")
    return still_editable(week)


def _locked(query: Select[Week]) -> Week | None:
    locking = query.with_for_update(key_share=True, of=Week).execution_options(populate_existing=True)
    week: Week | None = db.session.scalar(locking)
    return week


def still_editable(week: Week | None) -> Week:
    """Return the edition if it can be changed.

    Raises: Refusal week.not_found, week.archived.
    """
    if week is None:
        raise Refusal("week.not_found")
    if week.state == WeekState.ARCHIVED:
        raise Refusal("week.archived")
    return week


def lock_week(week_id: int) -> None:
    """Lock the edition as `editable_week` does, without reading it again."""
    db.session.execute(select(Week.id).where(Week.id == week_id).with_for_update(key_share=True))


def shelve(subject: Subject, row: Any, away: bool, actor: Actor) -> bool:
    """Archive or restore a row; say whether that changed it."""
    if bool(row.archived_at) == away:
        return False
    row.archived_at = now() if away else None
    db.session.flush()
    keep(actor, "archive" if away else "restore", subject, row, {"archived": [not away, away]})
    return True


def remove(subject: Subject, row: Any, actor: Actor) -> None:
    """Delete a row; its history stays without the personal values.

    Raises: Refusal subject.used where something refers to it.
    """
    keep(actor, "delete", subject, row, {})
    forget(subject.name, [row.id])
    db.session.delete(row)
    try:
        db.session.flush()
    except IntegrityError:
        raise Refusal("subject.used") from None

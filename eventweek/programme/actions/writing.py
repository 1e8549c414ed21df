"""Put clean values into a row and tell what differs; no transaction of its own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from eventweek.audit.actors import Actor
from eventweek.audit.revisions import Thread, differing, revise
from eventweek.kernel.db import db
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.tokens import random_code
from eventweek.programme.models.bindings import BINDINGS, MODELS, Other, Own
from eventweek.programme.queries.directory import Directory
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.checks import cleaned, defaults, incomplete, localised, senseless
from eventweek.programme.rules.references import references
from eventweek.programme.rules.subjects import SUBJECTS, Subject
from eventweek.programme.rules.values import plain, same

Values = dict[str, Any]
Changes = dict[str, tuple[Any, Any]]
Check = Callable[[Values, Any, Directory], list[FieldError]]
Fill = Callable[[Values, set[str], Directory], None]


def make(subject: Subject, given: Mapping[str, object], directory: Directory, *, actor: Actor, **how: Any) -> Any:
    """Add and write a new row with these values, which open its history; `how` as in `draw`.

    Raises: Invalid.
    """
    return make_all(subject, [given], directory, actor=actor, **how)[0]


def make_all(
    subject: Subject, given: Sequence[Mapping[str, object]], directory: Directory, *, actor: Actor, **how: Any
) -> list[Any]:
    """Add and write new rows together, each as `make` does.

    Raises: Invalid.
    """
    rows = [draw(subject, values, directory, **how) for values in given]
    if rows:
        _flush(subject, rows[0])
    for row in rows:
        keep(actor, "create", subject, row, first_values(subject, row))
    return rows


def draw(
    subject: Subject,
    given: Mapping[str, object],
    directory: Directory,
    *,
    check: Check | None = None,
    fill: Fill | None = None,
    **identity: Any,
) -> Any:
    """Add a new row with these values, not written yet; `fill` completes what is left out, `check` asks further rules.

    Raises: Invalid.
    """
    values, errors = _clean(subject, given, directory)
    whole = defaults(subject) | values
    errors += unknown(subject, values, {}, directory)
    if fill and not errors:
        fill(whole, set(values), directory)
    own = {} if "code" in subject.fields else {"code": random_code()}
    row = MODELS[subject.name](**own, **identity)
    _refuse(errors or _faults(subject, whole, row, directory, check))
    with db.session.no_autoflush:
        _write(subject, row, whole, directory)
    db.session.add(row)
    if "code" in subject.fields:
        directory.remember(subject.name, _called(subject, whole), row)
    return row


def first_values(subject: Subject, row: Any) -> dict[str, Any]:
    """Return as [None or default, value] what a new row says."""
    usual = _plain_defaults(subject.name)
    return differing({name: usual[name] for name in subject.fields}, plain(values_of(subject, row)))


def change(
    subject: Subject,
    row: Any,
    given: Mapping[str, object],
    directory: Directory,
    *,
    check: Check | None = None,
    version: int | None = None,
    actor: Actor,
) -> Changes:
    """Write the values that differ, keep them in the row's history and return them as (old, new) by field.

    Raises: Invalid; Refusal version.stale with `fields`, where the row is no longer the version that was edited.
    """
    changes = foresee(subject, row, given, directory, check=check)
    if version is not None and version != row.version:
        differences = [{"field": name, "mine": mine, "theirs": theirs} for name, (theirs, mine) in changes.items()]
        raise Refusal("version.stale", fields=differences, version=row.version)
    if changes:
        put(subject, [(row, changes)], directory, actor)
    return changes


def foresee(
    subject: Subject,
    row: Any,
    given: Mapping[str, object],
    directory: Directory,
    *,
    check: Check | None = None,
    old: Values | None = None,
) -> Changes:
    """Return the values that differ as (old, new) by field, without writing any; `old`: the row's, if read already.

    Raises: Invalid.
    """
    old = values_of(subject, row, directory) if old is None else old
    values, errors = _clean(subject, given, directory)
    errors += unknown(subject, values, old, directory)
    whole = old | values
    _refuse(errors or _faults(subject, whole, row, directory, check))
    fields = subject.fields
    return {n: (old[n], whole[n]) for n in values if not same(fields[n], old[n], whole[n])}


def refuse_stale(row: Any, version: int | None) -> None:
    """Let the version go on that the actor has seen (None: whatever stands).

    Raises: Refusal version.stale.
    """
    if version is not None and version != row.version:
        raise Refusal("version.stale", fields=[], version=row.version)


def put(subject: Subject, edits: Sequence[tuple[Any, Changes]], directory: Directory, actor: Actor) -> None:
    """Write foreseen changes of one or many rows at once; `row.version` is the new one afterwards.

    The history calls other rows by their codes, also where the directory knows a source's ids.
    """
    before = [values_of(subject, row, names=changes) for row, changes in edits]
    for row, changes in edits:
        amend(subject, row, changes, directory)
    _flush(subject, edits[0][0])
    for (row, changes), old in zip(edits, before, strict=True):
        keep(actor, "edit", subject, row, turned(subject, row, old, changes))


def put_columns(subject: Subject, edits: Sequence[tuple[Any, Changes]], directory: Directory, actor: Actor) -> None:
    """Write foreseen changes of columns and single references of many bare rows; `row.version` is the new one then.

    All rows of which the same fields change are written by one statement.
    Raises: Refusal version.stale.
    """
    alike: dict[tuple[str, ...], list[tuple[Any, Changes]]] = {}
    for row, changes in edits:
        alike.setdefault(tuple(changes), []).append((row, changes))
    bindings = BINDINGS.get(subject.name, {})
    for names, some in alike.items():
        columns = {name: f"{name}_id" if name in bindings else name for name in names}
        _update(subject, columns, [(row, _stored(subject, columns, changes, directory)) for row, changes in some])
    for row, changes in edits:
        row.version += 1
        keep(actor, "edit", subject, row, changes)


def _stored(subject: Subject, columns: Mapping[str, str], changes: Changes, directory: Directory) -> Values:
    """Return by column the new values, other rows by their id."""
    values: Values = {}
    for name, (_old, new) in changes.items():
        binding = BINDINGS.get(subject.name, {}).get(name)
        values[columns[name]] = directory.find(binding.subject, new).id if isinstance(binding, Other) and new else new
    return values


def _update(subject: Subject, columns: Mapping[str, str], rows: Sequence[tuple[Any, Values]]) -> None:
    own: Any = MODELS[subject.name].__table__
    new: Values = {column: bindparam(f"new_{column}") for column in columns.values()}
    query = update(own).where(own.c.id == bindparam("own_id"), own.c.version == bindparam("own_version"))
    values = [
        {"own_id": row.id, "own_version": row.version} | {f"new_{name}": value for name, value in said.items()}
        for row, said in rows
    ]
    done: Any = db.session.execute(query.values(version=own.c.version + 1, **new), values)
    if done.rowcount != len(rows):
        raise Refusal("version.stale", fields=[], version=0)


def amend(subject: Subject, row: Any, changes: Changes, directory: Directory) -> None:
    """Set foreseen changes of a row, not written yet."""
    with db.session.no_autoflush:
        _write(subject, row, {name: new for name, (_old, new) in changes.items()}, directory)
        touch(row)


def turned(subject: Subject, row: Any, before: Values, names: Iterable[str]) -> dict[str, Any]:
    """Return `[old, new]` of these fields of an amended row."""
    after = values_of(subject, row, names=names)
    return {name: [before[name], after[name]] for name in after}


def keep(actor: Actor, verb: str, subject: Subject, row: Any, changes: Mapping[str, Any]) -> None:
    """Keep a change of a written row in its history, personal fields where they can be erased."""
    week_id = row.id if subject.name == "week" else getattr(row, "week_id", None)
    thread = Thread(subject.name, row.id, Directory().reference(subject.name, row), week_id, row.version)
    revise(actor, verb, thread, {name: plain(pair) for name, pair in changes.items()}, personal=masked(subject))


def masked(subject: Subject) -> set[str]:
    """Return the names of the fields that hold personal data."""
    return {*subject.masked, *(f"{stem}_{language}" for stem in subject.masked for language in ("zh", "en"))}


def touch(row: Any) -> None:
    """Let the version rise although only rows of its own may have changed."""
    flag_modified(row, "code")


def told(subject: Subject, changes: Changes) -> dict[str, Any]:
    """Return changes as the audit keeps them: plain JSON, personal fields masked."""
    hidden = masked(subject)
    return {
        name: ["***", "***"] if name in hidden else [plain(old), plain(new)] for name, (old, new) in changes.items()
    }


def unknown(subject: Subject, values: Values, old: Values, directory: Directory) -> list[FieldError]:
    """Name the references that lead nowhere, and those to archived rows unless `old` values hold them already."""
    wanted = references(subject, values)
    for to in sorted({to for _path, to, _reference in wanted}):
        directory.load(to, [reference for _path, other, reference in wanted if other == to])
    before = {(to, reference) for _path, to, reference in references(subject, old)}
    errors = []
    for path, to, reference in wanted:
        other = directory.find(to, reference)
        if other is None:
            errors.append(FieldError(path, "reference.unknown", {"code": reference}))
        elif getattr(other, "archived_at", None) and (to, reference) not in before:
            errors.append(FieldError(path, "reference.archived", {"code": reference}))
    return errors


def _clean(subject: Subject, given: Mapping[str, object], directory: Directory) -> tuple[Values, list[FieldError]]:
    values, errors = cleaned(subject, given)
    moments = {name: localised(value, directory.zone) for name, value in values.items() if isinstance(value, datetime)}
    return values | moments, errors


def _refuse(errors: list[FieldError]) -> None:
    if errors:
        raise Invalid(errors)


def _faults(subject: Subject, whole: Values, row: Any, directory: Directory, check: Check | None) -> list[FieldError]:
    errors = incomplete(subject, whole)
    errors = errors or senseless(subject, whole) + _taken(subject, whole, row, directory)
    return errors or (check(whole, row, directory) if check else [])


def _taken(subject: Subject, whole: Values, row: Any, directory: Directory) -> list[FieldError]:
    if "code" not in subject.fields or whole["code"] == row.code:
        return []
    with db.session.no_autoflush:
        other = directory.find(subject.name, _called(subject, whole))
    return [FieldError("code", "code.taken", {"code": whole["code"]})] if other not in (None, row) else []


def _called(subject: Subject, whole: Values) -> str:
    """Return by what a row with a code of its own is found."""
    return f"{whole['set']}:{whole['code']}" if subject.name == "tag" else str(whole["code"])


@cache
def _plain_defaults(name: str) -> Values:
    return dict(plain(defaults(SUBJECTS[name])))


def _write(subject: Subject, row: Any, values: Values, directory: Directory) -> None:
    bindings = BINDINGS.get(subject.name, {})
    for name, value in values.items():
        binding = bindings.get(name)
        if isinstance(binding, Own):
            _replace(row, name, value, binding, directory)
        elif isinstance(binding, Other):
            one = directory.find
            many = [one(binding.subject, r) for r in value] if binding.many else None
            setattr(row, name, many if many is not None else one(binding.subject, value) if value else None)
        else:
            setattr(row, name, value)


def _replace(row: Any, name: str, value: list[Any], own: Own, directory: Directory) -> None:
    entries = [{own.fields[0]: one} if own.single else one for one in value]
    wanted = [
        {part: directory.find(own.others[part], e[part]) if part in own.others else e[part] for part in own.fields}
        for e in entries
    ]
    kept = {tuple(getattr(child, part) for part in own.key): child for child in getattr(row, name)}
    result = []
    for position, entry in enumerate(wanted):
        child: Any = kept.get(tuple(entry[part] for part in own.key)) or own.model(**_owner(own, row))
        for part, new in entry.items():
            if getattr(child, part) != new:
                setattr(child, part, new)
        if own.numbered and getattr(child, "position", None) != position:
            child.position = position
        result.append(child)
    setattr(row, name, result)


def _owner(own: Own, row: Any) -> dict[str, Any]:
    scoped = "week_id" in own.model.__table__.c and getattr(row, "week_id", None) is not None
    return {"week_id": row.week_id} if scoped else {}


def _flush(subject: Subject, row: Any) -> None:
    code = row.code
    try:
        db.session.flush()
    except StaleDataError:
        raise Refusal("version.stale", fields=[], version=0) from None
    except IntegrityError:
        if "code" not in subject.fields:
            raise
        raise Invalid([FieldError("code", "code.taken", {"code": code})]) from None

"""List, show, make, change, delete, archive and restore: the same views for every subject of the table."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk import schemas
from eventweek.api.v1.desk.frame import (
    Facts,
    View,
    asked,
    blueprint,
    created,
    done,
    instant,
    needs_key,
    paged,
    record,
    seen_version,
    sent,
    text,
)
from eventweek.api.v1.desk.histories import past
from eventweek.api.v1.desk.resources import RESOURCES, Resource
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.audit.histories import list_deleted, stretch_of
from eventweek.kernel.clock import now
from eventweek.kernel.errors import FieldError, Invalid
from eventweek.kernel.text import clean_line
from eventweek.programme.models import Week
from eventweek.programme.queries.directory import Directory
from eventweek.programme.queries.records import RecordFilter, filters, get_record, list_records
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.subjects import Subject

OVERLAP = timedelta(minutes=2)
"""A change is dated when it begins and seen when it is committed: so much is told twice that none is left out."""
ARCHIVED = {"": False, "false": False, "true": True, "all": None}


def shape(subject: Subject, row: Any) -> Facts:
    """Return a row as the desk's API tells it: its fields, and beside them what only verbs change."""
    beside = {name: getattr(row, name) for name in schemas.BESIDE if hasattr(row, name)}
    if subject.name == "session":
        beside["cancel_reason"] = {"zh": row.cancel_reason.zh, "en": row.cancel_reason.en}
    called = Directory().reference(subject.name, row)
    return {"id": called, "version": row.version, **told(beside), **told(values_of(subject, row))}


def shown(subject: Subject, week: Week | None, code: str, status: int = 200) -> Response:
    """Answer a record with its ETag.

    Raises: Refusal subject.not_found.
    """
    row = get_record(subject, week.id if week else None, code)
    return record(shape(subject, row), row.version, status)


def _list(own: Resource) -> View:
    @needs_key(Verb.PROGRAMME_READ)
    def records(_actor: Actor, week: Week | None = None) -> Response:
        known = filters(own.subject)
        given = asked("q", "archived", "changed_since", *known)
        since = instant(given, "changed_since")
        archived = given.get("archived", "all" if since else "")
        if archived not in ARCHIVED:
            raise Invalid([FieldError("archived", "json.choice")])
        wanted = RecordFilter(
            words=clean_line(given.get("q", "")[:200], 200),
            archived=ARCHIVED[archived],
            equal={name: clean_line(given[name][:120], 120) for name in known if name in given},
            since=since,
        )
        return paged(
            lambda window: list_records(own.subject, _id(week), wanted, window),
            lambda r: shape(own.subject, r),
            _sync(own.subject, _id(week), since) if since else {},
        )

    return records


def _sync(subject: Subject, week_id: int | None, since: datetime) -> Facts:
    """Return what else a program needs that keeps a copy: what is gone, and from when to ask the next time."""
    gone = list_deleted(subject.name, week_id, since)
    return dict(told({"deleted": [{"id": code, "at": at} for code, at in gone], "next_since": now() - OVERLAP}))


def _show(own: Resource) -> View:
    @needs_key(Verb.PROGRAMME_READ)
    def one(_actor: Actor, code: str, week: Week | None = None) -> Response:
        return shown(own.subject, week, code)

    return one


def _create(own: Resource) -> View:
    @needs_key(own.verb)
    def create(actor: Actor, week: Week | None = None) -> Response:
        body = sent()

        def produce() -> str:
            return Directory().reference(own.noun, own.verbs.create(*_scope(week), body, actor=actor))

        address = {"week": week.code} if week else {}
        return created(body, f"desk_api.{own.noun}", produce, lambda code: shown(own.subject, week, code), **address)

    return create


def _edit(own: Resource) -> View:
    @needs_key(own.verb)
    def edit(actor: Actor, code: str, week: Week | None = None) -> Response:
        body, version = sent(), seen_version()
        get_record(own.subject, _id(week), code)
        extras = {name: text(body, name) for name in own.extras}
        values = {name: value for name, value in body.items() if name not in own.extras}
        row = own.verbs.edit(*_scope(week), code, values, version=version, actor=actor, **extras)
        return shown(own.subject, week, Directory().reference(own.noun, row))

    return edit


def _delete(own: Resource) -> View:
    @needs_key(own.verb)
    def delete(actor: Actor, code: str, week: Week | None = None) -> Response:
        own.verbs.delete(*_scope(week), code, version=seen_version(), actor=actor)
        return done()

    return delete


def _shelve(own: Resource, verb: Callable[..., Any]) -> View:
    return _turn(own, verb, own.verb)


def _publish(own: Resource, verb: Callable[..., Any]) -> View:
    return _turn(own, verb, Verb.RELEASE_PUBLISH)


def _turn(own: Resource, verb: Callable[..., Any], right: Verb) -> View:
    @needs_key(right)
    def turn(actor: Actor, code: str, week: Week | None = None) -> Response:
        version = seen_version()
        get_record(own.subject, _id(week), code)
        verb(*_scope(week), code, version=version, actor=actor)
        return shown(own.subject, week, code)

    return turn


def _history(own: Resource) -> View:
    @needs_key(Verb.PROGRAMME_READ)
    def history(_actor: Actor, code: str, week: Week | None = None) -> Response:
        row = get_record(own.subject, _id(week), code)
        places = [("placement", row.id)] if own.noun == "session" else []
        return past(stretch_of(own.noun, row.id, *places))

    return history


def _id(week: Week | None) -> int | None:
    return week.id if week else None


def _scope(week: Week | None) -> list[int]:
    return [week.id] if week else []


def _hang(own: Resource) -> None:
    """Hang the resources of a subject on the blueprint, each with its description."""
    one, noun = f"{own.address}/<code>", own.noun
    views: list[tuple[str, str, str, View]] = [
        ("GET", own.address, f"{noun}_list", _list(own)),
        ("POST", own.address, f"{noun}_create", _create(own)),
        ("GET", one, noun, _show(own)),
        ("PATCH", one, f"{noun}_edit", _edit(own)),
        ("GET", f"{one}/history", f"{noun}_history", _history(own)),
        ("PUT", f"{one}/archive", f"{noun}_archive", _shelve(own, own.verbs.archive)),
        ("DELETE", f"{one}/archive", f"{noun}_restore", _shelve(own, own.verbs.restore)),
    ]
    if own.verbs.delete:
        views.append(("DELETE", one, f"{noun}_delete", _delete(own)))
    if own.publish:
        views.append(("PUT", f"{one}/publication", f"{noun}_publish", _publish(own, own.publish)))
        views.append(("DELETE", f"{one}/publication", f"{noun}_withdraw", _publish(own, own.withdraw)))
    for method, address, endpoint, view in views:
        described = schemas.described(own, endpoint.removeprefix(noun).strip("_"), view)
        blueprint.add_url_rule(address, endpoint, described, methods=[method])


for resource in RESOURCES:
    _hang(resource)

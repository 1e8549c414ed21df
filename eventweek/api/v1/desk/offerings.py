"""Offerings: what one registers for, its seats and its window; the people in them are not here."""

from typing import Any

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import Facts, blueprint, created, needs_key, record, seen_version, sent
from eventweek.api.v1.desk.schemas import IF_MATCH, IF_NONE_MATCH, ONCE, described_as
from eventweek.api.v1.frame import private
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.models import Week
from eventweek.programme.rules.checks import cleaned, localised
from eventweek.programme.rules.subjects import Subject
from eventweek.registration.actions.offerings import close_offering, create_offering, edit_offering, reopen_offering
from eventweek.registration.queries.desk import find_offering, list_week_offerings
from eventweek.registration.queries.offerings import OpenOffering
from eventweek.registration.queries.settings import EDITABLE, FIELDS, NEW

MOMENTS = ("opens_at", "closes_at", "slot_start", "slot_end")
SEATS = ("cap", "overbook", "taken", "held", "waiting", "rank", "consent")
ONE = "/weeks/<week>/offerings/<code>"
PLAIN = (*FIELDS, "closed", "online_open")


@blueprint.get("/weeks/<week>/offerings")
@described_as("List the offerings of published sessions", "DeskOfferings")
@needs_key(Verb.REGISTRATIONS_READ)
def offering_list(actor: Actor, week: Week) -> Response:
    """Answer the offerings that the role reaches."""
    return private({"items": [_facts(own) for own in list_week_offerings(week.id, actor=actor)]})


@blueprint.post("/weeks/<week>/offerings")
@described_as("Open an offering for published sessions", "DeskOffering", ONCE, status=201, body="DeskOfferingNew")
@needs_key(Verb.REGISTRATIONS_EDIT)
def offering_create(actor: Actor, week: Week) -> Response:
    """Open one, once; what is left out is as for the others."""
    body = sent()

    def produce() -> str:
        values = _values(NEW, body, week)
        must = [FieldError(name, "field.required") for name in ("sessions", "mode") if not values.get(name)]
        if must:
            raise Invalid(must)
        return create_offering(week.id, values, actor=actor).code

    return created(body, "desk_api.offering", produce, lambda code: _shown(find(week, code, actor)), week=week.code)


@blueprint.get(ONE)
@described_as("Show an offering", "DeskOffering", IF_NONE_MATCH)
@needs_key(Verb.REGISTRATIONS_READ)
def offering(actor: Actor, week: Week, code: str) -> Response:
    """Answer an offering with its ETag."""
    return _shown(find(week, code, actor))


@blueprint.patch(ONE)
@described_as("Change window, party and seats of an offering", "DeskOffering", IF_MATCH, body="DeskOfferingEdit")
@needs_key(Verb.REGISTRATIONS_EDIT)
def offering_edit(actor: Actor, week: Week, code: str) -> Response:
    """Change the fields that are sent; new seats go to who waits."""
    body, version = sent(), seen_version()
    own = find(week, code, actor)
    seen = own.offering.version if version is None else version
    edit_offering(code, _values(EDITABLE, body, week), version=seen, actor=actor)
    return _shown(find(week, code, actor))


@blueprint.put(f"{ONE}/closure")
@described_as("Take no more registrations", "DeskOffering", IF_MATCH)
@needs_key(Verb.REGISTRATIONS_EDIT)
def offering_close(actor: Actor, week: Week, code: str) -> Response:
    """Close."""
    return _set(close_offering, actor, week, code)


@blueprint.delete(f"{ONE}/closure")
@described_as("Take registrations again", "DeskOffering", IF_MATCH)
@needs_key(Verb.REGISTRATIONS_EDIT)
def offering_reopen(actor: Actor, week: Week, code: str) -> Response:
    """Reopen."""
    return _set(reopen_offering, actor, week, code)


def _set(verb: Any, actor: Actor, week: Week, code: str) -> Response:
    version = seen_version()
    find(week, code, actor)
    verb(code, version=version, actor=actor)
    return _shown(find(week, code, actor))


def find(week: Week, code: str, actor: Actor) -> OpenOffering:
    """Return an offering that the role reaches.

    Raises: Refusal offering.not_found.
    """
    found = find_offering(week.id, code, actor=actor)
    if found is None:
        raise Refusal("offering.not_found")
    return found


def _values(subject: Subject, body: Facts, week: Week) -> Facts:
    values, errors = cleaned(subject, body)
    must = {name for name, type_ in subject.fields.items() if type_.required}
    errors += [FieldError(name, "field.required") for name in must & set(values) if values[name] in (None, "")]
    if errors:
        raise Invalid(errors)
    moments = {name: localised(values[name], week.timezone) for name in MOMENTS if name in values}
    return values | moments


def _shown(own: OpenOffering) -> Response:
    return record(_facts(own), own.offering.version)


def _facts(own: OpenOffering) -> Facts:
    row = own.offering
    pools = {pool.cls: {name: getattr(pool, name) for name in SEATS} for pool in row.pools}
    facts = {"id": row.code, "version": row.version, "sessions": [s.code for s in own.sessions], "pools": pools}
    return dict(told(facts | {name: getattr(row, name) for name in PLAIN}))

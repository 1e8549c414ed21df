"""Seats of an offering by class, and those that are kept back for somebody."""

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import (
    Facts,
    blueprint,
    created,
    done,
    needs_key,
    record,
    refuse_stale,
    seen_version,
    sent,
)
from eventweek.api.v1.desk.offerings import find
from eventweek.api.v1.desk.schemas import IF_MATCH, ONCE, described_as
from eventweek.api.v1.frame import private
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.models import Week
from eventweek.programme.rules.checks import cleaned, localised
from eventweek.programme.rules.subjects import Subject
from eventweek.registration import actions
from eventweek.registration.models import PoolHold
from eventweek.registration.queries.desk import list_holds
from eventweek.registration.queries.settings import CLASS, HOLD

HOLDS = "/weeks/<week>/offerings/<offering>/holds"
CLASSES = "/weeks/<week>/offerings/<offering>/classes/<code>"
NEVER_CHANGED = 1
"""The version of a hold: it is taken and released, nothing in between."""


@blueprint.get(HOLDS)
@described_as("List the seats kept back", "DeskHolds")
@needs_key(Verb.REGISTRATIONS_READ)
def hold_list(actor: Actor, week: Week, offering: str) -> Response:
    """Answer them, the first to end first."""
    own = find(week, offering, actor).offering
    return private({"items": [_facts(cls, row) for cls, row in list_holds(own)]})


@blueprint.post(HOLDS)
@described_as("Keep seats back for somebody", "DeskHold", ONCE, status=201, body="DeskHoldNew")
@needs_key(Verb.REGISTRATIONS_EDIT)
def hold_create(actor: Actor, week: Week, offering: str) -> Response:
    """Hold free seats once, until a time on the week's clock."""
    body = sent()

    def produce() -> str:
        find(week, offering, actor)
        values = read_values(HOLD, body)
        until = localised(values["expires_at"], week.timezone)
        assert until is not None
        who = {name: values[name] for name in ("owner", "reason")}
        return actions.hold_seats(offering, values["seats_of"], values["seats"], expires=until, actor=actor, **who).code

    return created(
        body,
        "desk_api.hold",
        produce,
        lambda code: _shown(week, offering, code, actor),
        week=week.code,
        offering=offering,
    )


@blueprint.get(f"{HOLDS}/<code>")
@described_as("Show seats kept back", "DeskHold")
@needs_key(Verb.REGISTRATIONS_READ)
def hold(actor: Actor, week: Week, offering: str, code: str) -> Response:
    """Answer a hold."""
    return _shown(week, offering, code, actor)


@blueprint.delete(f"{HOLDS}/<code>")
@described_as("Release seats kept back", None, IF_MATCH, status=204)
@needs_key(Verb.REGISTRATIONS_EDIT)
def hold_release(actor: Actor, week: Week, offering: str, code: str) -> Response:
    """Give them to who waits."""
    seen = seen_version()
    find(week, offering, actor)
    refuse_stale(seen, NEVER_CHANGED)
    actions.release_hold(offering, code, actor=actor)
    return done()


@blueprint.put(CLASSES)
@described_as("Give an offering seats of a class, or change them", "DeskClass", IF_MATCH, body="DeskClassNew")
@needs_key(Verb.REGISTRATIONS_EDIT)
def class_set(actor: Actor, week: Week, offering: str, code: str) -> Response:
    """Set the size, the place in the order, and whether who waits is asked."""
    body, version = sent(), seen_version()
    find(week, offering, actor)
    values = read_values(CLASS, body)
    own: Facts = {"cap": values.get("cap"), "rank": values.get("rank") or 0, "consent": bool(values.get("consent"))}
    pool = actions.set_class(offering, code, **own, actor=actor, version=version)
    names = ("cap", "taken", "held", "waiting", "rank", "consent")
    facts = {"class": pool.cls} | {name: getattr(pool, name) for name in names}
    return record(facts, find(week, offering, actor).offering.version)


@blueprint.delete(CLASSES)
@described_as("Take an unused class away", None, IF_MATCH, status=204)
@needs_key(Verb.REGISTRATIONS_EDIT)
def class_drop(actor: Actor, week: Week, offering: str, code: str) -> Response:
    """Remove its pool."""
    version = seen_version()
    find(week, offering, actor)
    actions.drop_class(offering, code, actor=actor, version=version)
    return done()


def read_values(subject: Subject, body: Facts) -> Facts:
    """Return the clean values of what was sent.

    Raises: Invalid, with field.required for what is left out.
    """
    values, errors = cleaned(subject, body)
    must = [name for name, type_ in subject.fields.items() if type_.required]
    errors += [FieldError(name, "field.required") for name in must if values.get(name) in (None, "")]
    if errors:
        raise Invalid(errors)
    return values


def _shown(week: Week, offering: str, code: str, actor: Actor) -> Response:
    for cls, row in list_holds(find(week, offering, actor).offering):
        if row.code == code:
            return record(_facts(cls, row), NEVER_CHANGED)
    raise Refusal("hold.not_found")


def _facts(cls: str, row: PoolHold) -> Facts:
    names = ("seats", "owner", "reason", "expires_at")
    return dict(told({"id": row.code, "seats_of": cls} | {name: getattr(row, name) for name in names}))

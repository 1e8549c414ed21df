"""Seats of an offering by class, and those that are kept back for somebody."""

from flask import Response, current_app, url_for

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import (
    Facts,
    blueprint,
    created,
    done,
    needs_key,
    record,
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
from eventweek.registration.actions import Made
from eventweek.registration.guests import Guest, guest_of
from eventweek.registration.models import PoolHold
from eventweek.registration.queries.desk import list_holds
from eventweek.registration.queries.settings import CLASS, HOLD, HOLD_EDIT, LINK

HOLDS = "/weeks/<week>/offerings/<offering>/holds"
CLASSES = "/weeks/<week>/offerings/<offering>/classes/<code>"


@blueprint.get(HOLDS)
@described_as("List the seats kept back", "DeskHolds")
@needs_key(Verb.REGISTRATIONS_READ)
def hold_list(actor: Actor, week: Week, offering: str) -> Response:
    """Answer them, the first to end first."""
    own = find(week, offering, actor).offering
    return private({"items": [_facts(cls, row) for cls, row in list_holds(own)]})


@blueprint.post(HOLDS)
@described_as(
    "Keep seats back for somebody; with `unit` an allotment, whose `invitation` and `address` are told this once",
    "DeskHold",
    ONCE,
    status=201,
    body="DeskHoldNew",
)
@needs_key(Verb.REGISTRATIONS_EDIT)
def hold_create(actor: Actor, week: Week, offering: str) -> Response:
    """Hold free seats once, until a time on the week's clock; a unit fills its own by the link until then."""
    body, fresh = sent(), Facts()

    def produce() -> str:
        find(week, offering, actor)
        values = read_values(HOLD, body)
        until = localised(values["expires_at"], week.timezone)
        assert until is not None
        who = {name: values[name] for name in ("owner", "reason")}
        cls, number = values["seats_of"], values["seats"]
        if not values.get("unit"):
            return actions.hold_seats(offering, cls, number, expires=until, actor=actor, **who).code
        guest, tongue = guest_of("", values.get("contact", "")), values.get("language") or "zh-CN"
        wish = actions.Allotment(number, expires=until, cls=cls, guest=guest or Guest(), locale=tongue, **who)
        made = actions.allot_seats(offering, wish, actor=actor)
        fresh.update(told_once(week, made, tongue))
        return made.hold

    return created(
        body,
        "desk_api.hold",
        produce,
        lambda code: _shown(week, offering, code, actor, fresh),
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
    actions.release_hold(offering, code, actor=actor, version=seen)
    return done()


@blueprint.patch(f"{HOLDS}/<code>")
@described_as(
    "Change seats kept back: how many, for whom, why, until when; `seats` of an allotment count those taken",
    "DeskHold",
    IF_MATCH,
    body="DeskHoldEdit",
)
@needs_key(Verb.REGISTRATIONS_EDIT)
def hold_edit(actor: Actor, week: Week, offering: str, code: str) -> Response:
    """Change what is sent; freed seats go to who waits."""
    body, version = sent(), seen_version()
    find(week, offering, actor)
    values, errors = cleaned(HOLD_EDIT, body)
    if errors:
        raise Invalid(errors)
    until = localised(values["expires_at"], week.timezone) if values.get("expires_at") else None
    terms = actions.Terms(values.get("seats"), values.get("owner"), values.get("reason"), until)
    actions.change_hold(offering, code, terms, actor=actor, version=version)
    return _shown(week, offering, code, actor)


@blueprint.put(f"{HOLDS}/<code>/link")
@described_as(
    "Make another link to an allotment, told this once; the one before opens nothing any more",
    "DeskHold",
    IF_MATCH,
    body="DeskHoldLink",
)
@needs_key(Verb.REGISTRATIONS_EDIT)
def hold_link(actor: Actor, week: Week, offering: str, code: str) -> Response:
    """Make it, and send it to a contact that is given."""
    body, version = sent(), seen_version()
    find(week, offering, actor)
    values = read_values(LINK, body)
    guest, tongue = guest_of("", values.get("contact", "")), values.get("language") or "zh-CN"
    made = actions.renew_link(offering, code, guest=guest, locale=tongue, actor=actor, version=version)
    return _shown(week, offering, code, actor, told_once(week, made, tongue))


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


def told_once(week: Week, made: Made, tongue: str) -> Facts:
    """Return the secret of an invitation that was made just now, and the address that opens it."""
    base, path = current_app.extensions["eventweek"].base_url, "/en" if tongue == "en" else ""
    address = base + path + url_for("mine.invitation_exchange", week=week.code, token=made.token)
    return {"invitation": made.token, "address": address}


def _shown(week: Week, offering: str, code: str, actor: Actor, beside: Facts | None = None) -> Response:
    for cls, row in list_holds(find(week, offering, actor).offering):
        if row.code == code:
            return record(_facts(cls, row) | (beside or {}), row.version)
    raise Refusal("hold.not_found")


def _facts(cls: str, row: PoolHold) -> Facts:
    counts = {"seats": row.allotted or row.seats, "left": row.seats, "unit": row.allotted is not None}
    names = ("version", "owner", "reason", "expires_at")
    return dict(told({"id": row.code, "seats_of": cls} | counts | {name: getattr(row, name) for name in names}))

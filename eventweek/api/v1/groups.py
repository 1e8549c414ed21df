"""Units register their people by program: all of them or none, once per key, as on the page."""

from typing import Any

from flask import Response, current_app, request

from eventweek.api.v1 import group_schemas
from eventweek.api.v1.desk.frame import done, record, seen_version
from eventweek.api.v1.desk.schemas import IF_MATCH
from eventweek.api.v1.frame import Blueprint, anybody, bearer, private
from eventweek.api.v1.problems import spoken
from eventweek.api.v1.programme import find_edition
from eventweek.api.v1.registration import KEY, TOKEN, invited
from eventweek.api.v1.values import INSTANT
from eventweek.kernel.actions import once
from eventweek.kernel.clock import now
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.limits import limited
from eventweek.programme.queries import get_week
from eventweek.registration.actions import (
    Checked,
    Successor,
    Unit,
    add_members,
    cancel_member,
    register_group,
    swap_member,
)
from eventweek.registration.contacts import one_spelling
from eventweek.registration.groups import token_of_group
from eventweek.registration.members import Member
from eventweek.registration.models import Registration, RegistrationGroup
from eventweek.registration.queries.groups import (
    find_group,
    find_group_by_token,
    find_offering_of_group,
    list_live_members,
)
from eventweek.registration.queries.registrations import queue_places
from eventweek.registration.rules import why_no_change_of_group

blueprint = Blueprint("groups", __name__, description="Register the people of a unit at once, and keep their list.")
Facts = dict[str, Any]
LEADER = {**TOKEN, "description": "Bearer and the token of a group"}


@blueprint.post("/weeks/<week>/groups")
@blueprint.doc(parameters=[KEY])
@blueprint.arguments(group_schemas.NewGroup)
@blueprint.response(201, group_schemas.RegisteredGroup)
@anybody
def group_create(sent: Facts, week: str) -> Response:
    """Register everybody of a unit for an offering, or nobody where one of them has a problem

    Problems stand at `people.N` and `people.N.phone`, N counted from 0. Where seats run out the last ones wait; by
    the link of an allotment its seats are taken, and nobody waits.
    """
    own = find_edition(week)
    limited("api.group", "60/minute", request.remote_addr or "")
    limited("group.contact", "10/minute;40/hour", f"{own.id} {one_spelling(sent['phone'], sent['email'])}")
    names = {name: sent[name] for name in ("leader", "phone", "email", "consent", "locale")}

    secret = sent.get("invitation", "")
    link = invited(own.id, secret).row.code if secret else ""

    def produce() -> str:
        unit = Unit(sent["unit"], **names)
        return _whole(register_group(own.id, sent["offering"], unit, _people(sent), invitation=link)).group

    code = once(f"group:{own.id}", _key(), [request.path, sent], produce)
    group = find_group(code)
    if group is None:  # its week was deleted since the first answer
        raise Refusal("group.not_found")
    return private(_shown(group), 201)


@blueprint.get("/groups/<code>")
@blueprint.doc(parameters=[LEADER])
@blueprint.response(200, group_schemas.RegisteredGroup)
@anybody
def group(code: str) -> Response:
    """Show a group to its leader"""
    return private(_shown(_led(code)))


@blueprint.post("/groups/<code>/members")
@blueprint.doc(parameters=[LEADER, KEY])
@blueprint.arguments(group_schemas.NewMembers)
@blueprint.response(201, group_schemas.RegisteredGroup)
@anybody
def group_add(sent: Facts, code: str) -> Response:
    """Add people to a group until its cut-off, all of them or none"""
    _led(code)
    limited("group.change", "30/minute", code)
    once(f"group:{code}", _key(), [request.path, sent], lambda: _whole(add_members(code, _people(sent))).group)
    return private(_shown(_led(code)), 201)


@blueprint.get("/groups/<code>/members/<member>")
@blueprint.doc(parameters=[LEADER])
@blueprint.response(200, group_schemas.GroupMember)
@anybody
def group_member(code: str, member: str) -> Response:
    """Show one of a group, with the ETag that a change names"""
    return _one(_led(code), member)


@blueprint.put("/groups/<code>/members/<member>")
@blueprint.doc(parameters=[LEADER, IF_MATCH])
@blueprint.arguments(group_schemas.Replacement)
@blueprint.response(200, group_schemas.GroupMember)
@anybody
def group_swap(sent: Facts, code: str, member: str) -> Response:
    """Give the confirmed place of one of a group to another person

    Both are told, and the old pass opens that door no more.
    """
    own, seen = _led(code), seen_version()
    limited("group.change", "30/minute", code)
    swap_member(code, member, Successor(**sent), version=seen)
    return _one(own, member)


@blueprint.delete("/groups/<code>/members/<member>")
@blueprint.doc(parameters=[LEADER, IF_MATCH])
@blueprint.response(204)
@anybody
def group_cancel(code: str, member: str) -> Response:
    """Cancel the registration of one of a group; who waits gets the seat"""
    _led(code)
    seen = seen_version()
    limited("group.change", "30/minute", code)
    cancel_member(code, member, version=seen)
    return done()


def _led(code: str) -> RegistrationGroup:
    """Return the group of the Bearer token.

    Raises: Refusal token.missing, token.unknown, limit.reached; group.not_found for another one's code.
    """
    token = bearer()
    limited("pass.link", "120/minute", request.remote_addr or "")
    found = find_group_by_token(token)
    if found is None:
        raise Refusal("token.unknown")
    if found.code != code:
        raise Refusal("group.not_found")
    return found


def _key() -> str:
    return request.headers.get("Idempotency-Key", "")


def _people(sent: Facts) -> list[Member]:
    return [Member(number, **one) for number, one in enumerate(sent["people"])]


def _whole(checked: Checked) -> Checked:
    """Raises: Invalid at `people.N…` where somebody has a problem."""
    if checked.problems:
        raise Invalid([_at(problem.row, problem.error) for problem in checked.problems])
    return checked


def _at(number: int, error: FieldError) -> FieldError:
    field = f"people.{number}.{error.field}" if error.field else f"people.{number}"
    return FieldError(field, error.code, error.facts)


def _shown(own: RegistrationGroup) -> Facts:
    offering, rows = find_offering_of_group(own), list_live_members(own.id)
    state, moment = get_week(own.week_id).state, now()
    why, none = (why_no_change_of_group(state, own.cut_off, moment, adding=so) for so in (False, True))
    token = token_of_group(own)
    return {
        "code": own.code,
        "unit": own.unit,
        "offering": offering.offering.code if offering else "",
        "token": token,
        "list": f"{current_app.extensions['eventweek'].base_url}/g/{token}",
        "cut_off": own.cut_off.strftime(INSTANT),
        "why_not": {"code": why.code, "detail": spoken(why.code, why.facts)} if why else None,
        "why_none": {"code": none.code, "detail": spoken(none.code, none.facts)} if none else None,
        "people": _members(rows),
    }


def _members(rows: list[Registration]) -> list[Facts]:
    places = queue_places(rows)
    return [
        {
            "registration": row.code,
            "name": row.attendee.name,
            "phone": row.attendee.phone_e164 or "",
            "email": row.attendee.email or "",
            "state": row.state,
            "position": places[row.id].position if row.id in places else 0,
            "version": row.version,
        }
        for row in rows
    ]


def _one(own: RegistrationGroup, member: str) -> Response:
    for facts in _members(list_live_members(own.id)):
        if facts["registration"] == member:
            return record(facts, facts["version"])
    raise Refusal("registration.not_found")

"""Units (单位) that register people at once: all of them or none, each with a registration and a pass of their own."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from eventweek.audit.actions import record
from eventweek.audit.actors import VISITOR
from eventweek.kernel import keys
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_line
from eventweek.programme.models import Week
from eventweek.programme.queries import get_week
from eventweek.registration.actions.consents import record_consent, seed_consent_text
from eventweek.registration.actions.ending import cancel_registration
from eventweek.registration.actions.handing import Successor, hand_over
from eventweek.registration.actions.registering import register
from eventweek.registration.baskets import Basket, Item, Outcome
from eventweek.registration.contacts import Contact, read_contact
from eventweek.registration.enums import InvitationKind
from eventweek.registration.groups import digest_of_group, token_of_group
from eventweek.registration.members import MOST_MEMBERS, Member
from eventweek.registration.messages import tell_leader
from eventweek.registration.models import Attendee, Offering, Registration, RegistrationGroup
from eventweek.registration.queries.alternatives import is_open_to_all
from eventweek.registration.queries.groups import find_group, find_member, list_live_members, must_answer_each
from eventweek.registration.queries.invitations import find_invitation, find_link_of, opened_by, why_not_now
from eventweek.registration.queries.offerings import OpenOffering, facts_of, load_offerings
from eventweek.registration.queries.passes import find_active_pass
from eventweek.registration.rules import needs_work, why_no_change_of_group


@dataclass(frozen=True)
class Unit:
    """Who registers the others: the unit, its leader, and that everybody has read the text and agreed."""

    name: str
    leader: str
    phone: str = ""
    email: str = ""
    consent: bool = False
    locale: str = "zh-CN"


@dataclass(frozen=True)
class Problem:
    """Why one person of a group cannot be registered: the row, at which field, and the code with its facts."""

    row: int
    error: FieldError


@dataclass(frozen=True)
class Checked:
    """What would become of the people of a group, or has: the problems of each row, and how many are in or wait."""

    problems: list[Problem] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    group: str = ""

    def count(self, state: str) -> int:
        """Return how many of them stand so."""
        return sum(own.state == state for own in self.outcomes)


class _TakenBack(Exception):
    """Ends a transaction whose rows were only to be looked at."""


def check_members(
    week_id: int, offering: str, members: Sequence[Member], *, locale: str = "zh-CN", invitation: str = ""
) -> Checked:
    """Say what would become of these people if they were registered now; nothing stays written.

    `invitation`: own code of the link by which a unit fills its allotment; then nobody waits.
    Raises: Refusal offering.not_found, group.empty, group.too_many, group.asks, group.not_yet, allotment.ended,
    allotment.over.
    """
    checked = Checked()
    try:
        with transaction():
            own = _open(week_id, offering, invitation)
            checked = _register_each(own, None, members, locale)
            raise _TakenBack
    except _TakenBack:
        return checked


def register_group(
    week_id: int, offering: str, unit: Unit, members: Sequence[Member], *, invitation: str = ""
) -> Checked:
    """Register everybody, or nobody where one row has a problem; the leader gets a link to the list.

    `invitation`: as for check_members.
    Raises: Invalid at `unit`, `leader`, `phone`, `email`, `consent`; Refusal as check_members.
    """
    checked = Checked()
    try:
        with transaction():
            own, week = _open(week_id, offering, invitation), get_week(week_id)
            group = _found(week, own, unit)
            checked = _register_each(own, group, members, unit.locale)
            if checked.problems:
                raise _TakenBack
            record(
                VISITOR, "group.create", "group", group.code, week_id=week_id, offering=offering, people=len(members)
            )
            tell_leader(week, own, group)
            return Checked(outcomes=checked.outcomes, group=group.code)
    except _TakenBack:
        return checked


def add_members(code: str, members: Sequence[Member]) -> Checked:
    """Add people to a group until its end, all of them or none.

    Raises: Refusal group.not_found, group.over, offering.week_over, group.too_many, and as check_members: a unit adds
    to its allotment, not beside it.
    """
    checked = Checked()
    try:
        with transaction():
            group = _changeable(code, adding=True)
            own = _open(group.week_id, _offering_code(group), _link_of(group))
            if len(list_live_members(group.id)) + len(members) > MOST_MEMBERS:
                raise Refusal("group.too_many", most=MOST_MEMBERS)
            checked = _register_each(own, group, members, group.leader.locale if group.leader else "zh-CN")
            if checked.problems:
                raise _TakenBack
            record(VISITOR, "group.add", "group", code, week_id=group.week_id, people=len(members))
    except _TakenBack:
        return checked
    return checked


def swap_member(code: str, registration: str, successor: Successor, *, version: int | None = None) -> None:
    """Give the place of one of a group to another person, until the group's end.

    `version`: the one of the registration that the leader has seen, None for whatever stands.
    Raises: Refusal group.not_found, group.over, offering.week_over, registration.not_found; and as hand_over.
    """
    with transaction():
        group = _changeable(code)
        row = _member(group, registration)
        hand_over(registration, successor, actor=VISITOR, owner=_pass_of(row), version=version)
        record(VISITOR, "group.swap", "group", code, week_id=group.week_id, registration=registration)


def cancel_member(code: str, registration: str, *, version: int | None = None) -> None:
    """Cancel the registration of one of a group, until the group's end.

    `version`: as for swap_member.
    Raises: Refusal group.not_found, group.over, offering.week_over, registration.not_found, and as cancel_registration.
    """
    with transaction():
        group = _changeable(code)
        row = _member(group, registration)
        cancel_registration(registration, actor=VISITOR, owner=_pass_of(row), version=version)
        record(VISITOR, "group.cancel_member", "group", code, week_id=group.week_id, registration=registration)


def _open(week_id: int, code: str, invitation: str) -> OpenOffering:
    """Return what a group can be registered for, opened by a unit's link where there is one."""
    query = select(Offering.id).where(Offering.week_id == week_id, Offering.code == code)
    own = next(iter(load_offerings(db.session.scalars(query).all() if code.isprintable() else [])), None)
    if own is None or not (invitation or is_open_to_all(own)):
        raise Refusal("offering.not_found")
    if invitation:
        own = _opened(own, invitation)
    if must_answer_each(week_id, facts_of(own, now())):
        raise Refusal("group.asks")
    if needs_work(own.window, now()):
        raise Refusal("group.not_yet")
    return own


def _opened(own: OpenOffering, invitation: str) -> OpenOffering:
    row = find_invitation(own.offering.id, invitation) if invitation.isprintable() else None  # PostgreSQL knows no NUL
    if row is None or row.kind != InvitationKind.UNIT:
        raise Refusal("offering.not_found")
    why = why_not_now(row, now())
    if why:
        raise Refusal(why.code, **why.facts)
    return opened_by(own, row)


def _link_of(group: RegistrationGroup) -> str:
    """Return the own code of the link by which a group is filled now, empty for one without an allotment."""
    if group.invitation_id is None:
        return ""
    code = find_link_of(group.invitation_id)
    if code is None:
        raise Refusal("allotment.ended")
    return code


def _register_each(
    own: OpenOffering, group: RegistrationGroup | None, members: Sequence[Member], locale: str
) -> Checked:
    """Register one after the other inside the caller's transaction; a row with a problem leaves nothing behind."""
    if not members:
        raise Refusal("group.empty")
    if len(members) > MOST_MEMBERS:
        raise Refusal("group.too_many", most=MOST_MEMBERS)
    problems: list[Problem] = []
    outcomes: list[Outcome] = []
    for member in members:
        try:
            with db.session.begin_nested():
                outcomes += register(_basket(own, group, member, locale), actor=VISITOR)
        except Invalid as invalid:
            problems += [Problem(member.row, _named(member, error)) for error in invalid.errors]
        except Refusal as refusal:
            problems.append(Problem(member.row, FieldError("", refusal.code, refusal.facts)))
    if group is not None and not problems:
        codes = [outcome.registration for outcome in outcomes]
        for row in db.session.scalars(select(Registration).where(Registration.code.in_(codes))):
            row.group_id = group.id
    return Checked(problems, outcomes)


def _basket(own: OpenOffering, group: RegistrationGroup | None, member: Member, locale: str) -> Basket:
    return Basket(
        week_id=own.offering.week_id,
        items=(Item(own.offering.code, invitation=own.invitation.code if own.invitation else ""),),
        name=member.name[:200],
        phone=member.phone[:40],
        email=member.email[:300],
        organisation=group.unit if group else "",
        consent=True,
        locale=locale,
        source="group",
    )


def _named(member: Member, error: FieldError) -> FieldError:
    """Return an error at one of a row's own columns; whoever stands in another registration is not told about."""
    if error.code == "contact.unproven":
        return FieldError("phone" if member.phone else "email", "group.contact_taken")
    return error if error.field in ("name", "phone", "email") else FieldError("", error.code, error.facts)


def _found(week: Week, own: OpenOffering, unit: Unit) -> RegistrationGroup:
    contact, errors = read_contact(unit.leader, unit.phone, unit.email)
    errors = [FieldError("leader", e.code, e.facts) if e.field == "name" else e for e in errors]
    name = ""
    try:
        name = clean_line(unit.name, 100)
    except Refusal as refusal:
        errors.append(FieldError("unit", refusal.code, refusal.facts))
    if not name and not any(error.field == "unit" for error in errors):
        errors.append(FieldError("unit", "field.required"))
    if not unit.consent:
        errors.append(FieldError("consent", "group.consent"))
    if errors or contact is None:
        raise Invalid(errors)
    group = RegistrationGroup(
        week_id=week.id,
        unit=name,
        leader=_leader(week, contact, name, unit.locale),
        offering_id=own.offering.id,
        invitation_id=own.invitation.id if own.invitation else None,
        cut_off=own.allotment.expires_at if own.allotment else own.window.closes or own.window.ends,
        seed=secrets.token_bytes(16),
        key_id=keys.signing_key_id(),
        made_at=now(),
    )
    group.token_hash = digest_of_group(token_of_group(group))
    db.session.add(group)
    db.session.flush()
    return group


def _leader(week: Week, contact: Contact, unit: str, locale: str) -> Attendee:
    leader = Attendee(
        name=contact.name,
        phone_e164=contact.phone,
        email=contact.email,
        contact_key=contact.key,
        email_key=contact.email_key,
        organisation=unit,
        locale=locale,
        created_at=now(),
    )
    db.session.add(leader)
    db.session.flush()
    record_consent(leader, seed_consent_text(week.id), "group")
    return leader


def _changeable(code: str, *, adding: bool = False) -> RegistrationGroup:
    group = find_group(code)
    if group is None:
        raise Refusal("group.not_found")
    why = why_no_change_of_group(get_week(group.week_id).state, group.cut_off, now(), adding=adding)
    if why:
        raise Refusal(why.code, **why.facts)
    return group


def _offering_code(group: RegistrationGroup) -> str:
    return db.session.scalars(select(Offering.code).where(Offering.id == group.offering_id)).one()


def _member(group: RegistrationGroup, registration: str) -> Registration:
    row = find_member(group.id, registration)
    if row is None:
        raise Refusal("registration.not_found")
    return row


def _pass_of(row: Registration) -> int:
    held = find_active_pass(row.week_id, row.attendee_id)
    if held is None:
        raise Refusal("registration.not_found")
    return held.id

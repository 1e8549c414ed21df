"""Badges (胸牌): who gets one, what stands on it, and how often it was printed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from eventweek.accounts.enums import Verb
from eventweek.audit.actors import SYSTEM, Actor
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.printing.enums import BadgeRole
from eventweek.printing.layout import INK, Drawn, Values
from eventweek.printing.models import BadgePrint
from eventweek.printing.rules import Wish, breakable, chosen_people
from eventweek.printing.tongue import Tongue
from eventweek.programme.models import Person, PersonContact, Week
from eventweek.programme.rules.scopes import reaches
from eventweek.registration.enums import PoolClass, State
from eventweek.registration.models import Attendee, Pass, Registration
from eventweek.registration.passes import token_of
from eventweek.registration.queries.desk import list_week_offerings
from eventweek.registration.queries.registrants import Wish as Part
from eventweek.registration.queries.registrants import narrowed
from eventweek.scheduling.queries import PublishedSession, list_published
from eventweek.ticketing.qr import pass_address

OF_CLASS = {PoolClass.MEDIA: BadgeRole.MEDIA, PoolClass.INVITED: BadgeRole.GUEST}
RANK = list(BadgeRole)


@dataclass(frozen=True)
class Badge:
    """What stands on one; `name` and `organisation` in both languages. `own`: the pass in its QR, None: it has none."""

    name: Mapping[str, str]
    organisation: Mapping[str, str]
    role: BadgeRole
    own: Pass | None


def list_badges(week: Week, part: Mapping[str, str], actor: Actor) -> list[Badge]:
    """Return the badges of a part of a week, by role and name: one for a person, speakers from the programme too.

    Only who is in (confirmed, in the room), has a name and an active pass; chosen people need only the pass.
    Raises: Refusal print.beyond where the actor may not read the people of all of it.
    """
    codes = chosen_people(part)
    if codes:
        found = _of_passes(week, codes, actor)
    else:
        sessions = _sessions(week, part, actor)
        speakers = _speakers(week, sessions)
        known = {badge.own.id for badge in speakers if badge.own}
        found = speakers + [badge for badge in _registered(week, part) if badge.own and badge.own.id not in known]
    role = part.get("role", "")
    return sorted((one for one in found if role in ("", one.role)), key=lambda one: (RANK.index(one.role), _name(one)))


def count_prints(week_id: int, pass_ids: Collection[int]) -> dict[int, int]:
    """Return how often the badges of passes were printed, by the id of the pass."""
    query = select(BadgePrint.pass_id, BadgePrint.prints).where(BadgePrint.week_id == week_id)
    return {own: prints for own, prints in db.session.execute(query.where(BadgePrint.pass_id.in_(pass_ids)))}


def values_of_badges(week: Week, badges: Sequence[Badge], wish: Wish, tongue: Tongue, base: str, draw: Drawn) -> Values:
    """Return what the template is given; the QR holds the address of the pass and nothing else."""
    return {
        "language": tongue.language,
        "sheet": wish.size,
        "accent": week.accent or INK,
        "title": tongue.words["badge"],
        "week": breakable(tongue.say(_pair(week.short_name)) or tongue.say(_pair(week.title))),
        "dates": tongue.span(week.first_day, week.last_day),
        "draft": "",
        "words": dict(tongue.words),
        "badges": [
            {
                "name": _kept(tongue.say(one.name)),
                "unit": breakable(tongue.say(one.organisation)),
                "role": tongue.words[f"badge_{one.role}"],
                "kind": str(one.role),
                "qr": _code(one.own, base, draw, alone=len(badges) == 1) if one.own else "",
            }
            for one in badges
        ],
    }


def _name(one: Badge) -> tuple[str, int]:
    return one.name["zh"] or one.name["en"], one.own.id if one.own else 0


def _code(own: Pass, base: str, draw: Drawn, *, alone: bool) -> str:
    """Return the QR of a pass; among others one whose key is gone has none, alone it is refused."""
    try:
        return draw(pass_address(base, token_of(own)))
    except Refusal:
        if alone:
            raise
        return ""


def _kept(name: str) -> str:
    """Return a name whose lines never begin with its middle dot, and whose words end somewhere."""
    return breakable(name, 12).replace("·", "\u2060·")


def _pair(text: Any) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _of(own: Pass, role: BadgeRole) -> Badge:
    person = own.attendee
    return Badge(
        {"zh": person.name, "en": person.name_en or person.name},
        {"zh": person.organisation, "en": person.organisation},
        role,
        own,
    )


def _passes(week: Week, *which: Any) -> list[Pass]:
    query = select(Pass).join(Pass.attendee).options(contains_eager(Pass.attendee), selectinload(Pass.tokens))
    own = (Pass.week_id == week.id, Pass.status == "active", Attendee.name != "")
    return list(db.session.scalars(query.where(*own, *which).order_by(Pass.id)))


def _of_passes(week: Week, codes: Collection[str], actor: Actor) -> list[Badge]:
    """Return the badges of chosen people; whose role is narrowed prints those who are registered in its reach."""
    passes = _passes(week, Pass.code.in_(codes))
    roles = _roles(week, [own.attendee_id for own in passes])
    if not reaches(actor, Verb.REGISTRATIONS_READ, week.id):
        reached = [own.offering.id for own in list_week_offerings(week.id, actor=actor)]
        query = select(Registration.attendee_id).where(Registration.offering_id.in_(reached))
        seen = set(db.session.scalars(query.where(Registration.state == State.CONFIRMED)))
        if any(own.attendee_id not in seen for own in passes):
            raise Refusal("print.beyond")
    return [_of(own, roles.get(own.attendee_id, BadgeRole.VISITOR)) for own in passes]


def _sessions(week: Week, part: Mapping[str, str], actor: Actor) -> list[PublishedSession]:
    asked = (("session", part.get("session", "")), ("city", part.get("city", "")))
    found = [
        one
        for one in list_published(week.id)
        if not one.cancelled and all(value in ("", _value(one, name)) for name, value in asked)
    ]
    for one in found:
        city, track, venue = ((one.facts[name] or {"code": ""})["code"] for name in ("city", "track", "venue"))
        if not reaches(actor, Verb.REGISTRATIONS_READ, week.id, city=city, track=track, venue=venue):
            raise Refusal("print.beyond")
    return found


def _value(session: PublishedSession, name: str) -> str:
    return session.code if name == "session" else str((session.facts["city"] or {"code": ""})["code"])


def _speakers(week: Week, sessions: Iterable[PublishedSession]) -> list[Badge]:
    """Return a badge for everybody whom the programme names; their pass is known where they registered by the address
    at which the organisers write to them."""
    people = {person["code"]: person for session in sessions for person in session.facts["people"]}
    query = select(Person.code, PersonContact.email).join(PersonContact, PersonContact.person_id == Person.id)
    mails = {code: mail.lower() for code, mail in db.session.execute(query.where(Person.code.in_(people)))}
    held = {
        own.attendee.email.lower(): own
        for own in _passes(week, Attendee.email.in_(mails.values()))
        if own.attendee.email
    }
    return [
        Badge(
            {"zh": person["zh"], "en": person["en"]},
            person["affiliation"],
            BadgeRole.SPEAKER,
            held.get(mails.get(code, "")),
        )
        for code, person in people.items()
    ]


def _registered(week: Week, part: Mapping[str, str]) -> list[Badge]:
    offerings = narrowed(
        list_week_offerings(week.id, actor=SYSTEM), Part(session=part.get("session", ""), city=part.get("city", ""))
    )
    roles = _roles(week, None, list(offerings))
    own = select(Registration.attendee_id).where(Registration.offering_id.in_(list(offerings)), *_IN)
    return [_of(one, roles[one.attendee_id]) for one in _passes(week, Pass.attendee_id.in_(own))]


_IN = (Registration.state == State.CONFIRMED, Registration.cls != PoolClass.ONLINE)


def _roles(
    week: Week, people: Collection[int] | None, offerings: Collection[int] | None = None
) -> dict[int, BadgeRole]:
    """Return the highest role of people's seats, in some offerings or in all of the week."""
    query = select(Registration.attendee_id, Registration.cls).where(Registration.week_id == week.id, *_IN)
    query = query.where(Registration.attendee_id.in_(people)) if people is not None else query
    query = query.where(Registration.offering_id.in_(offerings)) if offerings is not None else query
    found: dict[int, BadgeRole] = {}
    for person, cls in db.session.execute(query.distinct()):
        role = OF_CLASS.get(PoolClass(cls), BadgeRole.VISITOR)
        found[person] = min(role, found.get(person, role), key=RANK.index)
    return found

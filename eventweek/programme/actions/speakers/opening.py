"""Who acts by a link, and whom organisers may ask; inside the caller's transaction."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actors import Actor
from eventweek.audit.revisions import Thread, revise
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.kernel.tokens import is_code
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.models import City, Person, Session, SessionPerson, Track, Week
from eventweek.programme.queries.speakers import Opened, open_link_of
from eventweek.programme.rules.scopes import reaches

BY_LINK = "speaker"
"""The label of whoever acts by a link: the person whom the entry is about."""


def opened(code: str) -> tuple[Opened, Actor]:
    """Return what a link opens for a change, its week locked, and the person as the actor.

    Raises: Refusal speaker_link.not_found, week.archived.
    """
    found = open_link_of(code)
    if found is None:
        raise Refusal("speaker_link.not_found")
    editable_week(found.week.id)
    return found, Actor(BY_LINK)


def speakers_of(week_id: int, codes: Collection[str], actor: Actor) -> tuple[Week, list[Person]]:
    """Return the locked week and the people of these codes, by id, whom the actor may ask on its behalf.

    Whoever answers for a part of the week may ask those who take part in it.
    Raises: Refusal permission.denied, week.not_found, week.archived, subject.not_found.
    """
    require(actor, Verb.PROGRAMME_EDIT, week_id)
    week = editable_week(week_id)
    known = [code for code in codes if is_code(code)]
    query = select(Person).where(Person.code.in_(known), Person.archived_at.is_(None)).order_by(Person.id)
    people = list(db.session.scalars(query))
    if len(people) < len(set(codes)):
        raise Refusal("subject.not_found")
    if not reaches(actor, Verb.PROGRAMME_EDIT, week_id, city="", track=""):
        _require_part(week_id, people, actor)
    return week, people


def _require_part(week_id: int, people: Collection[Person], actor: Actor) -> None:
    query = (
        select(SessionPerson.person_id, City.code, Track.code)
        .join(Session, Session.id == SessionPerson.session_id)
        .outerjoin(City, City.id == Session.city_id)
        .outerjoin(Track, Track.id == Session.track_id)
        .where(Session.week_id == week_id, SessionPerson.person_id.in_([person.id for person in people]))
    )
    own = {
        person_id
        for person_id, city, track in db.session.execute(query)
        if reaches(actor, Verb.PROGRAMME_EDIT, week_id, city=city or "", track=track or "")
    }
    if any(person.id not in own for person in people):
        raise Refusal("permission.denied", verb=str(Verb.PROGRAMME_EDIT))


def keep_of_person(
    actor: Actor, verb: str, person: Person, changes: Mapping[str, Any], personal: Collection[str] = ()
) -> None:
    """Keep in the person's history what is not a field of the profile."""
    revise(actor, verb, Thread("person", person.id, person.code, None, person.version), changes, personal=personal)

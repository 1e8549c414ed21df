"""Verbs of organisations and people; archive whom a session has named, delete whom none has."""

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.audit.revisions import forget
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.programme.actions.speakers.links import end_links
from eventweek.programme.actions.verbs import Masters
from eventweek.programme.models import Organisation, Person
from eventweek.programme.rules.subjects import ORGANISATION, PERSON

_ORGANISATIONS = Masters(ORGANISATION, Organisation)
_PEOPLE = Masters(PERSON, Person)

create_organisation, edit_organisation = _ORGANISATIONS.create, _ORGANISATIONS.edit
archive_organisation, restore_organisation = _ORGANISATIONS.archive, _ORGANISATIONS.restore
delete_organisation = _ORGANISATIONS.delete
create_person, edit_person, delete_person = _PEOPLE.create, _PEOPLE.edit, _PEOPLE.delete
restore_person = _PEOPLE.restore


def archive_person(code: str, *, actor: Actor, version: int | None = None) -> Person:
    """Take somebody out of the choices and end their links; what names them keeps them. Twice changes nothing.

    Raises: Refusal permission.denied, subject.not_found, version.stale.
    """
    with transaction():
        person = _PEOPLE.archive(code, actor=actor, version=version)
        end_links([person], actor)
    return person


def forget_person(code: str, *, actor: Actor) -> int:
    """Erase from a person's history the names and texts that it held; what stands in the record now stays.

    Return how many changes were emptied. Raises: Refusal permission.denied, subject.not_found.
    """
    with transaction():
        require(actor, Verb.USERS_MANAGE)
        person_id = db.session.scalar(select(Person.id).where(Person.code == code))
        if person_id is None:
            raise Refusal("subject.not_found")
        emptied = forget("person", [person_id])
        if emptied:
            record(actor, "person.forget", "person", code, changes=emptied)
    return emptied

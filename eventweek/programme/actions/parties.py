"""Verbs of organisations and people; archive whom a session has named, delete whom none has."""

from eventweek.programme.actions.verbs import Masters
from eventweek.programme.models import Organisation, Person
from eventweek.programme.rules.subjects import ORGANISATION, PERSON

_ORGANISATIONS = Masters(ORGANISATION, Organisation)
_PEOPLE = Masters(PERSON, Person)

create_organisation, edit_organisation = _ORGANISATIONS.create, _ORGANISATIONS.edit
archive_organisation, restore_organisation = _ORGANISATIONS.archive, _ORGANISATIONS.restore
delete_organisation = _ORGANISATIONS.delete
create_person, edit_person, delete_person = _PEOPLE.create, _PEOPLE.edit, _PEOPLE.delete
archive_person, restore_person = _PEOPLE.archive, _PEOPLE.restore

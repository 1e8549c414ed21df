"""What the rows of the database are called, so that sheets may name them as people do."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventweek.accounts.models import User
from eventweek.kernel.db import db
from eventweek.programme.models import Room, Tag, Week
from eventweek.programme.models.bindings import MODELS, OF_A_WEEK
from eventweek.programme.queries.directory import Directory
from eventweek.scheduling.formats.sheets.columns import IDENTITIES
from eventweek.scheduling.formats.sheets.names import Names
from eventweek.scheduling.formats.sheets.reader import SOURCE

_NAMED = ("city", "feature", "venue", "room", "organisation", "person", "kind", "tag_set", "tag", "track", "session")
_SECTIONS = {"venue": "venues", "room": "rooms", "organisation": "organisations", "person": "people"}


def list_names(week: Week | None) -> Names:
    """Return the names of all masters and of the week's own rows, each subject in one statement."""
    names, called = Names(), Directory(week.id if week else None, SOURCE)
    for subject in _NAMED:
        if subject in OF_A_WEEK and week is None:
            continue
        for row in db.session.scalars(_rows(subject, week)):
            reference = called.reference(subject, row)
            own = [row.title.zh, row.title.en] if subject == "session" else [row.name.zh, row.name.en]
            if subject == "room":
                own = [names.within(called.reference("venue", row.venue), name) for name in own] + own
            names.add(subject, reference, own)
            if subject in _SECTIONS:
                identity = _identity(_SECTIONS[subject], row, called)
                names.identities.setdefault((_SECTIONS[subject], identity), reference)
    for user in db.session.scalars(select(User)):
        names.add("user", user.code, [user.name])
    return names


def _rows(subject: str, week: Week | None) -> Any:
    model: Any = MODELS[subject]
    query = select(model).order_by(model.id)
    if subject in OF_A_WEEK and week:
        query = query.where(model.week_id == week.id)
    if subject == "room":
        query = query.options(joinedload(Room.venue))
    return query.options(joinedload(Tag.set)) if subject == "tag" else query


def _identity(section: str, row: Any, called: Directory) -> tuple[str, ...]:
    own = {"name_zh": row.name.zh, "name_en": row.name.en}
    if section == "rooms":
        own["venue"] = called.reference("venue", row.venue)
    if section == "people":
        own["affiliation_zh"] = row.affiliation.zh
    return tuple(own[name] for name in IDENTITIES[section])

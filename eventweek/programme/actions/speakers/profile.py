"""What people of the programme change of their own record by their link; public with the next release."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.actions.pictures import keep_renditions, make_picture
from eventweek.programme.actions.speakers.opening import opened
from eventweek.programme.actions.writing import change, told
from eventweek.programme.models import Person
from eventweek.programme.queries.directory import Directory
from eventweek.programme.queries.speakers import Opened, open_link_of
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.speakers import PROFILE, whole_week
from eventweek.programme.rules.subjects import PERSON


def edit_profile(code: str, values: Mapping[str, object], *, version: int | None) -> None:
    """Change the person's affiliation, honour and biography in both languages, of the version that they have seen.

    Raises: Refusal speaker_link.not_found, week.archived, version.stale; Invalid.
    """
    with transaction():
        own, actor = opened(code)
        _change(own, {name: values[name] for name in PROFILE if name in values}, version, actor)


def set_availability(code: str, rows: Sequence[Mapping[str, Any]], *, version: int | None) -> None:
    """Say when the person can come in the days of the week: rows of `day`, `opens`, `closes`; other weeks stay.

    Raises: Refusal speaker_link.not_found, week.archived, version.stale; Invalid, also speaker.never.
    """
    with transaction():
        own, actor = opened(code)
        days = {entry.day for entry in own.week.days}
        if not rows:
            raise Invalid([FieldError("availability", "speaker.never")])
        outside = [n for n, row in enumerate(rows) if row["day"] not in days]
        if outside:
            facts = {"day": str(rows[outside[0]]["day"])}
            raise Invalid([FieldError(f"availability.{n}.day", "day.outside_week", facts) for n in outside])
        kept = [row for row in values_of(PERSON, own.person)["availability"] if row["day"] not in days]
        _change(own, {"availability": [*kept, *whole_week(days, rows)]}, version, actor)


def set_portrait(code: str, content: bytes) -> None:
    """Take in a picture as the person's portrait, public with the next release once they agree to that.

    Raises: Refusal speaker_link.not_found, week.archived, image.*, file.disk_full.
    """
    if open_link_of(code) is None:
        raise Refusal("speaker_link.not_found")
    kept = keep_renditions(content)
    with transaction():
        own, actor = opened(code)
        words = {"alt_zh": own.person.name.zh, "alt_en": own.person.name.en}
        picture = make_picture(kept, words, actor)
        record(actor, "picture.create", "picture", picture.code, week_id=own.week.id)
        _change(own, {"portrait": picture.code}, None, actor)


def remove_portrait(code: str) -> None:
    """Take the portrait away. A second call changes nothing.

    Raises: Refusal speaker_link.not_found, week.archived.
    """
    with transaction():
        own, actor = opened(code)
        _change(own, {"portrait": None}, None, actor)


def _change(own: Opened, values: Mapping[str, object], version: int | None, actor: Actor) -> None:
    person = db.session.scalars(select(Person).where(Person.id == own.person.id).with_for_update(of=Person)).one()
    changes = change(PERSON, person, values, Directory(), version=version, actor=actor)
    if changes:
        record(actor, "person.edit", "person", person.code, week_id=own.week.id, **told(PERSON, changes))

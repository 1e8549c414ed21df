"""Whatever changes a row, by whichever way, its history holds what was there before; personal values can be erased."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import Actor
from eventweek.audit.models import Revision
from eventweek.checkin.actions.devices import create_gate, stop_gate
from eventweek.kernel.db import Base, Bilingual, db
from eventweek.kernel.errors import Refusal
from eventweek.programme.actions import parties, sessions, tags, weeks
from eventweek.programme.models.bindings import MODELS
from eventweek.registration.actions import close_offering, edit_offering
from eventweek.registration.models import Offering
from eventweek.scheduling.actions.importing import import_programme
from eventweek.scheduling.actions.placements import place_session, unplace_session
from eventweek.scheduling.models import Placement
from tests.factories.programme import make_person, make_room, make_session, make_venue, make_week
from tests.scheduling.test_importing import SMALL

pytestmark = pytest.mark.database
Statements = Callable[[], AbstractContextManager[list[str]]]
EDITOR = Actor("u-editor", id=7, administrator=True)


def history(subject: str, row_id: int | None = None) -> list[Revision]:
    query = select(Revision).where(Revision.subject == subject).order_by(Revision.id)
    return list(db.session.scalars(query if row_id is None else query.where(Revision.row_id == row_id)))


def test_every_row_of_the_demo_opens_its_history(demo_app: Flask) -> None:
    """The demo comes through the import: each row of each subject has exactly one `create`, each place one `place`."""
    for subject, model in [*MODELS.items(), ("offering", Offering)]:
        ids = sorted(db.session.scalars(select(Base.metadata.tables[model.__tablename__].c.id)))
        found = [r.row_id for r in history(subject) if r.verb == "create"]
        assert (subject, sorted(found)) == (subject, ids)
    placed = sorted(db.session.scalars(select(Placement.session_id)))
    assert sorted(r.row_id for r in history("placement")) == placed and len(placed) == 170


def test_a_new_row_tells_its_first_values_and_only_those(app: Flask) -> None:
    person = make_person(max_per_day=3, roles=["speaker"])
    (first,) = history("person")
    assert (first.verb, first.code, first.version, first.actor, first.week_id) == (
        "create",
        person.code,
        1,
        "system",
        None,
    )
    assert first.changes == {"roles": [[], ["speaker"]]}
    assert first.personal == {"name_zh": ["", "王示例"], "affiliation_zh": ["", "示例大学"]}


def test_an_edit_keeps_both_values_and_who_made_it(app: Flask) -> None:
    week = make_week()
    session = make_session(week, people=[{"person": make_person().code, "role": "speaker"}])
    sessions.edit_session(session.code, {"title_zh": "新题", "people": [], "tags": []}, version=1, actor=EDITOR)
    _first, edit = history("session")
    assert (edit.verb, edit.version, edit.actor, edit.actor_id, edit.week_id) == ("edit", 2, "u-editor", 7, week.id)
    assert set(edit.changes) == {"title_zh", "people"}
    assert edit.changes["title_zh"] == ["创业论坛", "新题"] and edit.changes["people"][1] == []
    sessions.edit_session(session.code, {"title_zh": "新题"}, version=2, actor=EDITOR)
    assert len(history("session")) == 2


def test_shelving_cancelling_and_moving_on_are_part_of_it(app: Flask) -> None:
    week = make_week()
    code = make_session(week).code
    sessions.cancel_session(code, reason=Bilingual("检修", ""), actor=EDITOR)
    sessions.restore_session(code, actor=EDITOR)
    sessions.archive_session(code, actor=EDITOR)
    tags.archive_kind(week.id, "salon", actor=EDITOR)
    weeks.set_week_state("spring", "closed", actor=EDITOR)
    told = [(r.verb, r.version, r.changes) for r in history("session")][1:]
    reason = {"cancel_reason_zh": ["", "检修"], "cancel_reason_en": ["", ""]}
    assert told == [
        ("cancel", 2, {"cancelled": [False, True]} | reason),
        ("restore", 3, {"cancelled": [True, False]}),
        ("archive", 4, {"archived": [False, True]}),
    ]
    assert [r.changes for r in history("kind") if r.verb == "archive"] == [{"archived": [False, True]}]
    assert history("week")[-1].changes == {"state": ["open", "closed"]}


def test_places_seats_and_gates_have_theirs(demo_app: Flask) -> None:
    placement = db.session.scalars(select(Placement).where(~Placement.pin_time).order_by(Placement.session_id)).first()
    assert placement
    code, room, start = placement.session.code, placement.room.code, placement.start.isoformat()
    unplace_session(code, version=placement.version, actor=EDITOR)
    place_session(code, start, room, version=None, actor=EDITOR)
    _first, gone, back = history("placement", placement.session_id)
    assert (gone.verb, gone.version, gone.changes) == ("unplace", None, {"start": [start, None], "room": [room, None]})
    assert (back.verb, back.version, back.changes) == ("place", 1, {"start": [None, start], "room": [None, room]})
    offering = db.session.scalars(select(Offering).order_by(Offering.id)).first()
    assert offering
    edit_offering(offering.code, {"max_party": 4, "overbook": 3}, version=offering.version, actor=EDITOR)
    close_offering(offering.code, actor=EDITOR)
    close_offering(offering.code, actor=EDITOR)
    own = [(r.verb, r.changes) for r in history("offering", offering.id)][1:]
    assert own == [("edit", {"max_party": [5, 4], "overbook": [0, 3]}), ("close", {"closed": [False, True]})]
    gate = create_gate(offering.week_id, placement.room.venue.code, Bilingual("东门", ""), actor=EDITOR)
    stop_gate(gate.code, stopped=True, actor=EDITOR)
    assert [r.verb for r in history("gate", gate.id)] == ["create", "stop"]


def test_the_import_calls_other_rows_by_their_codes(app: Flask) -> None:
    """A source has ids of its own; a history that used them could not be restored."""
    import_programme(SMALL, actor=EDITOR)
    import_programme(SMALL, actor=EDITOR)
    placed = {**SMALL, "placements": [{"session": "a", "room": "hall", "start": "2027-04-12T10:00"}]}
    import_programme(placed, actor=EDITOR)
    (venue,), (room,), (person,) = history("venue"), history("room"), history("person")
    assert room.changes["venue"] == [None, venue.code]
    one, two = history("session")
    assert two.changes["people"] == [[], [{"person": person.code, "role": "speaker"}]]
    assert one.changes["relations"][1][0]["other"] == two.code
    assert [r.changes["start"][1][11:16] for r in history("placement")] == ["01:30", "02:00"]
    assert history("placement")[1].changes.keys() == {"start"}


def test_what_is_refused_or_only_rehearsed_leaves_nothing(app: Flask) -> None:
    week = make_week()
    before = len(history("session"))
    import_programme(SMALL, actor=EDITOR, dry_run=True)
    with pytest.raises(Refusal):
        make_session(week, tags=["none:such"])
    assert len(history("session")) == before and history("person") == []
    make_person()
    assert len(history("person")) == 1


def test_the_rows_of_one_action_are_written_by_one_statement(app: Flask, statements: Statements) -> None:
    people: dict[str, Any] = {key: SMALL[key] for key in ("format", "source")}
    people["people"] = [{"id": f"p{n}", "name_zh": f"示例{n}"} for n in range(50)]
    with statements() as seen:
        import_programme(people, actor=EDITOR)
    assert len([s for s in seen if s.startswith("INSERT INTO revision")]) == 1
    assert len(history("person")) == 50


def test_a_deleted_person_leaves_a_history_without_a_name(app: Flask) -> None:
    person = make_person("张三丰")
    parties.edit_person(person.code, {"bio_zh": "张三丰是示例。", "max_per_day": 2}, version=1, actor=EDITOR)
    parties.delete_person(person.code, actor=EDITOR)
    told = history("person")
    assert [r.verb for r in told] == ["create", "edit", "delete"]
    assert [r.personal for r in told] == [{"name_zh": None, "affiliation_zh": None}, {"bio_zh": None}, {}]
    assert told[1].changes == {"max_per_day": [3, 2]}


def test_a_room_that_was_used_keeps_its_history_when_its_deletion_is_refused(app: Flask) -> None:
    week = make_week()
    person = make_person()
    make_session(week, people=[{"person": person.code, "role": "speaker"}])
    make_room(make_venue())
    with pytest.raises(Refusal, match="subject.used"):
        parties.delete_person(person.code, actor=EDITOR)
    assert [r.personal["name_zh"] for r in history("person")] == [["", "王示例"]]

"""A draft goes with everything in it; what somebody registered for or was told of stays, whatever its state."""

import pytest
from flask import Flask

from eventweek.audit.actors import SYSTEM, VISITOR
from eventweek.editions.actions.deleting import delete_week
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.programme.actions.sessions import edit_session
from eventweek.programme.queries import find_week
from eventweek.scheduling.actions import release_schedule
from eventweek.scheduling.actions.placements import place_session
from tests.editions.test_archived import everything, set_state
from tests.factories.programme import make_person, make_room, make_session, make_venue, make_week
from tests.registration.world import book, offering_of


@pytest.mark.database
@pytest.mark.usefixtures("before_the_week")
def test_registrations_keep_a_draft(demo_app: Flask) -> None:
    """Also where a week is a draft again, and where the registration has ended."""
    week = find_week("jl2026")
    assert week
    book(offering_of("rs-ei-1").code)
    set_state(week.id, "draft")
    before = everything(week.id)
    for _twice in range(2):
        with pytest.raises(Refusal, match="week.registered") as caught:
            delete_week("jl2026", actor=SYSTEM)
        assert caught.value.facts == {"count": 1}
    assert everything(week.id) == before


@pytest.mark.database
def test_releases_keep_a_draft(app: Flask) -> None:
    week = make_week()
    session = make_session(week)
    place_session(session.code, "2027-04-12T09:30", make_room(make_venue()).code, version=None, actor=SYSTEM)
    release_schedule(week.id, actor=SYSTEM, note="")
    set_state(week.id, "draft")
    before = everything(week.id)
    with pytest.raises(Refusal, match="week.released"):
        delete_week("spring", actor=SYSTEM)
    with pytest.raises(Refusal, match="permission.denied"):
        delete_week("spring", actor=VISITOR)
    assert everything(week.id) == before


@pytest.mark.database
def test_a_draft_goes_whole_and_masters_stay(app: Flask) -> None:
    week, person, room = make_week("draft"), make_person(), make_room(make_venue())
    session = make_session(week, people=[{"person": person.code, "role": "speaker"}])
    edit_session(session.code, {"note_zh": "改"}, version=None, actor=SYSTEM)
    place_session(session.code, "2027-04-12T09:30", room.code, version=None, actor=SYSTEM)
    week_id = week.id
    assert sum(len(rows) for rows in everything(week_id).values()) > 50
    delete_week("spring", actor=SYSTEM)
    assert {name for name, rows in everything(week_id).items() if rows} == set() and find_week("spring") is None
    assert db.session.get(type(person), person.id) and db.session.get(type(room), room.id)

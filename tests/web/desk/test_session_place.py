"""Who may place a session and not edit it: the form of time and place, what it offers, and what it refuses in words."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from eventweek.accounts.models import User
from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import db
from eventweek.programme.models import Grant, Session
from eventweek.programme.queries import find_newest_week
from eventweek.scheduling.actions.pins import Pins, pin_sessions
from eventweek.scheduling.worklist import Planned, find_planned, list_planned
from tests.conftest import SignIn
from tests.web.desk.sheet import filled, submit

LIST = "/desk/w/jl2026/sessions"


def _every() -> list[Planned]:
    week = find_newest_week()
    assert week
    db.session.expire_all()
    return [p for p in list_planned(week.id) if p.state == "planned" and p.session.permit_status != "approved"]


def _again(planned: Planned) -> Planned:
    db.session.expire_all()
    found = find_planned(planned.session.week_id, planned.session.code)
    assert found
    return found


class World:
    """Somebody who manages the venue of a session (`own`), and a session that stands in another city (`other`)."""

    def __init__(self, app: Flask, sign_in: SignIn) -> None:
        every = _every()
        self.own = next(p for p in every if sum(q.venue is p.venue for q in every) > 3)
        self.other = next(p for p in every if p.city is not self.own.city)
        assert self.own.venue and self.other.venue
        self.venue = self.own.venue.code
        self.client = sign_in(app, "venue")
        self.narrow("venue", self.venue)
        self.at, self.there = (f"{LIST}/{p.session.code}" for p in (self.own, self.other))

    def narrow(self, role: str, code: str) -> None:
        """Give the one who signed in last this role in that scope instead."""
        user = db.session.scalars(select(User).order_by(User.id.desc())).first()
        assert user
        grant = db.session.scalars(select(Grant).where(Grant.user_id == user.id)).one()
        grant.role, grant.scope_kind, grant.scope_code = role, role, code
        db.session.commit()

    def form(self) -> dict[str, Any]:
        """Return what the form of the own session would send."""
        return filled(self.client.get(f"{self.at}/place").text)

    def save(self, do: str = "save", **changes: Any) -> TestResponse:
        """Fill in the form of the own session and send it."""
        return submit(self.client, f"{self.at}/place", do, **changes)


@pytest.fixture
def world(demo_app: Flask, sign_in: SignIn) -> World:
    return World(demo_app, sign_in)


def _rooms(page: str) -> set[str]:
    options = page[page.index('name="place_room"') :].split("</select>")[0]
    return set(re.findall(r'<option[^>]* value="([^"]+)"', options))


def test_a_venue_moves_and_resizes_its_own_and_is_offered_its_own_halls(world: World) -> None:
    page = world.client.get(world.at).text
    assert f'href="{world.at}/place"' in page and f"{world.at}/edit" not in page and "取消这一场" not in page
    form = world.client.get(f"{world.at}/place").text
    assert world.own.venue
    assert _rooms(form) == {room.code for room in world.own.venue.rooms}
    assert "就是拿出排期，以后要再排得请组委会" in form
    minutes = world.own.session.duration_min + 5
    done = world.save(place_at="12:30", duration_min=str(minutes))
    assert done.status_code == 303
    now = _again(world.own)
    assert now.start and f"{now.start:%H:%M}" == "04:30" and now.session.duration_min == minutes


def test_what_it_would_run_into_is_said_before_it_is_saved(world: World) -> None:
    busy = next(p for p in _every() if p.venue and p.venue.code == world.venue and p.session is not world.own.session)
    fields = filled(world.client.get(f"{LIST}/{busy.session.code}/place").text)
    looked = world.save("check", **{name: fields[name][0] for name in ("place_day", "place_at", "place_room")})
    assert looked.status_code == 200 and "还没有保存" in looked.text and 'class="probs"' in looked.text
    before = _again(world.own)
    assert before.placement and (before.start, before.placement.version) == (world.own.start, 1)
    half = world.save(place_at="")
    assert half.status_code == 422 and "要一起填" in half.text
    assert world.save(duration_min="").status_code == 422
    assert world.save(place_at="12:07").status_code == 422


def test_somebody_who_was_faster_is_shown(world: World) -> None:
    fields = world.form() | {"do": "save"}
    assert world.save(place_at="12:30").status_code == 303
    late = world.client.post(f"{world.at}/place", data=fields | {"place_at": "13:30"})
    assert late.status_code == 422 and "别人刚改过这一项" in late.text and "12:30" in late.text


def test_a_venue_takes_its_session_out_and_has_no_say_in_it_any_more(world: World) -> None:
    assert world.save(place_day="", place_at="", place_room="").status_code == 303
    assert _again(world.own).placement is None
    assert "还没排进场馆" in world.client.get(world.at).text


def test_what_is_beyond_is_refused_in_words_and_has_no_buttons(world: World) -> None:
    assert world.other.venue and world.other.room and world.own.venue and world.own.room
    whose, mine = world.other.venue.name.zh, world.own.venue.name.zh
    page = world.client.get(world.there).text
    assert f"排在{whose}，你只管排在{mine}的场次" in page and f"请找{whose}的场馆方或组委会" in page
    assert not re.search(rf'(href|action)="{world.there}/(place|edit|pins|cancellation|archive)"', page)
    refused = world.client.get(f"{world.there}/place")
    assert refused.status_code == 403 and "这一处归别人管" in refused.text and f"排在{whose}" in refused.text
    pushed = world.save(place_room=world.other.room.code)
    assert pushed.status_code == 403 and f"在{whose}，你只管{mine}的厅室" in pushed.text
    now = _again(world.own).room
    assert now and now.code == world.own.room.code
    assert world.client.get(f"{world.at}/edit").status_code == 403


def test_a_city_is_told_whose_a_session_is_and_edits_its_own(world: World) -> None:
    own = next(p for p in _every() if p.session.city and p.city is p.session.city)
    other = next(p for p in _every() if p.session.city and p.session.city is not own.session.city)
    assert own.session.city and other.session.city
    code, mine, whose = own.session.city.code, own.session.city.name.zh, other.session.city.name.zh
    rooms = {p.room.code for p in _every() if p.room and p.venue and p.venue.city and p.venue.city.code == code}
    foreign = {p.room.code for p in _every() if p.room} - rooms
    own_page, other_page = (f"{LIST}/{p.session.code}" for p in (own, other))
    world.narrow("city", code)
    edit = world.client.get(f"{own_page}/edit")
    assert edit.status_code == 200 and rooms <= _rooms(edit.text) and not foreign & _rooms(edit.text)
    refused = world.client.get(f"{other_page}/edit")
    said = f"是{whose}的场次，你只管{mine}的"
    assert refused.status_code == 403 and said in refused.text
    page = world.client.get(other_page).text
    assert said in page and "取消这一场" not in page and "归档这一场" not in page
    pushed = submit(world.client, f"{own_page}/edit", place_room=min(foreign))
    assert pushed.status_code == 403 and f"你只管{mine}的厅室" in pushed.text


def test_pins_of_many_leave_what_is_others(world: World, demo_app: Flask) -> None:
    demo_app.config["WTF_CSRF_ENABLED"] = False
    own, other = world.own.session.code, world.other.session.code
    pin_sessions(world.own.session.week_id, [own, other], Pins(False, False), actor=SYSTEM)
    new = "/desk/w/jl2026/pins/new"
    asking = world.client.post(new, data={"s": [own, other], "do": "ask"}).text
    assert "选了 1 场" in asking and "另有 1 场归别人管，不会动" in asking
    assert world.client.post(new, data={"s": [own, other], "do": "pin", "way": "both"}).status_code == 303
    assert (_again(world.own).pins, _again(world.other).pins) == ("both", "")
    assert "选的场次都归别人管" in world.client.post(new, data={"s": [other], "do": "ask"}).text
    assert world.client.post(new, data={"s": [other], "do": "pin", "way": "both"}).status_code == 403
    listed = world.client.get(LIST).text
    assert set(re.findall(r'name="s" value="([^"]+)"', listed)) <= {
        p.session.code for p in _every() if p.venue and p.venue.code == world.venue
    }
    assert "钉住选中的" in listed and "改选中的" not in listed and "新建场次" not in listed


def test_a_reader_is_told_that_nothing_can_be_changed(demo_app: Flask, sign_in: SignIn) -> None:
    code = db.session.scalars(select(Session.code).limit(1)).one()
    reader = sign_in(demo_app, "reader")
    assert "你的角色看得到这一场，改不了" in reader.get(f"{LIST}/{code}").text
    assert reader.get(f"{LIST}/{code}/place").status_code == 403


def test_an_unknown_session_is_not_found_and_one_that_is_off_leads_back(world: World, desk: FlaskClient) -> None:
    assert desk.get(f"{LIST}/nothere/place").status_code == 404
    desk.post(f"{world.at}/cancellation", data={"reason_zh": "停电", "when": "later"})
    assert desk.get(f"{world.at}/place").location.endswith(world.at)
    assert "改时间地点" not in world.client.get(world.at).text


def test_the_editor_is_told_what_is_anothers_and_that_nothing_gets_past_it(world: World) -> None:
    own, other = world.own, world.other
    assert own.start and own.room and other.room
    day = f"{own.start:%Y-%m-%d}"
    lifted = world.client.get(f"{world.there}/cells?day={day}")
    assert lifted.status_code == 403 and "你只管排在" in lifted.get_json()["said"]
    assert world.client.get(f"{LIST}/nix/cells?day={day}").status_code == 404
    rooms = world.client.get(f"{world.at}/cells?day={day}").get_json()["rooms"]
    assert set(rooms[other.room.code]) == {"x"} and "x" not in rooms[own.room.code]
    asked = {"start": f"{day}T10:00"}
    beyond = world.client.get(f"{world.at}/verdict", query_string=asked | {"room": other.room.code}).get_json()
    assert "你只管" in beyond["never"] and "请找" in beyond["never"]
    here = world.client.get(f"{world.at}/verdict", query_string=asked | {"room": own.room.code}).get_json()
    assert "never" not in here


def test_the_form_of_places_names_no_hall_of_another(world: World) -> None:
    assert world.own.venue and world.other.room
    page = world.client.get(f"{world.at}/place").text
    mine = {room.code for room in world.own.venue.rooms}
    offered = set(re.findall(r'name="place_room" value="([^"]+)"', page))
    assert offered and offered <= mine and page.count("放到这里</button>") == 5
    select = page.partition('id="place_room"')[2].partition("</select>")[0]
    assert set(re.findall(r'<option[^>]* value="([^"]+)"', select)) == mine
    asked = {"place_day": "2026-10-16", "place_at": "10:00", "place_room": world.other.room.code}
    assert 'id="judged"' not in submit(world.client, f"{world.at}/place", "check", **asked).text
    pushed = submit(world.client, f"{world.at}/place", "here", **asked)
    assert pushed.status_code == 403 and _again(world.own).room.code == world.own.room.code  # type: ignore[union-attr]

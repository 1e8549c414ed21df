"""How far a role reaches into the plan: both ends of a move are asked, and the refusal says whose it is."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, Actor, GrantValue
from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import Refusal
from eventweek.programme.actions.places import create_venue
from eventweek.programme.actions.tags import create_track
from eventweek.programme.models import Session
from eventweek.scheduling.actions.pins import Pins, pin_session
from eventweek.scheduling.actions.placements import place_session, unplace_session
from eventweek.scheduling.actions.scenarios import PlaceRow, create_scenario, promote_scenario
from eventweek.scheduling.actions.sessions import Place, edit_planned, resize_session, save_session
from eventweek.scheduling.models import Placement
from eventweek.scheduling.queries.drafts import find_placement
from eventweek.scheduling.queries.reach import find_movable
from tests.factories.programme import make_room, make_session, make_venue, make_week

NINE, TEN = "2027-04-13T09:00", "2027-04-13T10:00"
Statements = Callable[[], AbstractContextManager[list[str]]]


class World:
    """Two cities with a hall each (Changchun with two venues), an online hall, and four sessions that stand there."""

    def __init__(self) -> None:
        week = make_week()
        self.week_id = week.id
        venues = {"c": make_venue(), "c2": make_venue(name="科学宫"), "j": make_venue("220200", "松花江会馆")}
        venues["web"] = create_venue({"name_zh": "线上", "site_type": "online"}, actor=SYSTEM)
        self.venues = {name: venue.code for name, venue in venues.items()}
        self.halls = {name: make_room(venue, name_zh=f"{name} 厅").code for name, venue in venues.items()}
        self.tracks = {"light": "light", "farm": "farm"}
        for code, name in (("light", "光电"), ("farm", "农业")):
            create_track(week.id, {"code": code, "name_zh": name}, actor=SYSTEM)
        own: dict[str, dict[str, Any]] = {
            "c": {"track": self.tracks["light"]},
            "c2": {},
            "j": {"city": "220200", "track": self.tracks["farm"]},
            "all": {"city": None},
        }
        self.codes = {name: make_session(week, f"{name} 场", **values).code for name, values in own.items()}
        for name in ("c", "c2", "j"):
            self.place(name, name, NINE, SYSTEM)

    def actor(self, kind: str, *names: str) -> Actor:
        """Return somebody who holds a role for these cities, venues or tracks."""
        known = {"city": {"c": "220100", "j": "220200"}, "venue": self.venues, "track": self.tracks}[kind]
        return Actor("user:9", grants=tuple(GrantValue(kind, self.week_id, kind, known[name]) for name in names))

    def session(self, name: str) -> Session:
        """Return a session as it is stored."""
        return db.session.scalars(select(Session).where(Session.code == self.codes[name])).one()

    def place(self, name: str, hall: str, start: str, actor: Actor) -> Placement:
        """Place or move a session."""
        placed = find_placement(self.session(name).id)
        version = placed.version if placed else None
        return place_session(self.codes[name], start, self.halls[hall], version=version, actor=actor)


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def _why(act: Callable[[], Any]) -> tuple[str, str, str]:
    """Return the code of a refusal, whose it says it is, and what is the actor's own."""
    with pytest.raises(Refusal) as caught:
        act()
    facts = caught.value.facts
    whose, mine = (facts.get(name, Bilingual("", "")).zh for name in ("whose", "mine"))
    return caught.value.code, whose, mine


def test_a_city_moves_its_own_sessions_among_its_own_halls_and_nothing_else(world: World) -> None:
    city = world.actor("city", "c")
    assert world.place("c", "c2", TEN, city).room.code == world.halls["c2"]
    room = ("reach.room_city", "吉林市", "长春市")
    session = ("reach.session_city", "吉林市", "长春市")
    assert _why(lambda: world.place("c", "j", NINE, city)) == room  # ours into their hall
    assert _why(lambda: world.place("j", "c", NINE, city)) == session  # theirs into our hall
    assert _why(lambda: world.place("j", "j", TEN, city)) == session
    assert _why(lambda: world.place("all", "c", TEN, city)) == ("reach.session_whole", "", "长春市")
    assert _why(lambda: world.place("c", "web", TEN, city)) == ("reach.room_whole", "", "长春市")
    both = world.actor("city", "c", "j")
    assert world.place("j", "c", "2027-04-14T09:00", both).room.code == world.halls["c"]
    assert _why(lambda: world.place("all", "c", TEN, both)) == ("reach.session_whole", "", "长春市、吉林市")


def test_a_venue_moves_what_stands_in_its_halls_and_no_more(world: World) -> None:
    venue = world.actor("venue", "c")
    assert world.place("c", "c", TEN, venue).version == 2
    assert _why(lambda: world.place("c", "c2", NINE, venue)) == ("reach.room_venue", "科学宫", "会展中心")
    assert _why(lambda: world.place("c2", "c", NINE, venue)) == ("reach.session_venue", "科学宫", "会展中心")
    assert _why(lambda: world.place("all", "c", NINE, venue)) == ("reach.session_unplaced", "", "会展中心")
    with pytest.raises(Refusal, match="permission.denied"):
        edit_planned(world.codes["c"], {"title_zh": "改名"}, version=None, actor=venue)


def test_a_track_moves_its_own_sessions_into_any_hall(world: World) -> None:
    track = world.actor("track", "light")
    assert world.place("c", "j", TEN, track).room.code == world.halls["j"]
    assert world.place("c", "web", TEN, track).room.code == world.halls["web"]
    assert _why(lambda: world.place("j", "j", TEN, track)) == ("reach.session_track", "农业", "光电")
    assert _why(lambda: world.place("c2", "c2", TEN, track)) == ("reach.session_whole", "", "光电")


def test_two_roles_lend_each_other_nothing(world: World) -> None:
    """A track's freedom of halls is for its own sessions, not for those that a city's role brings."""
    light, city = world.actor("track", "light"), world.actor("city", "c")
    both = Actor("user:9", grants=light.grants + city.grants)
    assert world.place("c", "j", TEN, both).room.code == world.halls["j"]
    assert _why(lambda: world.place("c2", "j", NINE, both)) == ("reach.room_city", "吉林市", "长春市")


@pytest.mark.parametrize("kind", ["city", "venue", "track"])
def test_pins_lengths_and_taking_out_reach_as_far(world: World, kind: str) -> None:
    mine = world.actor(kind, "light" if kind == "track" else "c")
    own, other = world.codes["c"], world.codes["j"]
    pin_session(own, Pins(True), version=None, actor=mine)
    assert resize_session(own, 90, version=None, actor=mine).duration_min == 90
    for act in (
        lambda: pin_session(other, Pins(True), version=None, actor=mine),
        lambda: resize_session(other, 90, version=None, actor=mine),
        lambda: unplace_session(other, version=1, actor=mine),
    ):
        assert _why(act)[0] == f"reach.session_{kind}"
    unplace_session(own, version=2, actor=mine)
    assert find_placement(world.session("c").id) is None
    assert find_placement(world.session("j").id) is not None and world.session("j").duration_min == 150


def test_a_session_in_a_foreign_hall_keeps_its_hours_but_not_its_texts(world: World) -> None:
    """The committee has put it there: its city may take it home, and change what it says, but not stretch it there."""
    world.place("c", "j", TEN, SYSTEM)
    city, code = world.actor("city", "c"), world.codes["c"]
    beyond = ("reach.room_city", "吉林市", "长春市")
    place = Place(TEN, world.halls["j"], 2)
    saved = save_session(world.week_id, code, {"title_zh": "新题"}, place=place, version=1, actor=city)
    assert saved.title.zh == "新题"
    longer = {"duration_min": 200}
    assert _why(lambda: edit_planned(code, longer, version=None, actor=city)) == beyond
    assert _why(lambda: resize_session(code, 200, version=None, actor=city)) == beyond
    assert _why(lambda: world.place("c", "j", NINE, city)) == beyond
    save = save_session(world.week_id, code, longer, place=Place(TEN, world.halls["c"], 2), version=None, actor=city)
    assert save.duration_min == 200 and find_placement(save.id).room.code == world.halls["c"]  # type: ignore[union-attr]


def test_who_works_on_a_part_promotes_what_stays_in_it(world: World) -> None:
    city = world.actor("city", "c")

    def scenario(name: str, **halls: str) -> str:
        kept = {n: find_placement(world.session(n).id) for n in ("c", "c2", "j")}
        rows = []
        for n, own in kept.items():
            assert own
            hall = find_placement(world.session(halls[n]).id) if n in halls else own
            assert hall
            rows.append(PlaceRow(own.session_id, own.start, hall.room_id))
        return create_scenario(world.week_id, name, rows, actor=SYSTEM).code

    inside, theirs, pushed = scenario("内", c="c2"), scenario("别人", j="c"), scenario("推出", c="j")

    def promote(code: str) -> None:
        promote_scenario(world.week_id, code, former="原来", actor=city)

    assert _why(lambda: promote(theirs))[0] == "reach.session_city"
    assert _why(lambda: promote(pushed))[0] == "reach.room_city"
    promote(inside)
    placed = find_placement(world.session("c").id)
    assert placed and placed.room.code == world.halls["c2"]


def test_what_somebody_may_move_is_found_in_two_statements(world: World, statements: Statements) -> None:
    def names(codes: frozenset[str], known: dict[str, str]) -> set[str]:
        return {name for name, code in known.items() if code in codes}

    wanted = {
        ("city", "c"): ({"c", "c2"}, set(), {"c", "c2"}),
        ("city", "j"): ({"j"}, set(), {"j"}),
        ("venue", "c"): ({"c"}, set(), {"c"}),
        ("track", "light"): ({"c"}, {"c"}, set()),
    }
    for (kind, name), answer in wanted.items():
        actor = world.actor(kind, name)
        with statements() as seen:
            own = find_movable(world.week_id, actor)
        assert len(seen) == 2
        found = names(own.sessions, world.codes), names(own.anywhere, world.codes), names(own.rooms, world.halls)
        assert found == answer and not own.is_nothing
    with statements() as seen:
        everything, nothing = (find_movable(world.week_id, who) for who in (SYSTEM, Actor("user:8")))
    assert seen == [] and nothing.is_nothing
    assert everything.may_use(world.codes["j"], world.halls["c"]) and not nothing.may_move(world.codes["j"])


def test_what_may_be_moved_is_what_the_actions_let_through(world: World) -> None:
    """The query and the actions agree on every session and hall, for every kind of role."""
    for kind, name in (("city", "c"), ("venue", "c"), ("track", "light"), ("venue", "web")):
        actor = world.actor(kind, name)
        own = find_movable(world.week_id, actor)
        for session in world.codes:
            for hall in world.halls:
                may = own.may_use(world.codes[session], world.halls[hall])
                before = find_placement(world.session(session).id)
                back = (before.room.code, before.start) if before else None
                try:
                    world.place(session, hall, "2027-04-16T15:00", actor)
                except Refusal as refusal:
                    assert not may and refusal.code.startswith("reach."), (kind, session, hall)
                    continue
                assert may, (kind, session, hall)
                placed = find_placement(world.session(session).id)
                assert placed and back
                place_session(world.codes[session], back[1].isoformat(), back[0], version=placed.version, actor=SYSTEM)

"""A scenario is another plan of the week: copied, named, compared, put in the place of the working plan."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from eventweek.audit.actors import SYSTEM, Actor, GrantValue
from eventweek.audit.models import AuditEntry, Revision
from eventweek.editions.actions.copying import copy_week
from eventweek.editions.enums import Anchor, Part
from eventweek.editions.queries import count_contents
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.programme.actions.places import archive_room, restore_room
from eventweek.programme.actions.sessions import cancel_session, edit_session
from eventweek.programme.actions.weeks import set_week_state
from eventweek.programme.models import Room, Session
from eventweek.programme.queries import find_week
from eventweek.replanning.verify import list_findings
from eventweek.scheduling.actions import place_session, release_schedule, unplace_session
from eventweek.scheduling.actions.levels import Wish, set_rules
from eventweek.scheduling.actions.scenarios import (
    MOST,
    PlaceRow,
    create_scenario,
    delete_scenario,
    promote_scenario,
    rename_scenario,
)
from eventweek.scheduling.models import Placement, Plan
from eventweek.scheduling.queries.drafts import find_placement
from eventweek.scheduling.queries.marks import list_marks
from eventweek.scheduling.queries.scenarios import (
    find_plan,
    find_working_plan,
    foresee_promotion,
    glance,
    list_plans,
    map_spots,
)
from tests.factories.programme import make_person, make_room, make_session, make_venue, make_week

pytestmark = pytest.mark.database
MORNING = datetime(2027, 4, 13, 1, tzinfo=UTC)
FORMER = "采用前的方案（04-13 09:00）"


class World:
    """A week with three sessions, two of them placed, and a scenario with an hour more for the first."""

    def __init__(self) -> None:
        self.week_id = (week := make_week()).id
        venue = make_venue()
        self.halls = [make_room(venue, name_zh=name).code for name in ("一号厅", "二号厅")]
        person = make_person().code
        parts = [{"person": person, "role": "speaker"}]
        self.codes = [make_session(week, name, people=parts).code for name in ("甲", "乙", "丙")]
        for number, hall in enumerate(self.halls):
            self.place(self.codes[number], MORNING + timedelta(hours=5 * number), hall)

    def place(self, code: str, start: datetime, hall: str = "") -> None:
        own = find_placement(self.id_of(code))
        place_session(
            code, start.isoformat(), hall or self.halls[0], version=own.version if own else None, actor=SYSTEM
        )

    def id_of(self, code: str) -> int:
        return db.session.scalars(select(Session.id).where(Session.code == code)).one()

    def room(self, number: int = 0) -> int:
        return db.session.scalars(select(Room.id).where(Room.code == self.halls[number])).one()

    def later(self, name: str = "晚一小时", hours: int = 1) -> str:
        """Return the code of a scenario in which the first session is later and the second is not placed."""
        rows = [PlaceRow(self.id_of(self.codes[0]), MORNING + timedelta(hours=hours), self.room())]
        return create_scenario(self.week_id, name, rows, actor=SYSTEM).code

    def promote(self, code: str, seen: int | None = None, actor: Actor = SYSTEM) -> Plan:
        return promote_scenario(self.week_id, code, former=FORMER, seen=seen, actor=actor)

    def seen(self, code: str) -> int:
        """Return the token of what a promotion would change."""
        old, new = find_working_plan(self.week_id), find_plan(self.week_id, code)
        assert old and new
        return foresee_promotion(self.week_id, old, new).token

    def plan(self) -> dict[str, tuple[int, str]]:
        """Return hour (UTC) and room of the working plan by the session's title."""
        own = find_working_plan(self.week_id)
        rows = db.session.scalars(select(Placement).where(Placement.plan_id == own.id)) if own else ()
        return {p.session.title.zh: (p.start.hour, p.room.name.zh) for p in rows}

    def names(self) -> dict[str, bool]:
        return {plan.name: plan.working for plan in list_plans(self.week_id)}


@pytest.fixture
def world(app: Flask) -> World:
    return World()


BEFORE = {"甲": (1, "一号厅"), "乙": (6, "二号厅")}
AFTER = {"甲": (2, "一号厅")}


def test_a_copy_holds_what_the_working_plan_held(world: World) -> None:
    code = create_scenario(world.week_id, "  备用  方案 ", None, actor=SYSTEM).code
    world.place(world.codes[0], MORNING + timedelta(hours=5))
    own = find_plan(world.week_id, code)
    week = find_week("spring")
    assert own and week and (own.name, own.actor, own.working) == ("备用 方案", "system", False)
    copy, working = glance(week, [own, *(p for p in list_plans(world.week_id) if p.working)])
    assert (copy.placed, copy.moved, working.placed, working.moved) == (2, 1, 2, 0)
    assert copy.blocking == 0 and working.blocking == 1, "one person at two places at once"


def test_a_week_without_a_plan_has_an_empty_copy(app: Flask) -> None:
    week = make_week()
    code = create_scenario(week.id, "空的", None, actor=SYSTEM).code
    plan = promote_scenario(week.id, code, former=FORMER, actor=SYSTEM)
    assert plan.working and [p.name for p in list_plans(week.id)] == ["空的", FORMER]


def test_names_are_of_one_scenario_alone(world: World) -> None:
    code = create_scenario(world.week_id, "Plan A", None, actor=SYSTEM).code
    other = create_scenario(world.week_id, "Plan B", None, actor=SYSTEM).code
    for taken in ("ｐｌａｎ　ａ", "PLAN A"):
        with pytest.raises(Invalid) as no:
            rename_scenario(world.week_id, other, taken, actor=SYSTEM)
        assert [(e.field, e.code) for e in no.value.errors] == [("name", "scenario.name_taken")]
    for wrong, why in (("", "field.required"), ("\u200b ", "field.required"), ("长" * 81, "text.too_long")):
        with pytest.raises(Invalid) as no:
            create_scenario(world.week_id, wrong, None, actor=SYSTEM)
        assert no.value.errors[0].code == why
    assert rename_scenario(world.week_id, code, "PLAN A", version=1, actor=SYSTEM).version == 2
    with pytest.raises(Refusal, match="version.stale"):
        rename_scenario(world.week_id, code, "C", version=1, actor=SYSTEM)


def test_a_week_has_room_for_so_many(world: World) -> None:
    for number in range(MOST):
        create_scenario(world.week_id, f"{number}", [], actor=SYSTEM)
    with pytest.raises(Refusal, match="scenario.too_many"):
        create_scenario(world.week_id, "一个太多", [], actor=SYSTEM)


def test_places_of_nothing_known_are_refused_whole(world: World) -> None:
    own = world.id_of(world.codes[0])
    for row in (PlaceRow(own, MORNING, 99999), PlaceRow(99999, MORNING, world.room())):
        with pytest.raises(Refusal, match="scenario.unknown_place"):
            create_scenario(world.week_id, "错的", [row], actor=SYSTEM)
    assert list(world.names()) == [""]


def test_a_promotion_swaps_and_another_takes_it_back(world: World) -> None:
    release_schedule(world.week_id, actor=SYSTEM, note="")
    assert {m.action for m in list_marks(world.week_id).values()} == {None}
    world.promote(code := world.later(), seen=world.seen(code))
    assert world.plan() == AFTER and world.names() == {"晚一小时": True, FORMER: False}
    marks = list_marks(world.week_id)
    assert [marks[own].action for own in world.codes[:2]] == ["moved", "unplaced"]
    former = next(p.code for p in list_plans(world.week_id) if not p.working)
    world.promote(former)
    assert world.plan() == BEFORE and world.names() == {FORMER: True, f"{FORMER} 2": False}
    assert {m.action for m in list_marks(world.week_id).values()} == {None}


def test_whoever_saw_the_former_place_is_stale(world: World) -> None:
    """Also where the version of the scenario's row happens to be the one that they saw, and after coming back."""
    first, second = world.codes[:2]
    code = world.later()
    rows = [PlaceRow(world.id_of(second), MORNING, world.room(1)), PlaceRow(world.id_of(first), MORNING, world.room(1))]
    other = create_scenario(world.week_id, "另一个", rows, actor=SYSTEM).code
    for promoted in (code, other):
        own = find_placement(world.id_of(first))
        assert own
        version = own.version
        world.promote(promoted)
        with pytest.raises(Refusal, match="version.stale"):
            place_session(first, MORNING.isoformat(), world.halls[1], version=version, actor=SYSTEM)
    assert [p.version for p in [find_placement(world.id_of(own)) for own in (first, second)] if p] == [3, 2]


def test_what_stays_keeps_its_version(world: World) -> None:
    world.place(world.codes[0], MORNING + timedelta(hours=3))
    code = create_scenario(world.week_id, "同", None, actor=SYSTEM).code
    world.place(world.codes[1], MORNING + timedelta(hours=3), world.halls[1])
    world.promote(code)
    own = find_placement(world.id_of(world.codes[0]))
    assert own and own.version == 2
    place_session(world.codes[0], MORNING.isoformat(), world.halls[0], version=2, actor=SYSTEM)


def test_the_history_of_each_session_tells_of_it(world: World) -> None:
    code = world.later()
    before = db.session.scalar(select(func.count()).select_from(Revision)) or 0
    world.promote(code)
    rows = list(db.session.scalars(select(Revision).order_by(Revision.id).offset(before)))
    assert [(r.verb, r.code, r.version) for r in sorted(rows, key=lambda r: r.verb)] == [
        ("place", world.codes[0], 2),
        ("unplace", world.codes[1], None),
    ]
    assert rows[0].changes == {"start": ["2027-04-13T01:00:00+00:00", "2027-04-13T02:00:00+00:00"]}
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.verb, entry.code, entry.changes["former"], entry.changes["changed"]) == (
        "scenario.promote",
        code,
        FORMER,
        2,
    )


def _moved(world: World) -> None:
    world.place(world.codes[1], MORNING + timedelta(hours=4), world.halls[1])


def _placed(world: World) -> None:
    world.place(world.codes[2], MORNING, world.halls[1])


def _off(world: World) -> None:
    cancel_session(world.codes[0], reason=find_week("spring").title, actor=SYSTEM)  # type: ignore[union-attr]


def _taken(world: World) -> None:
    world.promote(world.later("别的", 2))


@pytest.mark.parametrize("change", [_moved, _placed, _off, _taken])
def test_what_was_not_seen_is_not_overwritten(world: World, change: Callable[[World], None]) -> None:
    code = world.later()
    seen = world.seen(code)
    change(world)
    before = world.plan()
    with pytest.raises(Refusal, match="version.stale"):
        world.promote(code, seen)
    assert world.plan() == before
    world.promote(code, world.seen(code))
    assert world.plan() == AFTER


def test_a_permit_holds_its_session(world: World) -> None:
    code = world.later()
    granted = {"permit_required": True, "permit_status": "approved"}
    edit_session(world.codes[0], granted, version=None, actor=SYSTEM)
    with pytest.raises(Refusal, match="scenario.permit_locked") as no:
        world.promote(code)
    assert no.value.facts["sessions"].zh == "甲" and world.plan() == BEFORE
    place_session(
        world.codes[0],
        (MORNING + timedelta(hours=1)).isoformat(),
        world.halls[0],
        version=1,
        actor=SYSTEM,
        override="已和公安商量",
    )
    world.promote(code)
    assert world.plan() == AFTER


def test_nothing_moves_into_an_archived_room(world: World) -> None:
    rows = [PlaceRow(world.id_of(world.codes[0]), MORNING, world.room(1))]
    code = create_scenario(world.week_id, "换厅", rows, actor=SYSTEM).code
    unplace_session(world.codes[1], version=1, actor=SYSTEM)
    archive_room(world.halls[1], actor=SYSTEM)
    with pytest.raises(Refusal, match="scenario.room_archived"):
        world.promote(code)
    restore_room(world.halls[1], actor=SYSTEM)
    world.promote(code)


def test_a_rule_that_blocks_edits_blocks_a_promotion_too(world: World) -> None:
    edit_session(world.codes[0], {"expected": 500}, version=None, actor=SYSTEM)
    code = world.later()
    unplace_session(world.codes[0], version=1, actor=SYSTEM)
    set_rules(world.week_id, {"capacity": Wish("block")}, version=None, actor=SYSTEM)
    before = world.plan()
    with pytest.raises(Refusal, match="rule.blocked"):
        world.promote(code)
    assert world.plan() == before
    set_rules(world.week_id, {"capacity": Wish("warn")}, version=None, actor=SYSTEM)
    world.promote(code)


def test_an_archived_week_keeps_its_plans(world: World) -> None:
    code = world.later()
    for state in ("closed", "archived"):
        set_week_state("spring", state, actor=SYSTEM)
    for act in (
        lambda: create_scenario(world.week_id, "新", None, actor=SYSTEM),
        lambda: rename_scenario(world.week_id, code, "新", actor=SYSTEM),
        lambda: delete_scenario(world.week_id, code, actor=SYSTEM),
        lambda: world.promote(code),
    ):
        with pytest.raises(Refusal, match="week.archived"):
            act()


def test_a_scenario_goes_and_the_working_plan_never(world: World) -> None:
    code, own = world.later(), find_working_plan(world.week_id)
    assert own
    with pytest.raises(Refusal, match="scenario.working"):
        delete_scenario(world.week_id, own.code, actor=SYSTEM)
    with pytest.raises(Refusal, match="scenario.working"):
        world.promote(own.code)
    delete_scenario(world.week_id, code, version=1, actor=SYSTEM)
    with pytest.raises(Refusal, match="scenario.not_found"):
        delete_scenario(world.week_id, code, actor=SYSTEM)
    assert world.plan() == BEFORE and db.session.scalar(select(func.count()).select_from(Placement)) == 2


def test_verify_misses_a_working_plan(world: World) -> None:
    world.later()
    name = "an edition with scenarios has one working plan"
    assert {finding.name: finding.rows for finding in list_findings()}[name] == []
    with transaction():
        db.session.execute(update(Plan).values(working=False, name_key=Plan.code))
    found = {finding.name: finding.rows for finding in list_findings()}[name]
    assert [(row["week_id"], row["plans"]) for row in found] == [(world.week_id, 2)]


def test_a_copied_edition_brings_the_working_plan_alone(world: World) -> None:
    world.promote(world.later())
    fresh = {"code": "autumn", "title_zh": "秋季", "first_day": "2027-09-13"}
    assert count_contents(world.week_id)["placement"] == 1
    week = copy_week("spring", fresh, parts=list(Part), anchor=Anchor.RUN, actor=SYSTEM)
    (plan,) = list_plans(week.id)
    assert (plan.working, plan.name, plan.actor, plan.version) == (True, "", "", 1)
    assert [len(own) for own in map_spots({plan.id}).values()] == [1]
    create_scenario(week.id, "晚一小时", None, actor=SYSTEM)


def test_a_working_plan_leaves_its_name_to_others(world: World) -> None:
    world.promote(world.later())
    again = create_scenario(world.week_id, "晚一小时", None, actor=SYSTEM)
    world.promote(again.code)
    assert list(world.names()) == ["晚一小时", f"{FORMER} 2", FORMER]


def test_who_works_on_a_part_leaves_the_rest(world: World) -> None:
    """A city's editor saves and throws away scenarios of their own, and promotes what moves their sessions alone."""
    city = Actor("user:9", grants=(GrantValue("city", world.week_id, "city", "220200"),))
    code = world.later()
    own = create_scenario(world.week_id, "我的", None, actor=city).code
    with pytest.raises(Refusal, match=r"reach\.session_city"):
        world.promote(code, actor=city)
    for act in (
        lambda: delete_scenario(world.week_id, code, actor=city),
        lambda: create_scenario(world.week_id, "x", None, actor=Actor("user:8")),
    ):
        with pytest.raises(Refusal, match="permission.denied"):
            act()
    rename_scenario(world.week_id, own, "还是我的", actor=city)
    delete_scenario(world.week_id, own, actor=city)


def _at_once(app: Flask, calls: list[Callable[[], Any]]) -> list[str]:
    """Make calls at once, each in a thread; return the refusals' codes, empty for what went through."""
    barrier, found = Barrier(len(calls)), []

    def run(call: Callable[[], Any]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                call()
            except Refusal as refusal:
                found.append(refusal.code)
            else:
                found.append("")
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


def test_of_two_promotions_at_once_one_is_stale(app: Flask, world: World) -> None:
    codes = [world.later(name, hours) for name, hours in (("甲案", 1), ("乙案", 2))]
    seen = {code: world.seen(code) for code in codes}
    db.session.remove()
    calls: list[Callable[[], Any]] = [lambda code=code: world.promote(code, seen[code]) for code in codes]  # type: ignore[misc]
    assert _at_once(app, calls) == ["", "version.stale"]
    assert sorted(world.names().values()) == [False, False, True]


def test_of_two_scenarios_of_one_name_at_once_one_is_made(app: Flask, world: World) -> None:
    db.session.remove()
    calls: list[Callable[[], Any]] = [lambda: create_scenario(world.week_id, "同名", None, actor=SYSTEM)] * 2
    assert _at_once(app, calls) == ["", "input.invalid"]


def test_a_promotion_and_a_move_at_once_lose_nothing(app: Flask, world: World) -> None:
    """Whichever comes first, the other is stale, or the move stands in what the promotion put aside."""
    code = world.later()
    seen = world.seen(code)
    db.session.remove()
    later = (MORNING + timedelta(hours=6)).isoformat()
    outcome = _at_once(
        app,
        [
            lambda: world.promote(code, seen),
            lambda: place_session(world.codes[0], later, world.halls[0], version=1, actor=SYSTEM),
        ],
    )
    assert outcome == ["", "version.stale"]

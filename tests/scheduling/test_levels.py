"""Levels of rules: one list for the desk and the planner, what a week says of it, and what follows."""

from datetime import datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM
from eventweek.audit.models import AuditEntry
from eventweek.editions.actions.copying import copy_week
from eventweek.editions.enums import Part
from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.language.scheduling import SENTENCES
from eventweek.planner.constraints import RULES as PLANNED
from eventweek.programme.actions.places import edit_room
from eventweek.programme.actions.sessions import cancel_session, edit_session
from eventweek.programme.models import Session, Week
from eventweek.programme.queries import find_week
from eventweek.registration.actions.bulk import plan_and_apply
from eventweek.replanning.actions import publish
from eventweek.scheduling.actions.importing import import_programme
from eventweek.scheduling.actions.levels import Wish, choose_preset, set_rules
from eventweek.scheduling.actions.placements import place_session
from eventweek.scheduling.actions.sessions import Place, edit_planned, restore_planned, save_session
from eventweek.scheduling.enums import Level, Preset
from eventweek.scheduling.models import Placement, RulePreset, RuleSetting
from eventweek.scheduling.problems import problems
from eventweek.scheduling.queries.board import list_problems
from eventweek.scheduling.queries.levels import find_rules, levels, planner_settings
from eventweek.scheduling.rulebook import BY_CODE, BY_FINDING, CLASHES, LEVELS, RULES, STRICTEST, UNWRITTEN
from tests.factories.keys import actor_of, make_owner
from tests.factories.programme import make_room, make_session, make_venue, make_week
from tests.scheduling.test_importing import SMALL
from tests.scheduling.test_problems import WEEK, at

BLOCKED = {"capacity": Wish("block")}


def test_the_rulebook_speaks_of_all_that_the_desk_finds_and_the_planner_knows() -> None:
    found = {code.removeprefix("problem.") for code in SENTENCES if code.startswith("problem.")}
    assert set(BY_FINDING) == found and len(BY_CODE) == len(RULES)
    known = {rule.code: rule for rule in PLANNED}
    assert {code for rule in RULES for code in rule.planner} | set(UNWRITTEN) == set(known)
    for rule in RULES:
        assert rule.level in rule.choices and rule.title.zh and rule.title.en
        assert {known[code].level for code in rule.planner} <= {rule.usual}
        assert not (rule.choices[0].stops and any(known[code].highest != "hard" for code in rule.planner))
        if rule.planner == (rule.code,) and rule.code != "room_overlap":
            assert (rule.title.zh, rule.title.en) == known[rule.code].title
            assert rule.weight == known[rule.code].weight


def test_what_cannot_be_is_never_less_than_a_stop_of_releases() -> None:
    for code in CLASHES:
        assert BY_CODE[code].choices == (Level.BLOCK, Level.BLOCK_RELEASE)
    assert BY_CODE["unplaced"].choices == (Level.WARN,)
    assert BY_CODE["series_days"].choices == (Level.WARN, Level.IGNORE)
    assert BY_CODE["pool_exceeded"].choices == (Level.BLOCK, Level.WARN, Level.IGNORE)
    assert BY_CODE["lunch"].choices == tuple(Level)


@given(
    st.dictionaries(st.sampled_from(["lunch", "capacity", "room_overlap", "session_window"]), st.sampled_from(Level))
)
def test_findings_have_the_level_of_their_rule_and_the_gravest_come_first(own: dict[str, Level]) -> None:
    plan = [at("a", 150, may_span_lunch=False, expected=101, latest_end="09:30"), at("b", 160)]
    said = {**LEVELS, **own}
    found = problems(WEEK, plan, said)
    usual = {one.key: one for one in problems(WEEK, plan)}
    wanted = {key for key, one in usual.items() if said[one.about.code] != Level.IGNORE}
    assert {one.key for one in found} == wanted and len(usual) == 4
    assert [one.level for one in found] == [said[one.about.code] for one in found]
    grades = [STRICTEST.index(one.level) for one in found]
    assert grades == sorted(grades)


def test_a_finding_is_another_once_a_session_or_a_number_is_another() -> None:
    def key(**facts: Any) -> str:
        [one] = problems(WEEK, [at("a", **({"expected": 101} | facts))])
        return one.key

    assert key() == key() and len({key(), key(start=15), key(expected=102)}) == 3


@pytest.fixture
def week(app: Flask) -> Week:
    """Give a week with nothing in it."""
    return make_week()


def _placed(week: Week, title: str, start: str = "2027-04-13T09:00", seats: int = 50, **facts: Any) -> Session:
    session = make_session(week, title)
    edit_session(session.code, {"duration_min": 60, "expected": 40} | facts, version=None, actor=SYSTEM)
    room = make_room(make_venue(name=f"馆{title}"), capacity=seats)
    place_session(session.code, start, room.code, version=None, actor=SYSTEM)
    return session


def test_a_week_that_says_nothing_means_every_rule_as_usual(week: Week) -> None:
    found = find_rules(week.id)
    assert (found.preset, found.version) == (Preset.STEADY, 0) and levels(week.id) == LEVELS
    assert not any(one.differs for one in found.rules) and planner_settings(week.id) == (Preset.STEADY, {})
    stopping = {code for code, level in LEVELS.items() if level.stops and BY_CODE[code].findings}
    assert stopping == set(CLASHES)


@pytest.mark.database
def test_what_a_week_says_is_kept_audited_and_told_to_the_planner(week: Week) -> None:
    wishes = {
        "lunch": Wish("warn", 7),
        "capacity": Wish("block_release"),
        "travel_time": Wish("ignore"),
        "theme_overlap": Wish(None, 50),
        "published_time": Wish("warn"),
    }
    done = set_rules(week.id, wishes, preset="repair", version=0, actor=SYSTEM)
    assert done.preset == "repair" and done.version >= 1 and levels(week.id)["lunch"] == Level.WARN
    preset, said = planner_settings(week.id)
    assert preset == "repair"
    assert {code: (one.level, one.weight) for code, one in said.items()} == {
        "lunch": ("soft", 7),
        "capacity": ("hard", None),
        "travel_time": ("ignore", None),
        "theme_overlap": (None, 50),
        "published_time": ("medium", None),
    }
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "rules.edit")).one()
    assert entry.changes["lunch"] == [None, ["warn", 7]] and entry.changes["preset"] == [["steady"], ["repair"]]
    again = set_rules(week.id, wishes, version=done.version, actor=SYSTEM)
    assert again.version == done.version
    back = set_rules(week.id, {"lunch": Wish()}, version=None, actor=SYSTEM)
    assert back.version > done.version and levels(week.id)["lunch"] == LEVELS["lunch"]
    with pytest.raises(Refusal, match="version.stale"):
        set_rules(week.id, {}, version=done.version, actor=SYSTEM)


def test_of_two_rules_that_the_planner_takes_as_one_the_strictest_counts(week: Week) -> None:
    set_rules(week.id, {"changeover": Wish("ignore")}, version=None, actor=SYSTEM)
    assert planner_settings(week.id)[1]["room_overlap"].level == "hard"
    assert levels(week.id)["changeover"] == Level.IGNORE


@pytest.mark.database
def test_a_preset_replaces_the_weights_and_leaves_the_levels(week: Week) -> None:
    set_rules(week.id, {"lunch": Wish("warn", 7), "theme_overlap": Wish(None, 9)}, version=None, actor=SYSTEM)
    done = choose_preset(week.id, "compact", version=None, actor=SYSTEM)
    said = {one.rule.code: (one.own, one.own_weight) for one in done.rules if one.differs}
    assert said == {"lunch": (Level.WARN, None)} and done.preset == Preset.COMPACT
    with pytest.raises(Invalid):
        choose_preset(week.id, "loud", version=None, actor=SYSTEM)


@pytest.mark.parametrize(
    ("code", "wish", "error"),
    [
        ("nix", Wish("warn"), "rule.unknown"),
        ("room_overlap", Wish("warn"), "rule.level"),
        ("person_overlap", Wish("ignore"), "rule.level"),
        ("unplaced", Wish("ignore"), "rule.level"),
        ("theme_overlap", Wish("block_release"), "rule.level"),
        ("lunch", Wish("loud"), "rule.level"),
        ("lunch", Wish("warn", -1), "rule.weight"),
        ("lunch", Wish("warn", 10_001), "rule.weight"),
        ("lunch", Wish("warn", 1.5), "rule.weight"),
        ("lunch", Wish("warn", True), "rule.weight"),
        ("start_grid", Wish("warn", 5), "rule.weightless"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(week: Week, code: str, wish: Wish, error: str) -> None:
    with pytest.raises(Invalid) as caught:
        set_rules(week.id, {code: wish, "capacity": Wish("block")}, version=None, actor=SYSTEM)
    assert [(one.field, one.code) for one in caught.value.errors] == [(code, error)]
    assert levels(week.id) == LEVELS and db.session.scalar(select(func.count()).select_from(RulePreset)) == 0


@pytest.mark.parametrize("role", ["city", "track", "reader", "door"])
def test_only_who_may_edit_the_week_sets_rules(week: Week, role: str) -> None:
    for verb in (
        lambda a: set_rules(week.id, {}, version=None, actor=a),
        lambda a: choose_preset(week.id, "compact", version=None, actor=a),
    ):
        with pytest.raises(Refusal, match="permission.denied"):
            verb(actor_of(make_owner("spring", role)))


@pytest.mark.database
def test_an_edit_that_would_break_a_rule_that_blocks_is_refused_through_every_door(week: Week) -> None:
    own = _placed(week, "甲")
    row = db.session.scalars(select(Placement)).one()
    small = make_room(make_venue(name="小馆"), capacity=10)
    set_rules(week.id, BLOCKED, version=None, actor=SYSTEM)
    moved = Place("2027-04-13T11:00", small.code, row.version)
    breaking: list[Any] = [
        lambda: place_session(own.code, "2027-04-13T11:00", small.code, version=row.version, actor=SYSTEM),
        lambda: save_session(week.id, own.code, {}, place=moved, version=None, actor=SYSTEM),
        lambda: edit_planned(own.code, {"expected": 51}, version=None, actor=SYSTEM),
    ]
    for edit in breaking:
        with pytest.raises(Refusal, match="rule.blocked") as caught:
            edit()
        assert caught.value.facts["rule"] == BY_CODE["capacity"].title and caught.value.facts["count"] == 1
        assert caught.value.facts["session"] == Bilingual("甲", "")
        db.session.expire_all()
        assert list_problems(week) == [] and db.session.get_one(Session, own.id).expected == 40
    place_session(own.code, "2027-04-13T11:00", row.room.code, version=row.version, actor=SYSTEM)


@pytest.mark.database
def test_an_import_that_would_break_a_rule_that_blocks_takes_nothing_in(app: Flask) -> None:
    import_programme(SMALL, actor=SYSTEM)
    week = find_week("w")
    assert week
    set_rules(week.id, BLOCKED, version=None, actor=SYSTEM)
    other = {name: SMALL[name] for name in ("format", "source")} | {"week": {"code": "w"}}
    with pytest.raises(Refusal, match="rule.blocked"):
        import_programme(other | {"sessions": [{"id": "a", "expected": 5000}]}, actor=SYSTEM)
    assert list_problems(week) == []
    import_programme(other | {"sessions": [{"id": "a", "expected": 300}]}, actor=SYSTEM)


@pytest.mark.database
def test_what_was_broken_before_may_be_edited_and_facts_about_rooms_are_always_taken(week: Week) -> None:
    own = _placed(week, "甲")
    row = db.session.scalars(select(Placement)).one()
    set_rules(week.id, BLOCKED, version=None, actor=SYSTEM)
    edit_room(row.room.code, {"capacity": 20}, version=None, actor=SYSTEM)
    assert [(one.rule, one.level) for one in list_problems(week)] == [("capacity", Level.BLOCK)]
    edit_planned(own.code, {"expected": 45}, version=None, actor=SYSTEM)
    place_session(own.code, datetime.fromisoformat("2027-04-13T03:00+00:00"), row.room.code, version=1, actor=SYSTEM)
    with pytest.raises(Refusal, match="release.blocked"):
        publish(week.id, actor=SYSTEM, note="")


def test_bringing_a_session_back_and_changing_many_ask_too(week: Week) -> None:
    own = _placed(week, "甲", expected=60)
    cancel_session(own.code, reason=Bilingual("停电", ""), actor=SYSTEM)
    set_rules(week.id, BLOCKED | {"session_window": Wish("block")}, version=None, actor=SYSTEM)
    with pytest.raises(Refusal, match="rule.blocked"):
        restore_planned(own.code, actor=SYSTEM)
    other = _placed(week, "乙", start="2027-04-14T09:00")
    with pytest.raises(Refusal, match="rule.blocked"):
        plan_and_apply(week.id, [other.code], {"set": {"days": ["2027-04-15"]}}, actor=SYSTEM)


@pytest.mark.database
@pytest.mark.parametrize("level", ["block_release", "warn", "ignore"])
def test_a_rule_stops_a_release_where_the_week_says_so(week: Week, level: str) -> None:
    set_rules(week.id, {"capacity": Wish(level)}, version=None, actor=SYSTEM)
    own, other = _placed(week, "甲", expected=60), _placed(week, "乙")
    assert [str(one.level) for one in list_problems(week)] == ([] if level == "ignore" else [level])
    if level == "block_release":
        with pytest.raises(Refusal, match="release.blocked") as caught:
            publish(week.id, actor=SYSTEM, note="")
        assert caught.value.facts["sessions"] == Bilingual("甲", "甲")
        assert publish(week.id, actor=SYSTEM, note="", sessions=[other.code]).number == 1
    else:
        assert publish(week.id, actor=SYSTEM, note="", sessions=[own.code]).number == 1


def test_a_part_is_judged_beside_what_stays_public_not_beside_the_plan(week: Week) -> None:
    """The other session is planned elsewhere, but the public knows it at noon beside this one's plenary."""
    set_rules(
        week.id, {"not_parallel": Wish("block_release"), "plenary": Wish("block_release")}, version=None, actor=SYSTEM
    )
    plain = _placed(week, "甲")
    publish(week.id, actor=SYSTEM, note="")
    row = db.session.scalars(select(Placement)).one()
    place_session(plain.code, "2027-04-14T09:00", row.room.code, version=row.version, actor=SYSTEM)
    edit_session(plain.code, {"city": row.room.venue.city.code}, version=None, actor=SYSTEM)
    whole = _placed(week, "乙", plenary=True, city=row.room.venue.city.code)
    assert list_problems(week) == []
    with pytest.raises(Refusal, match="release.blocked"):
        publish(week.id, actor=SYSTEM, note="", sessions=[whole.code])
    assert publish(week.id, actor=SYSTEM, note="").number == 2


@pytest.mark.database
def test_a_copied_edition_takes_levels_weights_and_preset_along(week: Week) -> None:
    set_rules(week.id, {"lunch": Wish("warn", 7)}, preset="compact", version=None, actor=SYSTEM)
    values = {"code": "autumn", "title_zh": "秋季", "first_day": "2027-09-13"}
    fresh = copy_week("spring", values, parts=[Part.SETTINGS], actor=SYSTEM)
    found = find_rules(fresh.id)
    assert (found.preset, found.version) == (Preset.COMPACT, 1)
    assert planner_settings(fresh.id) == planner_settings(week.id)
    assert db.session.scalar(select(func.count()).select_from(RuleSetting)) == 2


def test_the_levels_of_the_demo_can_be_read_by_name(demo_app: Flask) -> None:
    own = find_week("jl2026")
    assert own and levels(own.id)["room_overlap"] == Level.BLOCK_RELEASE


@pytest.mark.database
def test_of_two_who_place_at_once_one_is_refused(app: Flask, week: Week) -> None:
    set_rules(week.id, {"room_overlap": Wish("block")}, version=None, actor=SYSTEM)
    room, gate = make_room(make_venue()).code, Barrier(2)
    codes, done = [make_session(week, title).code for title in ("甲", "乙")], list[str]()

    def act(code: str) -> None:
        with app.app_context():
            gate.wait()
            try:
                place_session(code, "2027-04-13T09:00", room, version=None, actor=SYSTEM)
                done.append("placed")
            except Refusal as refusal:
                done.append(refusal.code)

    threads = [Thread(target=act, args=(code,)) for code in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert sorted(done) == ["placed", "rule.blocked"] and list_problems(week) == []

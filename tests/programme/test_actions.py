"""Every subject is made, edited, archived and refused through one engine."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM, Actor, GrantValue
from eventweek.audit.models import AuditEntry
from eventweek.editions.actions.deleting import delete_week
from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.programme.actions import parties, places, sessions, tags, weeks
from eventweek.programme.models import CalendarDay, Session, Week
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.subjects import ROOM, SESSION, WEEK
from tests.factories.programme import make_organisation, make_person, make_room, make_session, make_venue, make_week

pytestmark = pytest.mark.database


def faults(call: Callable[[], object]) -> set[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        call()
    return {(error.field, error.code) for error in caught.value.errors}


def last_entry() -> AuditEntry:
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


def test_a_room_keeps_everything_said_of_it(app: Flask) -> None:
    make_week()
    hours = [
        {"day": None, "opens": "08:30", "closes": "12:00"},
        {"day": "2027-04-13", "opens": "09:00", "closes": "24:00"},
    ]
    layouts = [{"layout": "board", "capacity": 30}, {"layout": "theatre", "capacity": 120}]
    room = make_room(make_venue(), hours=hours, layouts=layouts, closures=[{"day": "2027-04-14", "reason": "检修"}])
    read = values_of(ROOM, room)
    assert (read["features"], read["layouts"]) == (["stage"], layouts)
    assert [(h["opens"], h["closes"]) for h in read["hours"]] == [("08:30", "12:00"), ("09:00", "24:00")]
    edited = places.edit_room(room.code, {"hours": hours[1:], "layouts": []}, version=1, actor=SYSTEM)
    assert (len(edited.hours), edited.layouts, edited.version) == (1, [], 2)
    assert set(last_entry().changes) == {"hours", "layouts"}


def test_an_edit_of_an_old_version_is_shown_both_values(app: Flask) -> None:
    venue = make_venue(make_week().cities[0].city.code)
    places.edit_venue(venue.code, {"name_zh": "新馆", "site_type": "展馆"}, version=1, actor=SYSTEM)
    with pytest.raises(Refusal, match="version.stale") as caught:
        places.edit_venue(venue.code, {"name_zh": "旧馆", "site_type": "展馆"}, version=1, actor=SYSTEM)
    assert caught.value.facts["fields"] == [{"field": "name_zh", "mine": "旧馆", "theirs": "新馆"}]
    same = places.edit_venue(venue.code, {"name_zh": "新馆"}, version=2, actor=SYSTEM)
    assert (same.version, same.name) == (2, Bilingual("新馆", ""))


def test_the_audit_names_the_fields_and_masks_a_person(app: Flask) -> None:
    person = make_person(roles=["speaker"])
    parties.edit_person(person.code, {"name_zh": "李示例", "max_per_day": 2}, version=1, actor=SYSTEM)
    entry = last_entry()
    assert (entry.verb, entry.code) == ("person.edit", person.code)
    assert entry.changes == {"name_zh": ["***", "***"], "max_per_day": [3, 2]}


def test_used_masters_are_archived_and_leave_the_choices(app: Flask) -> None:
    week, person = make_week(), make_person()
    session = make_session(week, people=[{"person": person.code, "role": "speaker"}])
    for call in (
        lambda: parties.delete_person(person.code, actor=SYSTEM),
        lambda: tags.delete_kind(week.id, "forum", actor=SYSTEM),
        lambda: places.delete_city("220100", actor=SYSTEM),
    ):
        with pytest.raises(Refusal, match="subject.used"):
            call()
    parties.archive_person(person.code, actor=SYSTEM)
    assert parties.archive_person(person.code, actor=SYSTEM).version == 2
    both = [{"person": person.code, "role": role} for role in ("speaker", "host")]
    assert [p.role for p in sessions.edit_session(session.code, {"people": both}, version=1, actor=SYSTEM).people] == [
        "speaker",
        "host",
    ]
    other = {"kind": "forum", "title_zh": "另一场", "people": both[:1]}
    assert faults(lambda: sessions.create_session(week.id, other, actor=SYSTEM)) == {
        ("people.0.person", "reference.archived")
    }
    parties.delete_person(make_person("无场次").code, actor=SYSTEM)
    with pytest.raises(Refusal, match="subject.not_found"):
        parties.archive_person("nobody", actor=SYSTEM)


def test_a_used_tag_is_never_deleted(app: Flask) -> None:
    week = make_week()
    make_session(week, tags=["industry:ei"])
    for call in (
        lambda: tags.delete_tag(week.id, "industry:ei", actor=SYSTEM),
        lambda: tags.delete_tag_set(week.id, "industry", actor=SYSTEM),
    ):
        with pytest.raises(Refusal, match="subject.used"):
            call()
    tags.delete_tag(week.id, "industry:nm", actor=SYSTEM)
    tags.delete_tag_set(week.id, "audience", actor=SYSTEM)
    assert [s.code for s in db.session.scalars(select(tags.TagSet).order_by(tags.TagSet.position))] == [
        "industry",
        "economy",
    ]


def test_a_session_takes_what_is_left_out_from_its_kind(app: Flask) -> None:
    week, host = make_week(), make_organisation()
    session = make_session(week, expected=1500, organisations=[{"organisation": host.code, "role": "host"}])
    assert (session.duration_min, session.visibility, session.registration) == (150, "public", "open")
    assert (session.permit_required, session.permit_status) == (True, "needed")
    assert session.uid.endswith("@spring.eventweek") and session.organisations[0].organisation is host
    fixed = sessions.edit_session(session.code, {"fixed_start": "2027-04-13T09:30"}, version=1, actor=SYSTEM)
    assert fixed.fixed_start is not None and fixed.fixed_start.isoformat() == "2027-04-13T01:30:00+00:00"
    assert sessions.edit_session(session.code, values_of(SESSION, fixed), version=2, actor=SYSTEM).version == 2


def test_what_makes_no_sense_is_named_at_its_field(app: Flask) -> None:
    week = make_week()
    bad: dict[str, Any] = {"kind": "forum", "title_en": "Forum", "tags": ["industry:ei", "industry:nm"]}
    bad |= {
        "days": ["2027-04-12", "2027-05-01"],
        "earliest": "09:00",
        "latest_end": "10:00",
        "permit_status": "applied",
    }
    assert faults(lambda: sessions.create_session(week.id, bad, actor=SYSTEM)) == {
        ("tags", "tags.single"),
        ("days.1", "day.outside_week"),
        ("duration_min", "hours.too_short"),
        ("permit_status", "permit.not_required"),
    }
    unknown: dict[str, Any] = {"kind": "gala", "tags": ["x"], "venues": ["nowhere"], "seats": 3}
    assert faults(lambda: sessions.create_session(week.id, unknown, actor=SYSTEM)) == {
        ("kind", "reference.unknown"),
        ("tags.0", "reference.unknown"),
        ("venues.0", "reference.unknown"),
        ("seats", "field.unknown"),
    }
    assert faults(
        lambda: tags.create_kind(week.id, {"code": "forum", "family": "meet", "name_zh": "x"}, actor=SYSTEM)
    ) == {("code", "code.taken")}
    assert db.session.scalar(select(func.count()).select_from(Session)) == 0


def test_sessions_cannot_wait_for_each_other_in_a_ring(app: Flask) -> None:
    week = make_week()
    first = make_session(week, "甲")
    second = make_session(week, "乙", relations=[{"other": first.code, "kind": "after"}])
    ring = {"relations": [{"other": second.code, "kind": "after", "min_gap_min": 30}]}
    assert faults(lambda: sessions.edit_session(first.code, ring, version=1, actor=SYSTEM)) == {
        ("relations", "relation.ring")
    }
    own = {"relations": [{"other": first.code, "kind": "sync_with"}]}
    assert faults(lambda: sessions.edit_session(first.code, own, version=1, actor=SYSTEM)) == {
        ("relations.0.other", "relation.self")
    }


def test_a_series_is_numbered_and_belongs_to_its_week(app: Flask) -> None:
    week = make_week()
    days = [make_session(week, f"第{n}天") for n in "一二"]
    camp = {"code": "camp", "name_zh": "训练营", "kind": "linked"}
    wrong = camp | {"members": [{"session": day.code, "position": 1} for day in days]}
    assert faults(lambda: sessions.create_series(week.id, wrong, actor=SYSTEM)) == {("members", "series.places")}
    right = camp | {"members": [{"session": day.code, "position": n} for n, day in enumerate(days, 1)]}
    series = sessions.create_series(week.id, right, actor=SYSTEM)
    assert [member.session.title.zh for member in series.members] == ["第一天", "第二天"]
    other = weeks.create_week(
        {"code": "autumn", "title_zh": "秋", "first_day": "2027-09-01", "last_day": "2027-09-02"}, actor=SYSTEM
    )
    assert faults(lambda: sessions.create_series(other.id, right, actor=SYSTEM)) == {
        ("members.0.session", "reference.unknown"),
        ("members.1.session", "reference.unknown"),
    }


def test_cancelling_and_restoring_are_said_once(app: Flask) -> None:
    session = make_session(make_week())
    assert faults(lambda: sessions.cancel_session(session.code, reason=Bilingual("", " "), actor=SYSTEM)) == {
        ("reason_zh", "field.one_language")
    }
    for reason in ("嘉宾生病", "别的原因"):
        sessions.cancel_session(session.code, reason=Bilingual(reason, ""), actor=SYSTEM)
    assert session.cancelled_at is not None and session.cancel_reason.zh == "嘉宾生病"
    sessions.restore_session(session.code, actor=SYSTEM)
    assert (session.cancelled_at, session.cancel_reason) == (None, Bilingual("", ""))
    verbs = list(db.session.scalars(select(AuditEntry.verb).where(AuditEntry.code == session.code)))
    assert verbs == ["session.create", "session.cancel", "session.restore"]


def test_a_permitted_session_grows_only_with_a_reason(app: Flask) -> None:
    session = make_session(make_week(), expected=2000, permit_required=True, permit_status="approved")
    sessions.edit_session(session.code, {"expected": 1500, "title_en": "Forum"}, version=1, actor=SYSTEM)
    with pytest.raises(Refusal, match="permit.locked") as caught:
        sessions.edit_session(session.code, {"expected": 3000, "city": "220200"}, version=2, actor=SYSTEM)
    assert caught.value.facts["fields"] == ["city", "expected"]
    sessions.edit_session(session.code, {"expected": 3000}, version=2, actor=SYSTEM, override="公安机关已同意")
    assert last_entry().changes == {"expected": [1500, 3000], "override": "公安机关已同意"}


def test_a_city_role_edits_only_its_own_city(app: Flask) -> None:
    week = make_week()
    actor = Actor("u", id=9, grants=(GrantValue("city", week.id, "city", "220200"),))
    foreign = make_session(week)
    own = sessions.create_session(week.id, {"kind": "forum", "title_zh": "江城论坛", "city": "220200"}, actor=actor)
    for call in (
        lambda: sessions.edit_session(foreign.code, {"title_zh": "改"}, version=1, actor=actor),
        lambda: sessions.edit_session(own.code, {"city": "220100"}, version=1, actor=actor),
        lambda: sessions.cancel_session(foreign.code, reason=Bilingual("x", ""), actor=actor),
        lambda: sessions.create_session(week.id, {"kind": "forum", "title_zh": "x", "city": "220100"}, actor=actor),
        lambda: tags.archive_kind(week.id, "forum", actor=actor),
        lambda: sessions.create_series(week.id, {"code": "x", "name_zh": "x", "kind": "repeat"}, actor=actor),
        lambda: places.archive_city("220100", actor=actor),
    ):
        with pytest.raises(Refusal, match="permission.denied"):
            call()
    assert sessions.edit_session(own.code, {"title_zh": "改"}, version=1, actor=actor).title.zh == "改"


def test_a_week_moves_through_its_states_and_the_archived_one_refuses(app: Flask) -> None:
    week = make_week("draft")
    session, week_id = make_session(week), week.id
    with pytest.raises(Refusal, match="week.transition"):
        weeks.set_week_state("spring", "archived", actor=SYSTEM)
    for state in ("open", "open", "closed", "archived"):
        assert weeks.set_week_state("spring", state, actor=SYSTEM).state == state
    for call in (
        lambda: weeks.edit_week("spring", {"title_zh": "x"}, version=None, actor=SYSTEM),
        lambda: weeks.set_week_state("spring", "open", actor=SYSTEM),
        lambda: sessions.edit_session(session.code, {"title_zh": "x"}, version=1, actor=SYSTEM),
        lambda: sessions.cancel_session(session.code, reason=Bilingual("x", ""), actor=SYSTEM),
        lambda: sessions.create_session(week_id, {}, actor=SYSTEM),
        lambda: tags.archive_tag(week_id, "industry:ei", actor=SYSTEM),
        lambda: sessions.create_series(week_id, {}, actor=SYSTEM),
    ):
        with pytest.raises(Refusal, match="week.archived"):
            call()


def test_a_draft_is_deleted_with_all_that_is_in_it(app: Flask) -> None:
    week = make_week("draft")
    make_session(week, tags=["industry:ei"], organisations=[{"organisation": make_organisation().code, "role": "host"}])
    delete_week("spring", actor=SYSTEM)
    assert db.session.scalar(select(func.count()).select_from(Week)) == 0
    week = weeks.create_week(
        {"code": "b", "title_zh": "b", "first_day": "2027-04-12", "last_day": "2027-04-12"}, actor=SYSTEM
    )
    weeks.set_week_state("b", "open", actor=SYSTEM)
    with pytest.raises(Refusal, match="week.not_draft"):
        delete_week("b", actor=SYSTEM)


def test_days_follow_the_run_and_never_leave_a_session_outside(app: Flask) -> None:
    warmup = [{"day": "2027-04-10", "phase": "warmup"}]
    week = make_week(days=warmup)
    assert [(row.day.day, row.phase) for row in week.days][:2] == [(10, "warmup"), (12, "main")]
    make_session(week, days=["2027-04-16"])
    assert faults(lambda: weeks.edit_week("spring", {"last_day": "2027-04-15"}, version=1, actor=SYSTEM)) == {
        ("last_day", "week.sessions_outside")
    }
    weeks.edit_week("spring", {"last_day": "2027-04-18"}, version=None, actor=SYSTEM)
    assert [row.day.day for row in week.days] == [10, 12, 13, 14, 15, 16, 17, 18]
    same = values_of(WEEK, week)
    assert weeks.edit_week("spring", same, version=None, actor=SYSTEM).version == week.version


def test_a_week_starts_with_the_presets_that_were_chosen(app: Flask) -> None:
    values = {"code": "w", "title_en": "Week", "first_day": "2027-04-12", "last_day": "2027-04-13"}
    week = weeks.create_week(values, actor=SYSTEM, kinds=["forum", "camp"], tag_sets=["economy"])
    kinds = db.session.scalars(select(tags.Kind.code).where(tags.Kind.week_id == week.id).order_by(tags.Kind.position))
    assert (list(kinds), week.state) == (["forum", "camp"], "draft")
    assert faults(lambda: weeks.create_week(values | {"code": "x"}, actor=SYSTEM, kinds=["gala"])) == {
        ("kinds", "reference.unknown")
    }
    assert faults(lambda: weeks.create_week(values, actor=SYSTEM)) == {("code", "code.taken")}


def test_travel_and_holidays_are_set_and_checked(app: Flask) -> None:
    make_week()
    assert places.set_travel_time("220200", "220100", 75, actor=SYSTEM).minutes == 75
    assert last_entry().changes == {"minutes": [60, 75]}
    assert faults(lambda: places.set_travel_time("220200", "220100", -1, actor=SYSTEM)) == {("minutes", "number.range")}
    with pytest.raises(Refusal, match="subject.not_found"):
        places.set_travel_time("220200", "220200", 5, actor=SYSTEM)
    places.set_holiday({"day": "2026-10-10", "type": "adjusted_workday", "name_zh": "国庆调休"}, actor=SYSTEM)
    places.set_holiday({"day": "2026-10-10", "type": "holiday", "name_zh": "国庆调休"}, actor=SYSTEM)
    assert last_entry().changes == {"type": ["adjusted_workday", "holiday"]}
    places.delete_holiday("2026-10-10", actor=SYSTEM)
    assert db.session.scalars(select(CalendarDay)).all() == []


def test_a_code_that_stands_in_addresses_stays_and_a_crowded_set_is_not_single(app: Flask) -> None:
    week = make_week()
    assert faults(lambda: weeks.edit_week("spring", {"code": "fall"}, version=None, actor=SYSTEM)) == {
        ("code", "week.code_stays")
    }
    make_session(week, tags=["audience:student", "audience:founder"])
    assert faults(lambda: tags.edit_tag_set(week.id, "audience", {"single": True}, version=1, actor=SYSTEM)) == {
        ("single", "tag_set.crowded")
    }
    assert tags.edit_tag_set(week.id, "audience", {"position": 7}, version=1, actor=SYSTEM).position == 7


def test_two_editors_at_once_never_overwrite_each_other(app: Flask) -> None:
    session, start, outcomes = make_session(make_week()), Barrier(2), []
    code, version = session.code, session.version
    db.session.remove()

    def edit(number: int) -> None:
        with app.app_context():
            start.wait(30)
            try:
                sessions.edit_session(code, {"expected": number}, version=version, actor=SYSTEM)
                outcomes.append("saved")
            except Refusal as refusal:
                outcomes.append(refusal.code)
            sessions.cancel_session(code, reason=Bilingual(f"{number}", ""), actor=SYSTEM)
            db.session.remove()

    runs = [Thread(target=edit, args=(number,)) for number in (101, 102)]
    for run in runs:
        run.start()
    for run in runs:
        run.join(60)
    assert sorted(outcomes) == ["saved", "version.stale"]
    cancelled = db.session.scalar(select(func.count()).where(AuditEntry.verb == "session.cancel"))
    assert cancelled == 1


def test_of_two_who_take_one_code_at_once_one_is_told(app: Flask) -> None:
    start, outcomes = Barrier(2), []

    def take() -> None:
        with app.app_context():
            start.wait(30)
            try:
                places.create_city({"code": "220300", "name_zh": "四平市"}, actor=SYSTEM)
                outcomes.append("made")
            except Invalid as invalid:
                outcomes.append(invalid.errors[0].code)
            db.session.remove()

    runs = [Thread(target=take) for _number in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join(60)
    assert sorted(outcomes) == ["code.taken", "made"]

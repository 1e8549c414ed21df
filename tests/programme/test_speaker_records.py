"""What people of the programme change of their own record, and what they let a week publish."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM, Actor
from eventweek.audit.models import AuditEntry, Revision
from eventweek.kernel.db import db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.programme.actions.parties import edit_person
from eventweek.programme.actions.sessions import edit_session
from eventweek.programme.actions.speakers.consents import decide_by_link, note_consents
from eventweek.programme.actions.speakers.profile import edit_profile, remove_portrait, set_availability, set_portrait
from eventweek.programme.actions.speakers.replies import reply_by_link
from eventweek.programme.actions.weeks import set_week_state
from eventweek.programme.models import ConsentText, Person, Session
from eventweek.programme.queries.speakers import map_consents
from eventweek.programme.rules.speakers import WHOLE_DAY, whole_week
from eventweek.scheduling.queries import find_published
from eventweek.scheduling.queries.board import list_problems
from eventweek.scheduling.queries.drafts import list_drafts
from tests.factories.speakers import Scene, link, make_scene
from tests.kernel.test_images import picture

MON, TUE = date(2027, 4, 12), date(2027, 4, 13)
WEEK = [date(2027, 4, day) for day in range(12, 17)]


def row(day: date, opens: str = "09:00", closes: str = "12:00") -> dict[str, Any]:
    return {"day": day, "opens": opens, "closes": closes}


def published(session: Session) -> dict[str, Any]:
    found = find_published(session.id)
    return found.facts if found else {}


def person(scene: Scene) -> Person:
    return db.session.scalars(select(Person).where(Person.id == scene.person.id)).one()


def test_whole_days_for_all_days_are_no_spans_at_all() -> None:
    whole = [row(day, *WHOLE_DAY) for day in WEEK]
    assert whole_week(WEEK, whole) == [] and whole_week(WEEK, whole[1:]) == whole[1:]
    assert whole_week(WEEK, [row(MON)]) == [row(MON)]


@pytest.mark.database
def test_a_biography_is_a_draft_until_the_next_release_and_stands_in_the_history(app: Flask) -> None:
    scene = make_scene()
    own, other_name = link(scene).link.code, {"name_zh": "冒名", "max_per_day": 24, "roles": ["judge"]}
    values = {"bio_zh": " 新的简介 ", "bio_en": "A new life.", "honour_zh": "教授"} | other_name
    edit_profile(own, values, version=person(scene).version)
    kept = person(scene)
    assert (kept.name.zh, kept.bio.zh, kept.bio.en, kept.honour.zh) == ("王示例", "新的简介", "A new life.", "教授")
    assert published(scene.one)["people"][0]["bio"]["zh"] == "讲创业的人。"
    assert [draft.action for draft in list_drafts(scene.week.id, [scene.one.code])] == ["changed"]
    scene.publish()
    assert published(scene.one)["people"][0]["bio"] == {"zh": "新的简介", "en": "A new life."}
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "person.edit")).one()
    assert entry.actor == "speaker" and "简介" not in str(entry.changes)
    revision = db.session.scalars(select(Revision).where(Revision.subject == "person", Revision.verb == "edit")).one()
    assert revision.actor == "speaker" and revision.personal["bio_zh"] == ["讲创业的人。", "新的简介"]


def test_who_saves_second_sees_both_and_too_long_a_text_is_refused(app: Flask) -> None:
    scene = make_scene()
    own, seen = link(scene).link.code, person(scene).version
    edit_person(scene.person.code, {"bio_zh": "主办方改的"}, version=None, actor=SYSTEM)
    with pytest.raises(Refusal) as stale:
        edit_profile(own, {"bio_zh": "本人改的"}, version=seen)
    assert stale.value.facts["fields"] == [{"field": "bio_zh", "mine": "本人改的", "theirs": "主办方改的"}]
    with pytest.raises(Invalid):
        edit_profile(own, {"bio_zh": "字" * 4001}, version=None)
    assert person(scene).bio.zh == "主办方改的"


@pytest.mark.database
def test_a_placement_outside_the_availability_is_a_problem(app: Flask) -> None:
    scene = make_scene()
    own = link(scene).link.code
    edit_person(scene.person.code, {"availability": [row(date(2026, 10, 15))]}, version=None, actor=SYSTEM)
    assert "person_away" not in {problem.rule for problem in list_problems(scene.week)}
    set_availability(own, [row(MON), row(TUE, "13:00", "18:00")], version=None)
    away = [problem for problem in list_problems(scene.week) if problem.rule == "person_away"]
    assert {code for problem in away for code in problem.sessions} == {scene.one.code, scene.two.code}
    days = [span.day for span in person(scene).availability]
    assert days == [date(2026, 10, 15), MON, TUE]
    set_availability(own, [row(day, *WHOLE_DAY) for day in WEEK], version=None)
    assert [span.day for span in person(scene).availability] == [date(2026, 10, 15)]
    assert "person_away" not in {problem.rule for problem in list_problems(scene.week)}


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], "speaker.never"),
        ([row(date(2027, 4, 20))], "day.outside_week"),
        ([row(MON, "12:00", "09:00")], "hours.order"),
        ([row(MON), row(MON, "11:00", "13:00")], "hours.overlap"),
        ([row(MON, "25:00", "26:00")], "hour.unknown"),
        ([row(MON, "", "10:00")], "field.required"),
    ],
)
def test_senseless_spans_are_named(app: Flask, rows: list[dict[str, Any]], code: str) -> None:
    scene = make_scene()
    with pytest.raises(Invalid) as refused:
        set_availability(link(scene).link.code, rows, version=None)
    assert code in {error.code for error in refused.value.errors}
    assert person(scene).availability == []


def test_who_declined_is_a_problem_of_that_session_only(app: Flask) -> None:
    scene = make_scene()
    reply_by_link(link(scene).link.code, scene.one.code, "declined")
    declined = [problem for problem in list_problems(scene.week) if problem.rule == "person_declined"]
    assert [(problem.sessions, problem.facts["person"].zh) for problem in declined] == [((scene.one.code,), "王示例")]


@pytest.mark.database
def test_what_is_refused_is_left_out_of_the_next_release_and_comes_back(app: Flask) -> None:
    scene = make_scene()
    links = [{"kind": kind, "url": f"https://v.example/{kind}"} for kind in ("replay", "slides")]
    edit_session(scene.one.code, {"links": links}, version=None, actor=SYSTEM)
    own = link(scene).link.code
    decide_by_link(own, {"bio": False, "recording": False, "portrait": True}, text=1)
    scene.publish()
    facts = published(scene.one)
    assert facts["people"][0]["bio"] == {"zh": "", "en": ""} and facts["people"][0]["zh"] == "王示例"
    assert [item["kind"] for item in facts["links"]] == ["slides"]
    decide_by_link(own, {"name": False}, text=1)
    assert "王示例" in str(published(scene.one))
    scene.publish()
    assert "王示例" not in str(published(scene.one)) and len(published(scene.one)["people"]) == 1
    decide_by_link(own, {"name": True, "bio": True, "recording": True}, text=1)
    scene.publish()
    assert published(scene.one)["people"][0]["bio"]["zh"] == "讲创业的人。" and len(published(scene.one)["links"]) == 2


def test_a_decision_names_its_text_who_made_it_and_how(app: Flask) -> None:
    scene = make_scene()
    own = link(scene).link.code
    for _twice in range(2):
        decide_by_link(own, {"name": True, "bio": False}, text=1)
    note_consents(scene.week.id, scene.person.code, {"portrait": True}, actor=SYSTEM)
    kept = map_consents(scene.week.id, scene.person.id)
    assert {item: (consent.given, consent.via) for item, consent in kept.items()} == {
        "name": (True, "link"),
        "bio": (False, "link"),
        "portrait": (True, "desk"),
    }
    text = db.session.scalars(select(ConsentText)).one()
    assert (text.purpose, text.version) == ("publishing", 1) and "收回" in text.text_zh and "back" in text.text_en
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "speaker.consent")).all()
    assert [entry.changes for entry in entries] == [
        {"text": 1, "name": "given", "bio": "refused"},
        {"text": 1, "portrait": "given"},
    ]
    revisions = db.session.scalars(select(Revision).where(Revision.verb == "consent")).all()
    assert [len(revision.changes["consents"][1]) for revision in revisions] == [2, 3]


def test_consent_is_asked_of_what_there_is_and_of_the_text_that_was_read(app: Flask) -> None:
    scene = make_scene()
    own = link(scene).link.code
    with pytest.raises(Refusal, match="consent.text_changed"):
        decide_by_link(own, {"name": True}, text=2)
    with pytest.raises(Invalid):
        decide_by_link(own, {"shoe_size": True}, text=1)
    with pytest.raises(Refusal, match="permission.denied"):
        note_consents(scene.week.id, scene.person.code, {"name": True}, actor=Actor("u9"))
    assert map_consents(scene.week.id, scene.person.id) == {}


def test_an_archived_week_takes_nothing_from_its_speakers(app: Flask) -> None:
    scene = make_scene()
    own = link(scene).link.code
    for state in ("closed", "archived"):
        set_week_state(scene.week.code, state, actor=SYSTEM)
    tries: list[Callable[[], None]] = [
        lambda: edit_profile(own, {"bio_zh": "新"}, version=None),
        lambda: set_availability(own, [row(MON)], version=None),
        lambda: set_portrait(own, picture()),
        lambda: remove_portrait(own),
        lambda: decide_by_link(own, {"name": False}, text=1),
    ]
    for attempt in tries:
        with pytest.raises(Refusal, match="week.archived"):
            attempt()
    assert (person(scene).bio.zh, person(scene).availability, person(scene).portrait) == ("讲创业的人。", [], None)

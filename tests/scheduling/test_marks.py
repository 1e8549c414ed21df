"""A mark says what drawing every snapshot would say, whatever changed, and draws nothing that did not."""

import json
import random
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from eventweek.audit.actors import SYSTEM
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.programme.actions import parties, places, sessions, tags
from eventweek.programme.actions.speakers.consents import note_consents
from eventweek.programme.models import Kind, Organisation, Person, Room, Series, Session, Tag, TagSet, Track, Venue
from eventweek.programme.queries import find_week
from eventweek.scheduling.actions import place_session, release_schedule, unplace_session
from eventweek.scheduling.actions.scenarios import create_scenario, promote_scenario
from eventweek.scheduling.models import Placement
from eventweek.scheduling.queries.bare import Bare
from eventweek.scheduling.queries.drafts import Draft, draft, draw, find_placement, list_drafts
from eventweek.scheduling.queries.marks import Mark, list_changed_drafts, list_marks
from eventweek.scheduling.snapshot import written
from eventweek.scheduling.worklist import list_planned
from tests.conftest import scaled
from tests.factories.media import beside, make_attachment, make_picture, make_world

STARTS = [f"2026-10-{day}T{hour:02}:00" for day in (16, 17) for hour in range(9, 20)]


class Desk:
    """Somebody who changes anything at random that a snapshot may tell, or release."""

    def __init__(self, week_id: int, seed: int) -> None:
        self.week_id, self.random, self.number = week_id, random.Random(seed), 0

    def any(self, model: Any) -> Any:
        return self.random.choice(db.session.scalars(select(model).order_by(model.id)).all())

    def word(self, stem: str) -> dict[str, object]:
        self.number += 1
        return {f"{stem}_{self.random.choice(('zh', 'en'))}": f"词{self.number}"}

    def session(self) -> None:
        person, unit, tag = self.any(Person), self.any(Organisation), self.any(Tag)
        values: list[dict[str, object]] = [
            self.word("title"),
            self.word("text"),
            {"visibility": self.random.choice(("public", "closed"))},
            {"expected": self.random.randrange(900)},
            {"people": [{"person": person.code, "role": "speaker"}]},
            {"organisations": [{"organisation": unit.code, "role": "host"}]},
            {"tags": [f"{tag.set.code}:{tag.code}"]},
            {"links": [{"kind": "page", "url": f"https://example.org/{self.number}", **self.word("title")}]},
        ]
        sessions.edit_session(self.any(Session).code, self.random.choice(values), version=None, actor=SYSTEM)

    def cancel(self) -> None:
        sessions.cancel_session(self.any(Session).code, reason=Bilingual("停办", "off"), actor=SYSTEM)

    def status(self) -> None:
        code = self.any(Session).code
        self.random.choice(
            (
                self.cancel,
                lambda: sessions.restore_session(code, actor=SYSTEM),
                lambda: sessions.archive_session(code, actor=SYSTEM),
            )
        )()

    def place(self) -> None:
        session = self.any(Session)
        own = find_placement(session.id)
        have = own.version if own else None
        if have and self.random.random() < 0.3:
            return unplace_session(session.code, version=have, actor=SYSTEM)
        start, room = self.random.choice(STARTS), self.any(Room).code
        place_session(session.code, start, room, version=have, actor=SYSTEM, override="测试")
        return None

    def promotion(self) -> None:
        """Put a copy of the plan aside, change the plan, and take that back."""
        made = create_scenario(self.week_id, f"方案 {self.random.random()}", None, actor=SYSTEM)
        self.place()
        promote_scenario(self.week_id, made.code, former="采用前的方案", actor=SYSTEM)

    def master(self) -> None:
        edits: list[tuple[Any, Any, str]] = [
            (Venue, places.edit_venue, "address"),
            (Room, places.edit_room, "name"),
            (Person, parties.edit_person, "bio"),
            (Organisation, parties.edit_organisation, "name"),
        ]
        model, edit, stem = self.random.choice(edits)
        edit(self.any(model).code, self.word(stem), version=None, actor=SYSTEM)

    def consent(self) -> None:
        item = self.random.choice(("name", "bio", "portrait", "recording"))
        note_consents(self.week_id, self.any(Person).code, {item: self.random.random() < 0.5}, actor=SYSTEM)

    def label(self) -> None:
        edits: list[tuple[Any, Any, str]] = [
            (Kind, tags.edit_kind, "name"),
            (TagSet, tags.edit_tag_set, "name"),
            (Track, tags.edit_track, "name"),
            (Series, sessions.edit_series, "name"),
        ]
        model, edit, stem = self.random.choice(edits)
        if db.session.scalar(select(model.id).limit(1)):
            edit(self.week_id, self.any(model).code, self.word(stem), version=None, actor=SYSTEM)

    def release(self) -> None:
        codes = [draft.session.code for draft in list_changed_drafts(self.week_id)]
        release_schedule(self.week_id, actor=SYSTEM, note="", sessions=self.random.sample(codes, len(codes) // 2))

    def taken_back(self) -> None:
        """Look at the marks in an action that fails in the end."""
        try:
            with transaction():
                self.session()
                list_marks(self.week_id)
                raise Refusal("session.off")
        except Refusal:
            db.session.rollback()


def drawn(week_id: int) -> dict[str, Draft]:
    """Return the drafts of a week, drawn from mapped rows with their relations."""
    planned = sorted(list_planned(week_id), key=lambda own: own.session.id)
    return {own.session.code: draft(own.session, own.placement, own.item) for own in planned}


def same(bare: Draft, mapped: Draft) -> bool:
    """Say whether two drafts say the same, to the byte."""
    texts = [None if own.after is None else (json.dumps(own.after), written(own.after)[1]) for own in (bare, mapped)]
    sides = [(own.before, own.action, own.session.id) for own in (bare, mapped)]
    return texts[0] == texts[1] and sides[0] == sides[1]


def test_bare_rows_say_of_the_demo_week_what_mapped_ones_say(demo_app: Flask) -> None:
    week = find_week("jl2026")
    assert week is not None
    mapped = drawn(week.id)
    bare = {own.session.code: own for own in list_drafts(week.id)}
    assert len(bare) > 150 and bare.keys() == mapped.keys()
    assert [code for code, own in bare.items() if not same(own, mapped[code])] == []


@pytest.mark.database
def test_bare_rows_know_every_picture_file_and_link(app: Flask) -> None:
    world = make_world()
    links = [{"kind": kind, "url": f"https://example.org/{kind}", "title_zh": kind} for kind in ("replay", "page")]
    files = beside(make_attachment("乙.pdf"), make_attachment("甲.txt", b"1"), title_zh="讲义")
    own = {"poster": make_picture(900).code, "attachments": files, "links": links, "subtitle_zh": "副题"}
    sessions.edit_session(world.session, own, version=None, actor=SYSTEM)
    parties.edit_person(world.person, {"portrait": make_picture(500).code}, version=None, actor=SYSTEM)
    parties.edit_organisation(world.host, {"logo": make_picture(400).code}, version=None, actor=SYSTEM)
    drawings = {"photo": make_picture(800).code, "floor_plan": make_picture(700).code}
    places.edit_venue(world.venue, drawings, version=None, actor=SYSTEM)
    for agreed in (False, True):
        world.agree(agreed)
        bare, mapped = list_drafts(world.week_id)[0], drawn(world.week_id)[world.session]
        assert same(bare, mapped) and bare.after
        told = json.dumps(bare.after)
        assert all(name in told for name in ("poster", "logo", "photo", "floor_plan", "attachments", "subtitle"))
        assert ("portrait" in told) == agreed and [link["kind"] for link in bare.after["links"]] == ["replay", "page"]


@pytest.mark.database
@pytest.mark.parametrize("seed", range(scaled(10, 1)))
def test_marks_are_what_the_drafts_say_after_random_changes(demo_app: Flask, seed: int) -> None:
    week = find_week("jl2026")
    assert week is not None
    desk = Desk(week.id, seed)
    steps: list[Callable[[], object]] = [desk.session] * 4 + [
        desk.place,
        desk.promotion,
        desk.status,
        desk.taken_back,
        desk.consent,
    ] * 2
    steps += [desk.master, desk.label, desk.release]
    differing, refused = set(), 0
    for step in [desk.cancel, *desk.random.sample(steps, len(steps)), *desk.random.choices(steps, k=4)]:
        try:
            step()
        except Refusal:
            refused += 1
        db.session.rollback()
        marks = list_marks(week.id)
        db.session.expunge_all()
        expected = drawn(week.id)
        assert marks == {code: Mark(own.action, own.item is not None) for code, own in expected.items()}
        changed = list_changed_drafts(week.id)
        assert [own.session.code for own in changed] == [code for code, own in expected.items() if own.action]
        assert all(same(own, expected[own.session.code]) for own in changed)
        differing |= {mark.action for mark in marks.values()}
    assert len(differing) > 2 and refused < 15


def test_only_what_changed_is_drawn_again(demo_app: Flask, statements: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    week = find_week("jl2026")
    assert week is not None
    week_id, asked = week.id, []
    list_marks(week_id)

    def noting(rows: Iterable[Bare]) -> list[Draft]:
        every = list(rows)
        asked.extend([{own.code for own in every}] if every else [])
        return draw(every)

    monkeypatch.setattr("eventweek.scheduling.queries.marks.draw", noting)
    with statements() as seen:
        list_marks(week_id)
    assert asked == [] and len(seen) <= 6
    one = db.session.scalars(select(Session).limit(1)).one()
    sessions.edit_session(one.code, {"title_en": "Another"}, version=None, actor=SYSTEM)
    list_marks(week_id)
    list_marks(week_id)
    assert asked == [{one.code}]
    venue = db.session.scalars(select(Venue).where(Venue.source_key == "demo:s-hub")).one()
    places.edit_venue(venue.code, {"address_zh": "人民大街 1 号"}, version=None, actor=SYSTEM)
    there = select(Session.code).join(Placement, Placement.session_id == Session.id).join(Placement.room)
    list_marks(week_id)
    assert asked[1:] == [set(db.session.scalars(there.where(Room.venue_id == venue.id)))]


@pytest.mark.database
def test_what_another_process_writes_is_drawn_anew(demo_app: Flask) -> None:
    """What is remembered is known by the rows alone: nobody has to say that something changed."""
    week = find_week("jl2026")
    assert week is not None
    week_id = week.id
    code = list_drafts(week_id)[0].session.code
    sessions.edit_session(code, {"title_en": "Ours"}, version=None, actor=SYSTEM)
    for title in ("Ours", "Theirs", "Ours"):
        with db.engine.begin() as other:
            other.execute(update(Session).where(Session.code == code).values(title_en=title))
        db.session.rollback()
        own = next(one for one in list_changed_drafts(week_id) if one.session.code == code)
        assert own.after and own.after["title"]["en"] == title
    release_schedule(week_id, actor=SYSTEM, note="")
    assert list_changed_drafts(week_id) == [] and len(list_marks(week_id)) > 100
    with transaction():
        sessions.edit_session(code, {"title_en": "Never"}, version=None, actor=SYSTEM)
        assert [one.session.code for one in list_changed_drafts(week_id)] == [code]
        db.session.rollback()
    assert list_changed_drafts(week_id) == []

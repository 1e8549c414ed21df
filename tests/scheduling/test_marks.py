"""A mark says what drawing every snapshot would say, whatever changed, and draws nothing that did not."""

import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

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
from eventweek.scheduling.queries.drafts import find_placement, list_drafts
from eventweek.scheduling.queries.marks import Mark, list_changed_drafts, list_marks
from tests.conftest import scaled

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


def drawn(week_id: int) -> dict[str, Mark]:
    return {draft.session.code: Mark(draft.action, draft.item is not None) for draft in list_drafts(week_id)}


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
        assert marks == expected
        assert [d.session.code for d in list_changed_drafts(week.id)] == [c for c, m in expected.items() if m.action]
        differing |= {mark.action for mark in marks.values()}
    assert len(differing) > 2 and refused < 15


def test_a_digest_reads_every_table_that_a_draft_reads(demo_app: Flask, statements: Any) -> None:
    """But for pictures and files, which never change: another one is another id in a row that is read."""
    week = find_week("jl2026")
    assert week is not None
    week_id = week.id
    list_marks(week_id)
    db.session.expunge_all()
    read = []
    for call in (list_marks, list_drafts):
        with statements() as seen:
            call(week_id)
        read.append({name for text in seen for name in re.findall(r"(?:FROM|JOIN) \"?(\w+)", text)})
    digested, drawn_from = read
    assert drawn_from - digested == {"attachment", "picture"}
    assert {"session", "speaker_consent", "series_member"} <= digested


def test_only_what_changed_is_drawn_again(demo_app: Flask, statements: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    week = find_week("jl2026")
    assert week is not None
    week_id, asked = week.id, []
    list_marks(week_id)
    monkeypatch.setattr(
        "eventweek.scheduling.queries.marks.list_drafts",
        lambda week_id, codes=None: asked.append(codes) or list_drafts(week_id, codes),
    )
    with statements() as seen:
        list_marks(week_id)
    assert asked == [] and len(seen) == 15
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

"""An import reads and checks before it locks: others write meanwhile, and what they wrote is never lost."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventweek.audit.actors import SYSTEM
from eventweek.audit.models import Revision
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.programme.actions.parties import edit_person
from eventweek.programme.actions.weeks import set_week_state
from eventweek.programme.models import Person, Session, Week
from eventweek.scheduling.actions.importing import ATTEMPTS, Report, import_programme
from tests.conftest import scaled
from tests.scheduling.test_importing import SMALL, counts, problems

Write = Callable[[], object]


def elsewhere(app: Flask, write: Write) -> None:
    """Write as another request does, in a thread and a database session of its own."""

    def request() -> None:
        with app.app_context():
            write()
            db.session.remove()

    thread = threading.Thread(target=request)
    thread.start()
    thread.join(5)
    assert not thread.is_alive()


def meddled(app: Flask, document: dict[str, Any], write: Write, times: int, **how: Any) -> tuple[Report, int]:
    """Import while others write after the last row of each of so many attempts; say how many there were."""
    begun: list[int] = []

    def progress(done: int, total: int) -> None:
        if done == total:
            begun.append(done)
            if len(begun) <= times:
                elsewhere(app, write)

    return import_programme(document, actor=SYSTEM, progress=progress, **how), len(begun)


def person() -> Person:
    db.session.rollback()
    return db.session.scalars(select(Person)).one()


@pytest.mark.database
def test_others_write_while_an_import_looks_and_what_it_does_not_touch_disturbs_nobody(app: Flask) -> None:
    import_programme(SMALL, actor=SYSTEM)
    sessions = {key: SMALL[key] for key in ("format", "source", "week")}
    sessions["sessions"] = [{"id": f"n{n}", "kind": "forum", "title_zh": f"场{n}"} for n in range(3)]
    code = person().code
    edit: Write = lambda: edit_person(code, {"bio_zh": "简介"}, version=None, actor=SYSTEM)  # noqa: E731
    report, attempts = meddled(app, sessions, edit, 1)
    assert (counts(report)["new"], attempts, person().bio.zh) == (3, 1, "简介")


@pytest.mark.database
def test_an_overtaken_import_begins_anew_and_both_changes_stand(app: Flask) -> None:
    import_programme(SMALL, actor=SYSTEM)
    code = person().code
    edit: Write = lambda: edit_person(code, {"bio_zh": "简介"}, version=None, actor=SYSTEM)  # noqa: E731
    other = SMALL | {"people": [{"id": "wang", "name_zh": "王新"}]}
    report, attempts = meddled(app, other, edit, 1)
    own = person()
    assert (attempts, own.bio.zh, own.name.zh, own.version) == (2, "简介", "王新", 3)
    assert counts(report)["changed"] == 1
    history = db.session.scalars(select(Revision).where(Revision.subject == "person").order_by(Revision.id))
    assert [set(r.personal) for r in history][1:] == [{"bio_zh"}, {"name_zh"}]


@pytest.mark.database
def test_an_import_that_is_always_overtaken_gives_way_and_leaves_nothing(app: Flask) -> None:
    import_programme(SMALL, actor=SYSTEM)
    code, texts = person().code, iter(range(100))
    edit: Write = lambda: edit_person(code, {"bio_zh": f"简介{next(texts)}"}, version=None, actor=SYSTEM)  # noqa: E731
    other = SMALL | {"people": [{"id": "wang", "name_zh": "王新"}]}
    with pytest.raises(Refusal, match="version.stale"):
        meddled(app, other, edit, 100)
    assert (person().name.zh, person().version, next(texts)) == ("王示例", 1 + ATTEMPTS, ATTEMPTS)


@pytest.mark.database
def test_a_week_that_is_archived_meanwhile_takes_nothing_in(app: Flask) -> None:
    import_programme(SMALL, actor=SYSTEM)
    for state in ("open", "closed"):
        set_week_state("w", state, actor=SYSTEM)
    more = SMALL | {"sessions": [{"id": "new", "kind": "forum", "title_zh": "新"}]}
    with pytest.raises(Refusal, match="week.archived"):
        meddled(app, more, lambda: set_week_state("w", "archived", actor=SYSTEM), 1)
    assert db.session.scalar(select(Session).where(Session.source_key == "test:new")) is None


@pytest.mark.database
def test_a_look_keeps_nobody_from_writing(app: Flask) -> None:
    import_programme(SMALL, actor=SYSTEM)
    code = person().code
    edit: Write = lambda: edit_person(code, {"bio_zh": "简介"}, version=None, actor=SYSTEM)  # noqa: E731
    report, attempts = meddled(app, SMALL, edit, 1, dry_run=True)
    assert (set(counts(report)), attempts, person().bio.zh) == ({"unchanged"}, 1, "简介")


def test_the_statements_of_an_import_do_not_grow_with_its_rows(app: Flask, statements: Any) -> None:
    """But for sessions: SQLite gives the ids of new rows back one by one."""
    import_programme(SMALL, actor=SYSTEM)
    numbers = []
    for count in (2, scaled(500, 50)):
        rows = [{"id": f"c{count}-{n}", "kind": "forum", "title_zh": f"场{n}"} for n in range(count)]
        placed = [{"session": row["id"], "room": "hall", "start": "2027-04-12T09:30"} for row in rows]
        document = SMALL | {"sessions": rows, "placements": placed}
        for row in rows:
            row |= {"people": [{"person": "wang", "role": "speaker"}]}
        for _again in range(2):
            with statements() as seen:
                import_programme(document, actor=SYSTEM)
            numbers.append(len([s for s in seen if not s.startswith("INSERT INTO session ")]))
    first, unchanged, many, many_unchanged = numbers
    assert (many, many_unchanged) == (first, unchanged)


@pytest.mark.database
def test_new_sessions_that_wait_for_each_other_are_named_where_the_ring_closes(app: Flask) -> None:
    ring = [
        {"id": one, "kind": "forum", "title_zh": one, "relations": [{"other": two, "kind": "after"}]}
        for one, two in (("x", "y"), ("y", "z"), ("z", "x"))
    ]
    with pytest.raises(Refusal) as caught:
        import_programme(SMALL | {"sessions": ring, "placements": []}, actor=SYSTEM)
    (problem,) = caught.value.facts["report"].problems
    assert (problem.path, problem.code) == ("sessions[2].relations", "relation.ring")
    assert problem.facts["sessions"].zh == "x、y、z"
    assert db.session.scalar(select(Week)) is None


@pytest.mark.database
def test_a_row_that_two_ids_name_is_told_once(app: Flask) -> None:
    double = SMALL | {"people": [*SMALL["people"], {"id": "test:wang", "name_zh": "王又一"}]}
    assert problems(double) == [("people[1]", '{"id": "test:wang", "name_zh": "\\u738b\\u53c8\\u4e00"}', "list.twice")]

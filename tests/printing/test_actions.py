"""Ordering and making: who may, what is refused, what a lost worker leaves, what the book for everybody does."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek import worker
from eventweek.audit.actors import SYSTEM, Actor, GrantValue
from eventweek.audit.models import AuditEntry
from eventweek.kernel import actions as kernel
from eventweek.kernel import documents, files
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import Bilingual, db
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.jobs import Job
from eventweek.kernel.leases import LEASE
from eventweek.language.printing import paper_tongue
from eventweek.printing import actions, rules
from eventweek.printing.actions import order_book, order_print, purge_prints, run_print
from eventweek.printing.enums import OPEN, PrintState
from eventweek.printing.models import PrintJob
from eventweek.printing.queries import find_book, find_offer, get_print, list_prints, read_scene
from eventweek.printing.rules import Wish
from eventweek.programme.actions.sessions import cancel_session, edit_session
from eventweek.programme.actions.weeks import set_week_state
from eventweek.programme.queries import find_week
from eventweek.scheduling.actions import place_session, release_schedule
from eventweek.web.desk.audit import ACTIONS
from tests.factories.programme import make_person, make_room, make_session, make_venue
from tests.printing.world import again, printed, spring, text_of

Statements = Callable[[], AbstractContextManager[list[str]]]
READER = Actor("reader", grants=(GrantValue("reader"),))
NOBODY = Actor("proposer", grants=(GrantValue("proposer"),))


@pytest.fixture(autouse=True)
def _ahead() -> Iterator[None]:
    with travel(datetime(2027, 4, 1, 4, 30, tzinfo=UTC)):
        yield


def told(verb: str) -> int:
    return db.session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.verb == verb)) or 0


def refused(week: int, code: str, wish: Wish, actor: Actor = SYSTEM) -> dict[str, Any]:
    with pytest.raises(Refusal) as caught:
        order_print(week, wish, actor=actor)
    assert caught.value.code == code
    return caught.value.facts


def at_fields(week: int, wish: Wish) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        order_print(week, wish, actor=SYSTEM)
    return {one.field: one.code for one in caught.value.errors}


@pytest.mark.database
def test_a_paper_from_the_order_to_its_file(app: Flask) -> None:
    week = spring("甲", "乙")
    code = order_print(week.id, Wish("doors", part={"day": "2027-04-13"}), actor=READER).code
    assert (again(code).state, again(code).file, told("print.order")) == (PrintState.WAITING, None, 1)
    assert worker.work_off() == 1
    job = again(code)
    assert (job.state, job.pages, job.release, job.step, job.failure) == (PrintState.DONE, 2, 1, "", "")
    assert job.file and files.is_kept(job.file) and job.done_at == now() and told("print.finish") == 1
    assert {"print.order", "print.finish", "print.fail", "print.purge"} <= set(ACTIONS)
    run_print(code, paper_tongue, "http://x")
    assert again(code).attempts == 1


def test_the_same_order_twice_is_one(app: Flask) -> None:
    week = spring("甲")
    wish = Wish("posters", part={"day": "2027-04-13"})
    one, two = (order_print(week.id, wish, actor=SYSTEM).code for _ in range(2))
    other = order_print(week.id, Wish("posters", language="en", part={"day": "2027-04-13"}), actor=SYSTEM).code
    assert one == two != other
    worker.work_off()
    assert order_print(week.id, wish, actor=SYSTEM).code != one


def test_who_may_not_read_the_programme_prints_nothing(app: Flask) -> None:
    week = spring("甲")
    refused(week.id, "permission.denied", Wish("book"), NOBODY)
    elsewhere = Actor("other", grants=(GrantValue("committee", week.id + 1),))
    refused(week.id, "permission.denied", Wish("book"), elsewhere)
    assert told("print.order") == 0


def test_what_does_not_exist_is_named(app: Flask) -> None:
    week = spring("甲")
    assert at_fields(week.id, Wish("leaflet")) == {"paper": "print.paper"}
    assert at_fields(week.id, Wish("doors", "a2")) == {"sheet": "print.sheet"}
    assert at_fields(week.id, Wish("book", part={"day": "2027-04-13"})) == {"day": "print.whole"}
    unknown = {"day": "2027-05-01", "venue": "nothing", "room": "nothing", "city": "999999"}
    assert at_fields(week.id, Wish("doors", part=unknown)) == dict.fromkeys(unknown, "print.unknown")
    unknown = {"session": "nothing", "kind": "nothing", "family": "nothing"}
    assert at_fields(week.id, Wish("posters", part=unknown)) == dict.fromkeys(unknown, "print.unknown")


def test_an_empty_part_has_nothing_to_print(app: Flask) -> None:
    week = spring("甲", "乙")
    empty = make_room(make_venue(name="空的场馆")).code
    for part in ({"day": "2027-04-15"}, {"room": empty}, {"day": "2027-04-12", "venue": week.venue}):
        refused(week.id, "print.nothing", Wish("doors", part=part))
    cancel_session(week.sessions[0], reason=Bilingual("停电", ""), actor=SYSTEM)
    release_schedule(week.id, actor=SYSTEM, note="")
    refused(week.id, "print.nothing", Wish("posters", part={"session": week.sessions[0]}))
    assert "停电" in text_of(printed(week, "doors", part={"room": week.rooms[0]}))


def test_a_draft_learns_from_its_job_that_nothing_is_there(app: Flask) -> None:
    week = spring(release=False)
    refused(week.id, "print.unreleased", Wish("book"))
    job = printed(week, "book", draft=True)
    assert (job.state, job.failure, job.file) == (PrintState.FAILED, "print.nothing", None) and told("print.fail") == 1


def test_too_much_at_once_is_refused_with_the_count(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    week = spring("甲", "乙", "丙")
    monkeypatch.setattr(actions, "MOST", dict(rules.MOST) | {"posters": 2})
    assert refused(week.id, "print.too_much", Wish("posters")) == {"most": 2, "count": 3}
    job = printed(week, "posters", draft=True)
    assert (job.failure, job.facts) == ("print.too_much", {"most": 2, "count": 3})
    monkeypatch.setattr(actions, "MOST_OPEN", 1)
    order_print(week.id, Wish("book"), actor=SYSTEM)
    assert refused(week.id, "print.busy", Wish("doors")) == {"most": 1}


def test_an_archived_week_is_printed(app: Flask) -> None:
    week = spring("甲")
    for state in ("closed", "archived"):
        set_week_state("spring", state, actor=SYSTEM)
    assert printed(week, "doors").state == PrintState.DONE


@pytest.mark.database
def test_a_killed_worker_leaves_the_paper_to_the_next(app: Flask) -> None:
    week = spring("甲")
    code = order_print(week.id, Wish("doors"), actor=SYSTEM).code
    job_id = db.session.scalars(select(Job.id).where(Job.name == "papers.print")).one()
    assert kernel.claim_job(job_id) and actions._begin(code)  # and here the process dies
    assert again(code).state == PrintState.RUNNING and worker.work_off() == 0
    with travel(now() + LEASE + timedelta(seconds=1)):
        assert worker.work_off() == 1
    job = again(code)
    assert (job.state, job.attempts, job.pages) == (PrintState.DONE, 2, 1)


def test_a_paper_that_kills_its_worker_is_given_up(app: Flask) -> None:
    week = spring("甲")
    code = order_print(week.id, Wish("doors"), actor=SYSTEM).code
    for _ in range(actions.TRIES):
        assert actions._begin(code)
    assert actions._begin(code) is None
    assert (again(code).state, again(code).failure) == (PrintState.FAILED, "print.killed")


def test_a_fault_is_a_failure_in_words_and_leaves_no_file(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    week = spring("甲")

    def broken(*_args: object) -> bytes:
        raise RuntimeError("typst")

    monkeypatch.setattr(actions, "set_pdf", broken)
    job = printed(week, "doors")
    assert (job.state, job.failure, job.file) == (PrintState.FAILED, "print.broken", None)


def test_a_paper_that_takes_too_long_says_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    week = spring("甲")
    monkeypatch.setattr(documents, "LONGEST", 0.001)
    assert printed(week, "doors").failure == "print.late"


def test_progress_is_seen_by_others_and_only_grows(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    week = spring("甲", "乙", "丙")
    seen: list[int] = []
    note, code = actions._note, order_print(week.id, Wish("posters"), actor=SYSTEM).code

    def noted(*args: Any) -> None:
        note(*args)
        job = again(code)
        seen.append(rules.share_of(job.step, job.done, job.total))
        db.session.rollback()

    monkeypatch.setattr(actions, "STRIDE", 1)
    monkeypatch.setattr(actions, "_note", noted)
    worker.work_off()
    assert seen == [10, 25, 40, 55, 95] and again(code).state == PrintState.DONE


@pytest.mark.parametrize("draft", [False, True])
def test_statements_do_not_grow_with_the_sessions(app: Flask, statements: Statements, draft: bool) -> None:
    week = spring("甲")

    def count(sessions: int) -> int:
        read_scene(week.id, draft=draft)  # snapshots are read once by a process
        db.session.remove()
        with statements() as sent:
            assert len(read_scene(week.id, draft=draft).entries) == sessions
        return len(sent)

    one = count(1)
    own = find_week("spring")
    assert own
    for title, hour in (("乙", 11), ("丙", 13)):
        session = make_session(own, title, duration_min=60, people=[{"person": make_person().code, "role": "chair"}])
        place_session(session.code, f"2027-04-13T{hour}:00", week.rooms[1], version=None, actor=SYSTEM)
    release_schedule(week.id, actor=SYSTEM, note="")
    assert count(3) == one <= 20


def test_the_book_for_everybody_is_made_once_a_release(app: Flask) -> None:
    week = spring("甲")
    found = find_book(week.id, "zh")
    assert found.ready is None and found.is_due(now())
    for _ in range(2):
        order_book(week.id, "zh")
    assert worker.work_off() == 1 and told("print.order") == 1
    found = find_book(week.id, "zh")
    assert found.is_current and not found.is_due(now()) and list_prints(week.id) == []
    first = found.ready
    assert first and "甲" in text_of(first) and first.release == 1
    with pytest.raises(Refusal, match=r"print\.not_found"):
        get_print(week.id, first.code)
    edit_session(week.sessions[0], {"title_zh": "改了名的"}, version=None, actor=SYSTEM)
    release_schedule(week.id, actor=SYSTEM, note="")
    assert worker.work_off() == 1  # the feeds, and the order of the new book
    found = find_book(week.id, "zh")
    assert found.ready and found.ready.release == 1 and not found.is_current and not found.is_due(now())
    worker.work_off()
    found = find_book(week.id, "zh")
    assert found.is_current and found.ready and "改了名的" in text_of(found.ready)
    assert find_book(week.id, "en").own is None


def test_nobody_asked_for_a_book_so_no_release_makes_one(app: Flask) -> None:
    spring("甲")
    assert db.session.scalar(select(func.count()).select_from(PrintJob)) == 0


def test_a_book_that_failed_is_not_replaced_by_an_old_one_and_comes_later(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    week = spring("甲")
    order_book(week.id, "zh")
    worker.work_off()
    edit_session(week.sessions[0], {"title_zh": "乙"}, version=None, actor=SYSTEM)
    release_schedule(week.id, actor=SYSTEM, note="")
    with monkeypatch.context() as patch:
        patch.setattr(actions, "count_pages", lambda _pdf: 1 // 0)
        worker.work_off(), worker.work_off()
    found = find_book(week.id, "zh")
    assert found.ready is None and not found.is_due(now())
    order_book(week.id, "zh")
    assert find_book(week.id, "zh").own.state == PrintState.FAILED  # type: ignore[union-attr]
    with travel(now() + timedelta(minutes=11)):
        assert find_book(week.id, "zh").is_due(now())
        order_book(week.id, "zh")
        worker.work_off()
    assert find_book(week.id, "zh").is_current


def test_a_book_whose_file_is_gone_is_made_again(app: Flask) -> None:
    week = spring("甲")
    order_book(week.id, "zh")
    worker.work_off()
    ready = find_book(week.id, "zh").ready
    assert ready and ready.file
    files.drop(ready.file)
    found = find_book(week.id, "zh")
    assert found.ready is None and found.is_due(now())
    order_book(week.id, "zh")
    worker.work_off()
    assert find_book(week.id, "zh").is_current


def test_no_book_before_the_first_release(app: Flask) -> None:
    week = spring("甲", release=False)
    for ask in (lambda: find_book(week.id, "zh"), lambda: order_book(week.id, "zh")):
        with pytest.raises(Refusal, match=r"book\.not_found"):
            ask()


def test_old_papers_go_and_the_newest_book_stays(app: Flask) -> None:
    week = spring("甲")
    order_book(week.id, "zh")
    code = order_print(week.id, Wish("doors"), actor=SYSTEM).code
    worker.work_off()
    assert purge_prints() == 0
    with travel(now() + timedelta(days=31)):
        assert purge_prints() == 1 and find_book(week.id, "zh").is_current
        edit_session(week.sessions[0], {"title_zh": "乙"}, version=None, actor=SYSTEM)
        release_schedule(week.id, actor=SYSTEM, note="")
        worker.work_off()
        assert purge_prints() == 1
    with pytest.raises(Refusal, match=r"print\.not_found"):
        get_print(week.id, code)
    assert (
        told("print.purge") == 2 and not db.session.scalars(select(PrintJob).where(PrintJob.state.not_in(OPEN))).all()
    )


def test_an_offer_has_what_sessions_have(app: Flask) -> None:
    spring("甲", "乙")
    own = find_week("spring")
    assert own
    offer = find_offer(own)
    assert (offer.released, offer.count) == (True, 2)
    assert [choice.name.zh for choice in offer.facets["room"]] == ["一号厅", "二号厅"]
    assert [choice.value for choice in offer.facets["day"]] == ["2027-04-13"]
    assert offer.name_of("room", "gone") == Bilingual("gone", "gone")

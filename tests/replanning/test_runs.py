"""Runs of the planner: one of a week at a time, in a process of its own, ended at any moment, lost by nobody."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventweek import worker
from eventweek.audit.actors import SYSTEM, Actor, GrantValue
from eventweek.audit.models import AuditEntry
from eventweek.kernel import files
from eventweek.kernel.clock import now, travel
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.kernel.errors import Invalid, Refusal
from eventweek.kernel.jobs import Job, enqueue
from eventweek.programme.actions.sessions import cancel_session
from eventweek.programme.actions.weeks import set_week_state
from eventweek.programme.models import Session
from eventweek.replanning import search as process
from eventweek.replanning.actions.runs import LEASE, begin_run, settle_runs, start_run, stop_run
from eventweek.replanning.enums import RunState
from eventweek.replanning.models import PlannerRun
from eventweek.replanning.planning import run_planner
from eventweek.replanning.queries.runs import curve_of, list_runs, read_file, read_result
from eventweek.replanning.search import Failed, Found
from eventweek.replanning.trails import POINTS, read_trail, thinned, trail_of
from eventweek.scheduling.actions import place_session, release_schedule
from eventweek.scheduling.actions.scenarios import create_scenario
from eventweek.scheduling.models import Placement, Plan
from eventweek.scheduling.queries.scenarios import find_plan
from eventweek.web.desk.audit import ACTIONS
from tests.factories.programme import make_person, make_room, make_session, make_venue, make_week

EDITOR = Actor("editor", grants=(GrantValue("committee"),))
SPRING = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _ahead() -> Iterator[None]:
    with travel(SPRING):
        yield


class Spring(NamedTuple):
    """What is asked of a week, whatever session has read it."""

    id: int
    code: str


@pytest.fixture
def week(app: Flask) -> Spring:
    """Give a week with three sessions of one person and two halls; two are placed and published."""
    own = make_week()
    halls = [make_room(make_venue(), name_zh=name) for name in ("一号厅", "二号厅")]
    speaker = [{"person": make_person().code, "role": "speaker"}]
    sessions = [make_session(own, name, people=speaker) for name in ("甲", "乙", "丙")]
    for session, hour in zip(sessions[:2], ("09:00", "13:00"), strict=True):
        place_session(session.code, f"2027-04-13T{hour}", halls[0].code, version=None, actor=SYSTEM)
    release_schedule(own.id, actor=SYSTEM, note="")
    kept = Spring(own.id, own.code)
    worker.work_off()
    return kept


class Begun(NamedTuple):
    """What is asked of a run, whatever session has read it."""

    id: int
    code: str
    number: int
    name: str


def begin(week: Spring, **more: Any) -> Begun:
    asked: dict[str, Any] = {"mode": "full", "seconds": 1, "named": lambda n: f"规划 {n}", "actor": SYSTEM, **more}
    run = start_run(week.id, **asked)
    return Begun(run.id, run.code, run.number, run.name)


def again(code: str) -> PlannerRun:
    db.session.rollback()
    return db.session.scalars(select(PlannerRun).where(PlannerRun.code == code)).one()


def made_of(week: Spring, run: PlannerRun) -> int:
    """Return the id of the scenario that came of a run."""
    found = find_plan(week.id, run.scenario)
    assert found
    return found.id


def told(verb: str) -> int:
    return db.session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.verb == verb)) or 0


def test_a_run_becomes_a_scenario_and_leaves_the_plan_alone(week: Spring) -> None:
    before = db.session.execute(select(Placement.session_id, Placement.start, Placement.room_id)).all()
    run = begin(week, seed=4)
    assert worker.work_off() == 1
    done = again(run.code)
    assert (done.state, done.failure, done.name, run.number) == (RunState.DONE, "", "规划 1", 1)
    assert done.figures | {"soft": 0} == {
        **{"hard": 0, "medium": 0, "soft": 0},
        **{"placed": 3, "total": 3, "moved": 0, "people": 0},
    }
    scenario = find_plan(week.id, done.scenario)
    assert scenario and (scenario.name, scenario.working) == ("规划 1", False)
    placed = select(func.count()).select_from(Placement).where(Placement.plan_id == scenario.id)
    assert db.session.scalar(placed) == 3
    kept = select(Placement.session_id, Placement.start, Placement.room_id).join(Placement.plan).where(Plan.working)
    assert db.session.execute(kept).all() == before
    assert done.curve[-1]["hard"] == 0 and done.problem and not trail_of(done.problem).exists()
    problem, result = json.loads(read_file(done, "problem")), read_result(done)
    assert problem["limits"] == {"seconds": 1.0, "seed": 4} and result and result[1]["rules"]["room_overlap"]
    assert told("planner_run.start") == told("planner_run.finish") == 1 and told("release.publish") == 1
    assert {"planner_run.start", "planner_run.stop", "planner_run.finish", "planner_run.fail"} <= set(ACTIONS)


def test_one_run_of_a_week_at_a_time(week: Spring) -> None:
    run = begin(week)
    with pytest.raises(Refusal, match=r"planner\.busy"):
        begin(week)
    stop_run(week.id, run.code, actor=SYSTEM)
    assert begin(week).number == 2


def test_what_is_asked_is_looked_at(week: Spring) -> None:
    for wrong in ({"mode": "magic"}, {"seconds": 0}, {"seconds": 601}, {"seed": -1}):
        with pytest.raises(Invalid):
            begin(week, **wrong)
    with pytest.raises(Refusal, match=r"scenario\.not_found"):
        begin(week, plan="nothing")
    with pytest.raises(Refusal, match=r"permission\.denied"):
        begin(week, actor=Actor("reader", grants=(GrantValue("reader"),)))
    run = begin(week, actor=EDITOR)
    with pytest.raises(Refusal, match=r"permission\.denied"):
        stop_run(week.id, run.code, actor=Actor("reader", grants=(GrantValue("reader"),)))
    with pytest.raises(Refusal, match=r"planner\.not_found"):
        stop_run(week.id, "nothing", actor=EDITOR)
    stop_run(week.id, run.code, actor=EDITOR)
    set_week_state(week.code, "closed", actor=SYSTEM)
    set_week_state(week.code, "archived", actor=SYSTEM)
    with pytest.raises(Refusal, match=r"week\.archived"):
        begin(week)


def test_a_run_that_waits_is_stopped_at_once_and_twice_is_once(week: Spring) -> None:
    run = begin(week)
    for _ in range(2):
        stop_run(week.id, run.code, actor=SYSTEM)
    done = again(run.code)
    assert (done.state, done.scenario, told("planner_run.stop")) == (RunState.STOPPED, "", 1)
    assert worker.work_off() == 1 and again(run.code).state == RunState.STOPPED


def apart(app: Flask, code: str) -> threading.Thread:
    """Run the job in a thread, as the worker does."""

    def work() -> None:
        with app.app_context(), travel(SPRING):
            run_planner(code)
            db.session.remove()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def until(happened: Callable[[], Any], most: float = 30) -> None:
    began = time.monotonic()
    while not happened():
        assert time.monotonic() - began < most
        time.sleep(0.05)


def searching(code: str) -> bool:
    run = again(code)
    return run.state == RunState.RUNNING and bool(run.problem) and len(read_trail(run.problem or "")) > 1


def test_a_running_search_ends_with_what_it_has(app: Flask, week: Spring) -> None:
    run = begin(week, seconds=120)
    thread = apart(app, run.code)
    until(lambda: searching(run.code))
    assert 0 < curve_of(again(run.code))[-1]["share"] < 1
    stop_run(week.id, run.code, actor=SYSTEM)
    thread.join(20)
    done = again(run.code)
    assert (done.state, done.figures["placed"], bool(done.scenario)) == (RunState.STOPPED, 3, True)
    assert json.loads(read_file(done, "solution"))["log"]["stop_reason"] == "stopped"


def test_a_killed_search_is_said_and_can_be_started_again(app: Flask, week: Spring) -> None:
    run = begin(week, seconds=120)
    thread = apart(app, run.code)
    until(lambda: searching(run.code))
    [child] = [own for own in _children() if "solve" in own[1]]
    os.kill(child[0], signal.SIGKILL)
    thread.join(20)
    done = again(run.code)
    assert (done.state, done.failure, done.scenario) == (RunState.FAILED, "planner.killed", "")
    assert begin(week).number == 2


def _children() -> list[tuple[int, str]]:
    listed = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True)
    rows = (line.strip().split(None, 1) for line in listed.stdout.splitlines())
    return [(int(pid), args) for pid, args in rows]


def test_a_lost_worker_is_settled_by_the_clock(week: Spring) -> None:
    """Its row says running, its job is taken up by the next worker, which leaves the run alone."""
    run = begin(week)
    assert begin_run(run.code, files.keep(b"{}")) and not begin_run(run.code, files.keep(b"{}"))
    run_planner(run.code)
    assert settle_runs() == 0 and again(run.code).state == RunState.RUNNING
    with travel(now() + LEASE + timedelta(seconds=1)):
        assert settle_runs() == 1 and settle_runs() == 0
    done = again(run.code)
    assert (done.state, done.failure, told("planner_run.fail")) == (RunState.FAILED, "planner.interrupted", 1)
    assert begin(week).number == 2


def test_what_cannot_be_planned_is_told_in_the_planner_s_own_words(week: Spring) -> None:
    run = begin(week)
    for code in db.session.scalars(select(Session.code)).all():
        cancel_session(code, reason=Bilingual("停电", ""), actor=SYSTEM)
    assert worker.work_off() == 1
    done = again(run.code)
    assert (done.state, done.failure, len(done.faults)) == (RunState.FAILED, "planner.faults", 1)
    assert "场次" in done.faults[0][0] and "sessions" in done.faults[0][1]


def test_who_is_left_out_is_explained(week: Spring) -> None:
    crowded = make_session(week, "万人大会", expected=9000).code  # type: ignore[arg-type]
    run = begin(week)
    assert worker.work_off() == 1
    done = again(run.code)
    result = read_result(done)
    assert result and (done.figures["placed"], done.figures["total"]) == (3, 4)
    account = result[1]
    assert [one["session"] for one in account["unplaced"]] == [crowded] == account["findings"][0]["sessions"]
    assert account["unplaced"][0]["reasons"] and account["culprits"][0]["relaxation"], account


def stub(monkeypatch: pytest.MonkeyPatch, week: Spring, **log: Any) -> None:
    """Let the search find an empty plan at once."""
    found = {
        "assignments": [],
        "unplaced": [],
        "score": {"hard": 0, "medium": 0, "soft": 0},
        "diff": {"moved_time": [], "moved_room": [], "removed": [], "people": 0},
        "log": {"event": week.code, "start": "2027-04-12", "stop_reason": "seconds", **log},
    }
    answer = Found(json.dumps(found).encode(), {"findings": [], "rules": {}, "removed": {}})
    monkeypatch.setattr("eventweek.replanning.planning.search", lambda *_, **_more: answer)


def test_the_scenario_sets_out_from_the_chosen_plan(week: Spring, monkeypatch: pytest.MonkeyPatch) -> None:
    made = create_scenario(week.id, "周五", None, actor=SYSTEM)
    base, code = made.id, made.code
    stub(monkeypatch, week)
    run = begin(week, plan=code)
    assert worker.work_off() == 1
    done = again(run.code)
    assert (done.base, done.plan) == ("周五", code)
    of = select(Placement.session_id, Placement.start).order_by(Placement.session_id)
    both = [db.session.execute(of.where(Placement.plan_id == own)).all() for own in (base, made_of(week, done))]
    assert both[0] == both[1] and len(both[0]) == 2


def test_a_name_that_is_taken_meanwhile_gets_another(week: Spring, monkeypatch: pytest.MonkeyPatch) -> None:
    stub(monkeypatch, week)
    run = begin(week)
    create_scenario(week.id, run.name, None, actor=SYSTEM)
    assert worker.work_off() == 1
    done = again(run.code)
    scenario = find_plan(week.id, done.scenario)
    assert scenario and scenario.name == f"规划 1 {run.code[:6]}"


def test_who_may_no_more_gets_the_result_without_a_scenario(week: Spring, monkeypatch: pytest.MonkeyPatch) -> None:
    stub(monkeypatch, week)
    run = begin(week)
    with transaction():
        again_row = db.session.get_one(PlannerRun, run.id)
        again_row.user_id = 4711
    assert worker.work_off() == 1
    done = again(run.code)
    assert (done.state, done.failure, done.scenario) == (RunState.DONE, "permission.denied", "")


def test_a_fault_of_ours_is_a_failed_run(week: Spring, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Found:
        raise ZeroDivisionError

    monkeypatch.setattr("eventweek.replanning.planning.search", broken)
    run = begin(week)
    assert worker.work_off() == 1
    assert again(run.code).failure == "planner.broken"


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("import sys; sys.exit(3)", "planner.broken"),
        ("1 / 0", "planner.broken"),
        ("import time; time.sleep(60)", "planner.late"),
    ],
)
def test_a_process_that_does_not_end_well(program: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = subprocess.Popen
    monkeypatch.setattr(
        process.subprocess, "Popen", lambda words, **more: real([sys.executable, "-c", program], **more)
    )
    monkeypatch.setattr(process, "GLANCE", 0.5)
    monkeypatch.setattr(process, "PATIENCE", 0.5)
    with pytest.raises(Failed, match=code):
        process.glance(Path("problem.json"))
    with pytest.raises(Failed, match=code):
        process.search(Path("problem.json"), Path("trail"), 0, lambda: True)


def test_runs_are_listed_the_newest_first(week: Spring) -> None:
    for _ in range(3):
        stop_run(week.id, begin(week).code, actor=SYSTEM)
    assert [run.number for run in list_runs(week.id, most=2)] == [3, 2]


def test_a_curve_keeps_its_ends() -> None:
    points = [{"seconds": n} for n in range(1000)]
    kept = thinned(points)
    assert (len(kept), kept[0], kept[-1]) == (POINTS, points[0], points[-1]) and thinned(kept) == kept


def test_a_long_job_keeps_nobody_waiting(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two long jobs run one after the other, beside the threads that carry the rest."""
    running, done, gate = threading.Event(), [], threading.Event()

    def long(what: str) -> None:
        running.set()
        assert gate.wait(20)
        done.append(what)

    monkeypatch.setitem(worker.JOBS, "planner.run", long)
    monkeypatch.setitem(worker.JOBS, "short", lambda what: done.append(what))
    with travel(datetime.now(UTC)), transaction():
        for name, what in (("planner.run", "a"), ("planner.run", "b"), ("short", "c"), ("short", "d")):
            enqueue(name, what=what)
    engine = worker.Engine(app)
    ids = list(db.session.scalars(select(Job.id).order_by(Job.id)))
    db.session.rollback()
    for job in ids:
        engine._work("job", job)
    assert running.wait(10) and done == ["c", "d"]
    gate.set()
    until(lambda: len(done) == 3)
    engine._work("job", ids[1])
    until(lambda: sorted(done) == ["a", "b", "c", "d"])
    until(lambda: engine._long["planner.run"]._value == 1)  # type: ignore[attr-defined]

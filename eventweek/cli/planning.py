"""What the commands of the planner do; apart from them, because the planner's libraries take a while to load."""

import json
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TextIO

import click
from msgspec.structs import replace

from eventweek.planner.check import check
from eventweek.planner.filed import plan_of, read_plan, strays
from eventweek.planner.matches import find, total
from eventweek.planner.model import build
from eventweek.planner.modes import as_meant
from eventweek.planner.prepare import prepare
from eventweek.planner.problem import Limits, Mode, Problem, decode, encode
from eventweek.planner.reading import Fault
from eventweek.planner.search.clock import Progress
from eventweek.planner.search.repair import repair
from eventweek.planner.search.solve import solve as plan_anew
from eventweek.planner.solution import Finding, Log, Score, Solution, describe, findings, hash_of, score_of
from eventweek.planner.week import Week

__all__ = ["encode", "judge", "limits", "read_problem", "report", "solve", "summary"]

SEARCHES = {"full": plan_anew, "fill": plan_anew, "repair": repair}
"""How each mode is searched, once `as_meant` has locked what stays."""
WIDTH = 24
BETWEEN = 0.25
"""Seconds between two lines of a trail."""


def read_problem(data: bytes) -> Problem:
    """Return a problem that can be planned; raise `BadProblem` with all its faults."""
    problem = decode(data)
    check(problem)
    return problem


def limits(given: Limits, seconds: float | None, iterations: int | None, seed: int | None) -> Limits:
    """Return the limits of a search: what the command says, then what the problem says."""
    if seconds is None and iterations is None:
        seconds, iterations = given.seconds, given.iterations
    return Limits(seconds=seconds, iterations=iterations, seed=given.seed if seed is None else seed)


def solve(problem: Problem, until: Limits, mode: Mode, trail: Path | None = None) -> Solution:
    """Search in a mode, with a bar on standard error; raise `BadProblem` where the mode makes that impossible.

    `trail`: a file that tells others how far the search is. It is there once an interrupt keeps the best so far. The
    seconds are those of a search, not of compiling.
    """
    meant = replace(problem, mode=mode)
    check(meant)
    bar = Bar(trail=Trail(trail) if trail else None)
    prepare()
    with bar.stopped_by_interrupt():
        model = build(as_meant(meant))
        found = SEARCHES[mode](model, until, bar.tell)
    log = Log(
        seed=until.seed,
        iterations=found.iterations,
        stop_reason=found.stop,
        input_hash=hash_of(problem),
        mode=mode,
        event=problem.event.id,
        start=problem.event.start,
    )
    return describe(model, found.plan, log)


class Bar:
    """A line on a terminal that says how far a search is, its score and its rate; elsewhere nothing."""

    def __init__(self, stream: TextIO | None = None, trail: "Trail | None" = None) -> None:
        self.stream = stream or sys.stderr
        self.trail = trail
        self.stopped = False
        self.drawn = 0

    def tell(self, progress: Progress) -> bool:
        """Draw; return whether the search may go on."""
        if self.trail:
            self.trail.note(progress)
        if self.stream.isatty():
            line = self.line(progress)
            self.stream.write(f"\r{line.ljust(self.drawn)}")
            self.stream.flush()
            self.drawn = len(line)
        return not self.stopped

    def line(self, progress: Progress) -> str:
        """Return how far a search is, in words of one line."""
        bar = "#" * int(progress.share * WIDTH)
        hard, medium, soft = progress.score
        rate = int(progress.iterations / max(progress.seconds, 0.001))
        return f"[{bar:-<{WIDTH}}] {progress.share:4.0%}  {hard} hard  {medium} medium  {soft} soft  {rate:,}/s"

    @contextmanager
    def stopped_by_interrupt(self) -> Iterator[None]:
        """Let the first Ctrl-C stop the search and keep what it has; the second ends the command."""

        def stop(_number: int, _frame: FrameType | None) -> None:
            self.stopped = True
            signal.signal(signal.SIGINT, before)

        before = signal.signal(signal.SIGINT, stop)
        if self.trail:
            self.trail.begin()
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)
            if self.drawn:
                click.echo(err=True)


class Trail:
    """A file of JSON lines: how far a search is, at most four times a second. Chains tell it from several threads."""

    def __init__(self, file: Path) -> None:
        self.file, self.lock, self.told = file, threading.Lock(), 0.0

    def begin(self) -> None:
        """Make the file, empty."""
        self.file.write_bytes(b"")

    def note(self, progress: Progress) -> None:
        """Add a line; a full disk does not stop the search."""
        with self.lock, suppress(OSError):
            if self.told and progress.seconds - self.told < BETWEEN:
                return
            self.told = progress.seconds
            hard, medium, soft = progress.score
            line = {"share": round(progress.share, 4), "hard": hard, "medium": medium, "soft": soft}
            line |= {"iterations": progress.iterations, "seconds": round(progress.seconds, 2)}
            with self.file.open("a", encoding="ascii") as stream:
                stream.write(json.dumps(line) + "\n")


def summary(solution: Solution) -> Iterator[Fault]:
    """Yield what a search has found: the score, how many have a place, who has none."""
    yield _score(solution.score)
    placed, left = len(solution.assignments), len(solution.unplaced)
    yield f"已安排 {placed} 场，共 {placed + left} 场。", f"{placed} of {placed + left} sessions placed."
    for one in solution.unplaced:
        zh, en = "".join(r.sentence_zh for r in one.reasons), " ".join(r.sentence_en for r in one.reasons)
        yield f"未安排 {one.id}：{zh}", f"not placed: {one.id}: {en}"


@dataclass
class Verdict:
    """What is to be said of a plan's file: its score, what breaks rules, what no search would do, what looks odd."""

    score: Score
    findings: list[Finding]
    strays: list[Fault]
    notes: list[Fault]

    @property
    def is_broken(self) -> bool:
        """Tell whether the plan must not be used."""
        return self.score.hard > 0 or bool(self.strays)


def judge(problem: Problem, data: bytes) -> Verdict:
    """Judge the plan of a file; raise `BadProblem` if it cannot be read."""
    filed = read_plan(data)
    meant = as_meant(replace(problem, mode=filed.log.mode if filed.log else problem.mode))
    model = build(meant, week=Week(meant))
    plan = plan_of(model.week, filed.assignments)
    matches = list(find(model.terms, model.tables, plan))
    score, notes = score_of(total(matches)), []
    if filed.score and filed.score != score:
        notes.append(("文件里写的得分与此不同。", "The file claims another score."))
    if filed.log and filed.log.input_hash != hash_of(problem):
        notes.append(("方案是为另一份问题做的。", "The plan was made for another problem."))
    return Verdict(score, findings(model, plan, matches), strays(model.week, filed.assignments), notes)


def report(verdict: Verdict) -> Iterator[Fault]:
    """Yield the lines that tell a verdict: the score, then every match with its price."""
    yield _score(verdict.score)
    for zh, en in verdict.notes:
        yield f"注意：{zh}", f"note: {en}"
    for zh, en in verdict.strays:
        yield f"不允许  {zh}", f"not allowed  {en}"
    for one in verdict.findings:
        head = f"{one.level:6}  {one.rule}  {one.weight} x {one.magnitude}"
        yield f"{head}  {one.sentence_zh}", f"{head}  {one.sentence_en}"


def _score(score: Score) -> Fault:
    return (
        f"得分：硬 {score.hard}，中 {score.medium}，软 {score.soft}",
        f"score: {score.hard} hard, {score.medium} medium, {score.soft} soft",
    )

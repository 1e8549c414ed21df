"""What the planner says of places for one session: every cell of a day, one place, and the best five.

The rules of the planner, made ready for a week, are remembered until something but a move is done to it, for five
minutes at most: what people register, and the clock, change no rule at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from zoneinfo import ZoneInfo

from eventweek.audit.stamps import week_stamp
from eventweek.kernel.db import Bilingual
from eventweek.kernel.remembering import Memory
from eventweek.planner.board import Board, Score
from eventweek.planner.explain import Verdict, where_else, why, why_not
from eventweek.planner.ground import survey
from eventweek.planner.matches import Stand
from eventweek.planner.model import Model, build
from eventweek.planner.problem import MINUTES_A_DAY
from eventweek.planner.tables import HARD, MEDIUM, SOFT
from eventweek.planner.week import fixed
from eventweek.programme.models import Week
from eventweek.replanning.queries.problem import bare_problem
from eventweek.scheduling.planning import Calendar
from eventweek.scheduling.queries.remembered import Now, working

MOVES = ("session.place", "session.unplace", "session.pin", "scenario.promote")
"""Verbs that leave the rules what they are."""
WEEKS, SECONDS = 2, 300.0

LETTERS: Mapping[str, str] = {
    "room_overlap": "r",
    "room_closed": "c",
    "person_overlap": "p",
    "travel_time": "t",
    "person_away": "a",
    "daily_limit": "a",
    "session_window": "w",
    "kind_hours": "w",
    "lunch": "w",
    "room_unsuitable": "u",
    "feature_missing": "u",
    "capacity": "k",
    "registered": "k",
    "pool_exceeded": "l",
    "parallel_limit": "l",
    "plenary": "g",
}
"""By the planner's rules, the sign of a cell that one forbids; of several the first of this list."""
TIED, FREE, PRICED, DEAR = "o", ".", "s", "m"
"""The signs of any other hard rule; of a place no worse than now; of one that costs wishes; that moves people."""


@dataclass(frozen=True)
class Cells:
    """A day for one session: `starts` as minutes of the day, and for each room by its code a sign for each start."""

    starts: Sequence[int]
    rooms: Mapping[str, str]


@dataclass(frozen=True)
class Advice:
    """One place: the change of the score, whether a hard rule forbids it, what it breaks and mends, in sentences.

    `held`: what the session itself leaves no choice of there: `time`, `room`, or the `grid` of its starts.
    """

    start: datetime
    room: str
    change: Score
    forbidden: bool
    held: Sequence[str]
    broken: Sequence[Bilingual]
    mended: Sequence[Bilingual]


class _Oracle:
    """The rules of a week made ready, and the plan that was asked about last."""

    def __init__(self, model: Model) -> None:
        self.model, self.lock = model, Lock()
        problem = model.week.problem
        first = date.fromisoformat(problem.event.start)
        self.calendar = Calendar(first, problem.event.days, ZoneInfo(problem.event.tz))
        self.board = Board(model, {})

    def follow(self, now: Now) -> None:
        """Let the board stand as the working plan does, as far as the planner knows its sessions and rooms."""
        wanted = {s: stand for s, stand in self._stands(now)}
        for s in self.board.plan.keys() | wanted.keys():
            if self.board.plan.get(s) != wanted.get(s):
                self.board.move(s, wanted.get(s))

    def _stands(self, now: Now) -> list[tuple[int, Stand]]:
        week, frame, found = self.model.week, now.frame, []
        for own, (start, room) in now.spots.items():
            row = frame.sessions.get(own)
            s, r = week.session_of.get(row.code if row else ""), week.room_of.get(frame.rooms[room].code)
            begin = self.calendar.minute(start)
            if s is not None and r is not None and 0 <= begin < self.calendar.end:
                found.append((s, Stand(begin, begin + week.durations[s], r)))
        return found

    def _held(self, s: int, start: int, room: str) -> list[str]:
        session = self.model.week.problem.sessions[s]
        pin = fixed(session)
        off_grid = pin.start is None and start not in self.model.week.candidates(session)
        found = {"time": pin.start not in (None, start), "room": pin.room not in (None, room), "grid": off_grid}
        return [name for name, holds in found.items() if holds]

    def told(self, verdict: Verdict) -> Advice:
        """Return a verdict in words."""
        room = self.model.week.problem.rooms[verdict.stand.room].id
        return Advice(
            start=self.calendar.moment(verdict.stand.start),
            room=room,
            change=verdict.change,
            forbidden=any(one.match.level == HARD for one in verdict.broken),
            held=self._held(verdict.session, verdict.stand.start, room),
            broken=[Bilingual(*pair) for pair in dict.fromkeys(one.sentence for one in verdict.broken)],
            mended=[Bilingual(*one.sentence) for one in verdict.mended],
        )


_memory: Memory[_Oracle] = Memory(WEEKS, SECONDS)


def cells(week: Week, code: str, day: date) -> Cells | None:
    """Return what each start of a day in each room would be for a session; None where the planner does not know it."""
    oracle, s = _asked(week, code)
    if s is None:
        return None
    midnight = (day - oracle.calendar.first).days * MINUTES_A_DAY
    event = oracle.model.week.problem.event
    last = oracle.model.week.days * MINUTES_A_DAY - oracle.model.week.durations[s]
    starts = (
        [m for m in range(event.day_start, event.day_end, week.slot_min) if 0 <= midnight + m <= last]
        if 0 <= midnight < oracle.calendar.end
        else []
    )
    if not starts or not oracle.model.week.problem.rooms:
        return Cells([], {})
    with oracle.lock:
        oracle.follow(working(week))
        ground = survey(oracle.board, s, [midnight + start for start in starts])
    signs = {bits: _sign(oracle.model, int(bits)) for bits in set(ground.broken.ravel().tolist()) if bits}
    change, rooms = ground.change.tolist(), oracle.model.week.problem.rooms
    broken = ground.broken.tolist()
    return Cells(
        starts,
        {
            room.id: "".join(signs[broken[n][r]] if broken[n][r] else _price(change[n][r]) for n in range(len(starts)))
            for r, room in enumerate(rooms)
        },
    )


def judge(week: Week, code: str, start: datetime, room: str) -> Advice | None:
    """Return what a place would be for a session; None where the planner knows session, room or day not.

    What is broken comes before what is mended, each the weightiest first.
    """
    oracle, s = _asked(week, code)
    r = oracle.model.week.room_of.get(room)
    minute = oracle.calendar.minute(start)
    if s is None or r is None or not 0 <= minute < oracle.calendar.end:
        return None
    with oracle.lock:
        oracle.follow(working(week))
        return oracle.told(why_not(oracle.board, s, minute, r))


def best_places(week: Week, code: str, most: int = 5, rooms: Iterable[str] | None = None) -> list[Advice]:
    """Return the best other places of a session, the best first; none where the planner does not know it.

    `rooms`: the codes of those that may be named; None: any.
    """
    oracle, s = _asked(week, code)
    if s is None:
        return []
    known = oracle.model.week.room_of
    within = None if rooms is None else {known[room] for room in rooms if room in known}
    with oracle.lock:
        oracle.follow(working(week))
        return [oracle.told(verdict) for verdict in where_else(oracle.board, s, most, within)]


def why_here(week: Week, code: str) -> list[Bilingual]:
    """Return in sentences what a session costs where it stands, the weightiest first."""
    oracle, s = _asked(week, code)
    if s is None:
        return []
    with oracle.lock:
        oracle.follow(working(week))
        return [Bilingual(*one.sentence) for one in why(oracle.board, s)]


def make_ready(week: Week) -> None:
    """Have the rules of a week ready, so that nobody waits for them who drags a session."""
    _oracle(week)


def _asked(week: Week, code: str) -> tuple[_Oracle, int | None]:
    oracle = _oracle(week)
    return oracle, oracle.model.week.session_of.get(code)


def _oracle(week: Week) -> _Oracle:
    stamp = week_stamp(week.id, MOVES)
    return _memory.recall(week.id, stamp, lambda: _Oracle(build(bare_problem(week))))


def _sign(model: Model, bits: int) -> str:
    found = {rule.code for number, rule in enumerate(model.rules) if bits >> number & 1}
    return next((sign for code, sign in LETTERS.items() if code in found), TIED)


def _price(change: Sequence[int]) -> str:
    return DEAR if change[MEDIUM] > 0 else PRICED if (change[MEDIUM], change[SOFT]) > (0, 0) else FREE

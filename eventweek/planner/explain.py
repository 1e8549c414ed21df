"""Why a session stands where it stands, why it does not stand elsewhere, and where else it could."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from eventweek.planner.board import Board, Score
from eventweek.planner.bounds import why_not_there
from eventweek.planner.constraints.rule import Sentence
from eventweek.planner.kernel import NEVER
from eventweek.planner.matches import Match, Stand
from eventweek.planner.model import Model
from eventweek.planner.tables import CHOICES, HARD, OPTIONS, START


@dataclass(frozen=True, slots=True)
class Told:
    """A match with the code of its rule and a sentence."""

    code: str
    match: Match
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Verdict:
    """A session at another place: what it would break, what it would mend, and the change of the score, their sum.

    `forbidden`: why it may not be put there although no rule has a price for it (pins, lists of starts).
    `moved`: every session that would move and to where: of a strict series all that belong to it.
    """

    session: int
    stand: Stand
    change: Score
    broken: tuple[Told, ...]
    mended: tuple[Told, ...]
    forbidden: tuple[Sentence, ...]
    moved: tuple[tuple[int, Stand], ...]


def tell(model: Model, found: Iterable[Match]) -> tuple[Told, ...]:
    """Give matches their sentences, the weightiest first."""
    ordered = sorted(found, key=lambda match: (match.level, -match.cost, match.rule, match.sessions))
    rules, week = model.rules, model.week
    return tuple(Told(rules[match.rule].code, match, rules[match.rule].tell(week, match)) for match in ordered)


def why(board: Board, s: int) -> tuple[Told, ...]:
    """Return what session `s` costs where it stands, rule by rule."""
    return tell(board.model, [*board.around({s: board.plan.get(s)}), *board.grouped(s)])


def why_not(board: Board, s: int, start: int, room: int) -> Verdict:
    """Return each rule that session `s` would break or mend at a place, and the change of the score.

    Raises: ValueError where start or room are none of the event's.
    """
    return _judged(board, s, {s: board.stand(s, start, room)})


def where_else(board: Board, s: int, k: int = 5, within: Container[int] | None = None) -> list[Verdict]:
    """Return the `k` best other places of session `s` in its domain, the best first; a strict series moves whole.

    `within`: the rooms that may be named; None: any.
    """
    m, unit = board.tables, board.unit(s)
    first = unit[0][0]
    scores = board.scores(s) if len(unit) == 1 else board.scores_together(s)
    rooms = m.choices[m.sessions[first, CHOICES] : m.sessions[first + 1, CHOICES]]
    starts = m.options[m.sessions[first, OPTIONS] : m.sessions[first + 1, OPTIONS], START]
    found: list[Verdict] = []
    for at in np.lexsort((scores[:, 2], scores[:, 1], scores[:, 0])).tolist():
        if len(found) == k or scores[at, HARD] == NEVER:
            break
        start, room = int(starts[at // len(rooms)]), int(rooms[at % len(rooms)])
        moved = {t: board.stand(t, start + minutes, room) for t, minutes in unit}
        if (within is None or room in within) and any(board.plan.get(t) != stand for t, stand in moved.items()):
            found.append(_judged(board, s, moved))
    return found


def _judged(board: Board, s: int, moved: Mapping[int, Stand]) -> Verdict:
    before, after = Counter(board.around({t: board.plan.get(t) for t in moved})), Counter(board.around(moved))
    groups = list(board.counted(moved))
    broken = [*(after - before).elements(), *(match for sign, match in groups if sign > 0)]
    mended = [*(before - after).elements(), *(match for sign, match in groups if sign < 0)]
    week = board.model.week
    return Verdict(
        s,
        moved[s],
        board.change(moved),
        tell(board.model, broken),
        tell(board.model, mended),
        tuple(
            why
            for t, stand in moved.items()
            for why in why_not_there(week, t, stand.start, week.problem.rooms[stand.room].id)
        ),
        tuple(moved.items()),
    )

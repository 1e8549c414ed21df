"""Looking at every place of one session, or of those that move together, without moving them."""

import numpy as np

from eventweek.planner.compiled import entry
from eventweek.planner.counting import count
from eventweek.planner.kernel import NEVER, price_alone, price_pairs
from eventweek.planner.moves import toggle
from eventweek.planner.search.construct import fits
from eventweek.planner.tables import CHOICES, END, MEMBER, OPTIONS, START, UNPLACED, State, Tables


@entry
def look(m: Tables, x: State, s: int, scores: np.ndarray) -> None:
    """Write down the score with session `s`, which stands nowhere, at each of its options and there in each room."""
    row = 0
    for o in range(m.sessions[s, OPTIONS], m.sessions[s + 1, OPTIONS]):
        start, end = m.options[o, START], m.options[o, END]
        for k in range(m.sessions[s, CHOICES], m.sessions[s + 1, CHOICES]):
            r = m.choices[k]
            h, d, f = price_alone(m, x, s, o, r)
            ph, pd, pf = price_pairs(m, x, s, start, end, r)
            count(m, x, s, start, end, r, 1)
            scores[row, 0] = x.score[0] + h + ph
            scores[row, 1] = x.score[1] + d + pd - m.sessions[s, UNPLACED]
            scores[row, 2] = x.score[2] + f + pf
            count(m, x, s, start, end, r, -1)
            row += 1


@entry
def look_together(m: Tables, x: State, u: int, scores: np.ndarray) -> None:
    """Write down the score with a unit, whose members stand nowhere, at each place of its first member.

    The hard cost is NEVER where another member has no such place.
    """
    first, last = m.units[u], m.units[u + 1]
    places = np.zeros(last - first, np.int64)
    lead = m.unit_members[first, MEMBER]
    row = 0
    for o in range(m.sessions[lead, OPTIONS], m.sessions[lead + 1, OPTIONS]):
        for i in range(m.sessions[lead, CHOICES], m.sessions[lead + 1, CHOICES]):
            r = m.choices[i]
            scores[row, 0] = NEVER
            if fits(m, u, o, r, places):
                for k in range(first, last):
                    toggle(m, x, m.unit_members[k, MEMBER], places[k - first], r)
                for level in range(3):
                    scores[row, level] = x.score[level]
                for k in range(first, last):
                    toggle(m, x, m.unit_members[k, MEMBER], places[k - first], r)
            row += 1

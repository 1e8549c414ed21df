"""Looking at every place of one session without moving it."""

import numpy as np

from eventweek.planner.compiled import entry
from eventweek.planner.kernel import count, price_alone, price_pairs
from eventweek.planner.tables import CHOICES, END, OPTIONS, START, UNPLACED, State, Tables


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

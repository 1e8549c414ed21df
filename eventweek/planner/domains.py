"""Where one session could stand by itself: its starts, its rooms, and which of both are open together."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from eventweek.planner.model import Model
from eventweek.planner.tables import CHOICES, CLOSED, END, GRID, HARD, OPTIONS, START, Tables


@dataclass(frozen=True)
class Domain:
    """What the hard rules that look at one session leave of it; `open`: for each start, each room."""

    starts: Any
    ends: Any
    rooms: Any
    open: Any

    @property
    def is_empty(self) -> bool:
        """Tell whether it can stand nowhere."""
        return not self.open.any()


def domain(model: Model, s: int) -> Domain:
    """Return where session `s` could stand if it were alone."""
    m = model.tables
    options = m.options[m.sessions[s, OPTIONS] : m.sessions[s + 1, OPTIONS]]
    rooms = m.choices[m.sessions[s, CHOICES] : m.sessions[s + 1, CHOICES]]
    starts, ends = options[:, START], options[:, END]
    if m.weights[CLOSED, HARD] > 0:
        opened = is_open(m, rooms, starts, ends)
    else:
        opened = np.ones((len(starts), len(rooms)), bool)
    return Domain(starts, ends, rooms, opened)


def is_open(m: Tables, rooms: Any, starts: Any, ends: Any) -> Any:
    """Return for each start, each room whether it is open from there to the end; after the last day none is."""
    steps = starts // m.sizes[GRID]
    known = steps < m.open_until.shape[1]
    until = m.open_until[rooms].take(np.where(known, steps, 0), axis=1)
    return ((until >= ends[None, :]) & known[None, :]).T

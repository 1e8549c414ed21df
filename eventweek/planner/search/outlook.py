"""Which starts of a session an order leaves: who must come before a pinned session can only stand before it.

Bounds of starts and ends are carried along the order until nothing changes (bounds consistency of precedences;
Baptiste, Le Pape, Nuijten, "Constraint-based scheduling", 2001). Placing needs it: it sees who stands in the way, not
that a place leaves nothing for whoever comes after.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from eventweek.planner import kernel
from eventweek.planner.model import Model
from eventweek.planner.tables import END, HARD, MEMBER, OPTIONS, SHIFT, START
from eventweek.planner.terms import Pair

ROUNDS = 50
"""How often bounds are carried along at most: an order that goes in a circle would never settle."""


def outlook(model: Model) -> Any:
    """Return for each option whether it leaves a start to everybody before and after.

    Where an order cannot hold, every option of whoever it ties together is left: somebody will have no place, and
    nobody knows yet who.
    """
    bounds = _Bounds(model)
    order = [p for p in model.terms.pairs if p.cost.level == HARD and p.condition in (kernel.ORDER, kernel.TOO_LATE)]
    for _ in range(ROUNDS):
        if not any([bounds.narrow(pair) for pair in order]):
            break
    bounds.widen(order)
    return bounds.left


class _Bounds:
    """`left`: by option, whether it is still left; `_torn`: who would have none, and keeps those it has."""

    def __init__(self, model: Model) -> None:
        m = model.tables
        self.left = np.ones(len(m.options), bool)
        self._options = [m.options[a:b] for a, b in zip(m.sessions[:-1, OPTIONS], m.sessions[1:, OPTIONS], strict=True)]
        self._left = np.split(self.left, m.sessions[1:-1, OPTIONS])
        members = np.split(m.unit_members, m.units[1:-1])
        self._moving_with = {int(own[MEMBER]): unit for unit in members for own in unit}
        self._torn: set[int] = set()

    def narrow(self, pair: Pair) -> bool:
        """Leave to both what the other leaves: the second begins after the first is over, or soon enough after it."""
        first, second = pair.first, pair.second
        one, two = self._left[first], self._left[second]
        if not one.any() or not two.any():
            return False
        ends, starts = self._options[first][:, END] + pair.p, self._options[second][:, START]
        if pair.condition == kernel.ORDER:
            wanted = ends <= starts[two].max(), starts >= ends[one].min()
        else:
            wanted = ends >= starts[two].min(), starts <= ends[one].max()
        return any([self._keep(first, wanted[0]), self._keep(second, wanted[1])])

    def _keep(self, s: int, wanted: Any) -> bool:
        """Leave these options of a session, and to who moves with it what goes with them; tell whether that is less."""
        unit = self._moving_with[s]
        shift = next(int(own[SHIFT]) for own in unit if own[MEMBER] == s)
        leads = self._options[s][self._left[s] & wanted, START] - shift
        kept = [self._left[t] & np.isin(self._options[t][:, START] - minutes, leads) for t, minutes in unit]
        if not all(own.any() for own in kept):
            self._torn.add(s)
            return False
        fewer = any(own.sum() < self._left[t].sum() for own, (t, _) in zip(kept, unit, strict=True))
        for own, (t, _) in zip(kept, unit, strict=True):
            self._left[t][:] = own
        return fewer

    def widen(self, order: Iterable[Pair]) -> None:
        """Give every option back to whoever is tied to one that would have none."""
        ties = [{pair.first, pair.second} for pair in order]
        ties += [{int(own[MEMBER]) for own in unit} for unit in self._moving_with.values()]
        reached = set(self._torn)
        while near := [tie for tie in ties if tie & reached and not tie <= reached]:
            reached.update(*near)
        for s in reached:
            self._left[s][:] = True

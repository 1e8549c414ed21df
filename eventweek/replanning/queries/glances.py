"""What is certain to fail before any search: asked of the planner in its own process, and remembered."""

from collections.abc import Sequence
from dataclasses import dataclass

from eventweek.kernel import files
from eventweek.kernel.db import Bilingual, db
from eventweek.planner.problem import encode
from eventweek.programme.models import Week
from eventweek.replanning.enums import RunMode
from eventweek.replanning.queries.problem import week_problem
from eventweek.replanning.results import Matter, matters, pair
from eventweek.replanning.search import Failed, glance

MOST_KNOWN = 20
_known: dict[str, "Glance"] = {}
"""By the digest of the problem."""


@dataclass(frozen=True)
class Glance:
    """`faults`: why nothing can be planned at all; `findings`: what leaves a session out; `broken`: nobody knows."""

    faults: Sequence[Bilingual] = ()
    findings: Sequence[Matter] = ()
    sessions: int = 0
    broken: bool = False


def take_glance(week: Week, mode: RunMode) -> Glance:
    """Return what a run of the week as it stands would meet; the database waits for none of it."""
    own = week_problem(week, mode.value)
    digest = files.keep(encode(own))
    db.session.rollback()
    if digest not in _known:
        try:
            seen = glance(files.path_of(digest))
        except Failed:
            return Glance(broken=True)
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[digest] = Glance(tuple(map(pair, seen["faults"])), matters(seen["findings"]), len(own.sessions))
    return _known[digest]

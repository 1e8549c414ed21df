"""What stands against publishing some sessions beside what stays public."""

from collections.abc import Sequence

from eventweek.programme.models import Week
from eventweek.scheduling.problems import Problem, clashes
from eventweek.scheduling.queries.board import list_problems_as
from eventweek.scheduling.queries.drafts import Draft
from eventweek.scheduling.queries.levels import levels
from eventweek.scheduling.queries.overrides import still_stopping
from eventweek.scheduling.queries.published import list_published
from eventweek.scheduling.rulebook import CLASHES, only_clashes_stop
from eventweek.scheduling.rules import occupied


def list_stopping(week: Week, drafts: Sequence[Draft]) -> list[Problem]:
    """Return what stands against publishing these drafts among what stays public beside them, and nobody lets pass."""
    fresh = {draft.session.code: draft.after for draft in drafts if draft.after}
    kept = {session.code: session.facts for session in list_published(week.id)}
    own = levels(week.id)
    public = [occupied(facts) for facts in (kept | fresh).values() if not facts["cancelled"]]
    found = clashes(public, own)
    if not only_clashes_stop(own):
        places = {placed.code: (placed.start, placed.room.code) for placed in public}
        found += [one for one in list_problems_as(week, places) if one.about.code not in CLASHES]
    return still_stopping(week.id, [one for one in found if set(one.sessions) & set(fresh)])

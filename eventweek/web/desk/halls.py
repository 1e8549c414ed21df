"""Where people wait, and which larger halls are free then."""

from eventweek.accounts.enums import Verb
from eventweek.replanning.queries.halls import list_crowded
from eventweek.scheduling.queries.reach import find_movable
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.frame import needs


@blueprint.get("/w/<week>/larger-halls")
@needs(Verb.PROGRAMME_READ)
def larger_hall_list(week: str) -> str:
    """List the sessions that people wait for, with larger halls that are free and what moving there costs."""
    own = edition(week)
    return page(
        "larger_hall_list.html",
        own,
        here="planner_run",
        crowded=list_crowded(own),
        movable=find_movable(own.id, at_work()),
    )

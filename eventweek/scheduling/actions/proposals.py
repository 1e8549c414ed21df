"""What the owner of an accepted proposal changes of its session, where it stands in the plan."""

from collections.abc import Mapping

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actors import Actor
from eventweek.kernel.db import transaction
from eventweek.programme.actions.proposals.becoming import edit_accepted
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.models import Session
from eventweek.scheduling.actions.guarding import keeping_rules


def edit_own_session(
    week_id: int, code: str, values: Mapping[str, object], *, version: int | None, actor: Actor
) -> Session:
    """Change the session of an accepted proposal in what the committee has left open; the rules of the plan hold.

    Raises: what edit_accepted raises; Refusal rule.blocked.
    """
    with transaction():
        require(actor, Verb.PROPOSALS_MAKE, week_id)
        with keeping_rules(editable_week(week_id)):
            return edit_accepted(week_id, code, values, version=version, actor=actor)

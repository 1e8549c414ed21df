"""What one can do in re-planning; each public action is one transaction."""

from eventweek.replanning.actions.choosing import close_questions, give_up_place, keep_place, swap_place
from eventweek.replanning.actions.publishing import cancel_and_publish, publish, restore
from eventweek.replanning.actions.settling import UNDECIDED, Decision
from eventweek.replanning.actions.spreading import spread_registrations

__all__ = [
    "UNDECIDED",
    "Decision",
    "cancel_and_publish",
    "close_questions",
    "give_up_place",
    "keep_place",
    "publish",
    "restore",
    "spread_registrations",
    "swap_place",
]

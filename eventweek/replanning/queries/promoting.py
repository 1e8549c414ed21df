"""What the release after a promotion would do: published sessions that move or go, and the people in them."""

from dataclasses import dataclass

from eventweek.programme.models import Week
from eventweek.replanning.queries.effects import Foreseen, foreseen, read_effects
from eventweek.scheduling.enums import Action
from eventweek.scheduling.moves import Promotion
from eventweek.scheduling.queries.drafts import list_drafts


@dataclass(frozen=True)
class Stir:
    """Published sessions that would have another time or place, those that would have none, and the people."""

    moved: int
    unplaced: int
    people: Foreseen


def foresee_stir(week: Week, promotion: Promotion) -> Stir:
    """Return what a promotion, once released, does to what is published; a constant number of statements."""
    codes = [move.session.code for move in (*promotion.moved, *promotion.unplaced)]
    drafts = list_drafts(week.id, codes, promotion.plan_id) if codes else []
    moved = [draft for draft in drafts if draft.action == Action.MOVED]
    pairs = [(own.session.id, own.before, own.after) for own in moved if own.after]
    unplaced = sum(draft.action == Action.UNPLACED for draft in drafts)
    return Stir(len(moved), unplaced, foreseen(read_effects(week, pairs)))

"""Give offerings the size of a smaller room, as the organiser decides where seats are short."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.db import Bilingual
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_line
from eventweek.registration.actions.displacing import displace
from eventweek.registration.actions.settings import write
from eventweek.registration.models import Registration
from eventweek.registration.queries.offerings import OpenOffering, load_offerings
from eventweek.replanning.enums import Settling
from eventweek.replanning.queries.effects import Resizing


@dataclass(frozen=True)
class Decision:
    """What the organiser decides for offerings (codes) with too few seats, and why; the reason is kept."""

    ways: Mapping[str, Settling] = field(default_factory=dict)
    reason: str = ""


UNDECIDED = Decision()


def settle_sizes(
    week_id: int, resizings: Sequence[Resizing], decision: Decision, *, actor: Actor
) -> list[Registration]:
    """Set the sizes, inside the caller's transaction, the pools being locked; return who went to the waiting list.

    An older overbooking was decided for the larger room and ends. Where more is given out than the new room has seats,
    nothing is published until it is decided: the surplus is overbooked, or goes to the head of the waiting list.
    Raises: Refusal release.short with `sessions` and `seats`, seat.kept_back, permission.denied, text.too_long;
    Invalid field.required at `reason`.
    """
    short = [own for own in resizings if own.short]
    undecided = [own for own in short if own.offering not in decision.ways]
    if undecided:
        raise Refusal("release.short", sessions=_titles(undecided), seats=sum(own.short for own in undecided))
    reason = clean_line(decision.reason, 200)
    if short:
        require(actor, Verb.REGISTRATIONS_EDIT, week_id)
        if not reason:
            raise Invalid([FieldError("reason", "field.required")])
    offerings = {own.offering.id: own for own in load_offerings([own.offering_id for own in resizings])}
    displaced: list[Registration] = []
    for own in resizings:
        way = decision.ways.get(own.offering) if own.short else None
        displaced += _settle(offerings[own.offering_id], own, way, reason, actor)
    return displaced


def _settle(
    offering: OpenOffering, own: Resizing, way: Settling | None, reason: str, actor: Actor
) -> list[Registration]:
    gone = displace(offering, own.short, actor=actor) if way == Settling.REQUEUE else []
    overbook = own.short if way == Settling.OVERBOOK else 0
    write([(offering.offering, {"room_cap": own.size, "overbook": overbook})], actor)
    if way is not None:
        facts = {"size": own.size, "short": own.short, "reason": reason, "displaced": len(gone)}
        record(actor, f"offering.{way}", "offering", own.offering, week_id=offering.offering.week_id, **facts)
    return gone


def _titles(found: Sequence[Resizing], most: int = 5) -> Bilingual:
    titles = list(dict.fromkeys(own.title for own in found))[:most]
    return Bilingual("、".join(t.best("zh")[0] for t in titles), ", ".join(t.best("en")[0] for t in titles))

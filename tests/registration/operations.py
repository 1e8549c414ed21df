"""What people and organisers do to a few crowded offerings, chosen by a random source: the steps of randomised runs."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from eventweek.audit.actors import SYSTEM, VISITOR, Actor
from eventweek.checkin.actions.merging import merge_attendees
from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.privacy.actions import erase_person
from eventweek.registration import actions
from eventweek.registration.actions import Basket, Item, Online, Successor, Wish
from eventweek.registration.enums import LIVE, PoolClass, Verdict
from eventweek.registration.models import Offering, OfferingInvitation, Pass, PoolHold, Registration
from eventweek.registration.queries import load_offerings
from tests.registration.world import offering_of, resize, week

KEYS = ("rs-nm-1", "rs-bm-2", "rs-nm-2", "rs-ne-2", "le-8")
LONGEST_QUEUE = 30
OVERTAKES = 2
REVIEWER = Actor("soak:second", administrator=True)


@dataclass(frozen=True)
class Ground:
    """The offerings of a run by code; the first begins soonest. `starts`: when it does."""

    codes: tuple[str, ...]
    ids: tuple[int, ...]
    week_id: int
    starts: datetime


@dataclass(frozen=True)
class Held:
    """A live registration with the pass of its holder."""

    code: str
    state: str
    pass_id: int
    pass_code: str


def prepare(keys: Sequence[str]) -> Ground:
    """Make demo sessions crowded: one with offers and a list at the door, an open, two reviewed, an asking one.

    The open one and a reviewed one take people on line too.
    """
    shapes: list[dict[str, object]] = [
        {"offer_minutes": 30, "offer_requeues": True, "standby_after_min": 5},
        {},
        {"mode": "approval", "review_steps": 2, "review_holds": True},
        {"mode": "approval"},
        {"offer_minutes": 20, "offer_requeues": True},
    ]
    found = sorted((load_offerings([offering_of(key).id])[0] for key in keys), key=lambda own: own.starts)
    codes, ids, starts = [own.offering.code for own in found], [own.offering.id for own in found], found[0].starts
    for code, shape in zip(codes, shapes, strict=True):
        resize(code, 12, overtakes=OVERTAKES, max_party=4, **shape)
    actions.set_class(codes[4], PoolClass.PUBLIC, cap=12, consent=True, actor=SYSTEM)
    for code in codes[1:3]:
        actions.set_online(code, Online(True), actor=SYSTEM)
        actions.set_class(code, PoolClass.INVITED, cap=6, rank=1, actor=SYSTEM)
        wish = Wish(starts + timedelta(days=30), count=3, uses=40)
        actions.invite(code, wish, actor=SYSTEM)
    return Ground(tuple(codes), tuple(ids), week().id, starts)


class Hand:
    """Does one thing after the other; `name` keeps the phones of several hands apart."""

    def __init__(self, ground: Ground, name: int, source: random.Random) -> None:
        self.ground, self.name, self.source, self.count = ground, name, source, 0

    def act(self, what: str) -> list[str] | None:
        """Do one thing; return the codes of the registrations that it wrote, None where there is nobody for it.

        Raises: what the action raises.
        """
        db.session.rollback()
        self.count += 1
        return OPERATIONS[what](self)

    def person(self) -> dict[str, object]:
        """Return what a newcomer types."""
        number = self.name % 1000 * 100_000 + self.count
        mail = {"email": f"p{number}@example.org"} if number % 2 else {}
        return {"name": "欧阳娜娜", "phone": f"139{number:08d}", "consent": True, **mail}

    def pick(self, *states: str) -> Held | None:
        """Return somebody's live registration in one of these states."""
        query = (
            select(Registration.code, Registration.state, Pass.id, Pass.code)
            .join(Pass, (Pass.attendee_id == Registration.attendee_id) & (Pass.week_id == Registration.week_id))
            .where(Registration.offering_id.in_(self.ground.ids), Registration.state.in_(states or LIVE))
            .where(Pass.status == "active")
            .order_by(Registration.id)
        )
        rows = db.session.execute(query).all()
        return Held(*self.source.choice(rows)) if rows else None

    def offering(self) -> str:
        """Return one of the offerings."""
        return self.source.choice(self.ground.codes)


def _book(hand: Hand, items: Sequence[Item], **who: object) -> list[str] | None:
    waiting = select(func.count()).where(
        Registration.state == "waitlisted", Registration.offering_id.in_(hand.ground.ids)
    )
    if db.session.scalars(waiting).one() > LONGEST_QUEUE * len(hand.ground.ids):
        return _cancel(hand, "waitlisted")
    basket = Basket(week_id=hand.ground.week_id, items=tuple(items), **(who or hand.person()))  # type: ignore[arg-type]
    return [one.registration for one in actions.register(basket, actor=VISITOR, key=f"{hand.name}:{hand.count}")]


def _one(hand: Hand) -> list[str] | None:
    return _book(hand, [Item(hand.offering(), hand.source.randint(1, 4))])


def _several(hand: Hand) -> list[str] | None:
    chosen = hand.source.sample(hand.ground.codes, 2)
    return _book(hand, [Item(code, hand.source.randint(1, 2)) for code in chosen])


def _again(hand: Hand) -> list[str] | None:
    known = hand.pick()
    return _book(hand, [Item(hand.offering())], pass_id=known.pass_id) if known else None


def _invited(hand: Hand) -> list[str] | None:
    query = select(Offering.code, OfferingInvitation.code).join(Offering, Offering.id == OfferingInvitation.offering_id)
    query = query.where(Offering.id.in_(hand.ground.ids), OfferingInvitation.used < OfferingInvitation.uses)
    rows = db.session.execute(query.order_by(OfferingInvitation.id)).all()
    if not rows:
        own = hand.source.choice(hand.ground.codes[1:3])
        actions.invite(own, Wish(hand.ground.starts + timedelta(days=30), uses=40), actor=SYSTEM)
        return []
    offering, code = hand.source.choice(rows)
    return _book(hand, [Item(offering, hand.source.randint(1, 2), invitation=code)])


def _on_line(hand: Hand) -> list[str] | None:
    return _book(hand, [Item(hand.source.choice(hand.ground.codes[1:3]), hand.source.randint(1, 4), online=True)])


def _cancel(hand: Hand, *states: str) -> list[str] | None:
    held = hand.pick(*states)
    if held is None:
        return None
    by = {"actor": VISITOR, "owner": held.pass_id} if hand.source.random() < 0.7 else {"actor": SYSTEM}
    return [actions.cancel_registration(held.code, **by).code]


def _on(act: Callable[[Hand, Held], object], *states: str) -> Callable[[Hand], list[str] | None]:
    """Return an operation on somebody's registration in one of these states."""

    def do(hand: Hand) -> list[str] | None:
        held = hand.pick(*states)
        if held is None:
            return None
        act(hand, held)
        return [held.code]

    return do


def _resize(hand: Hand, held: Held) -> None:
    actions.change_seats(held.code, hand.source.randint(1, 4), actor=VISITOR, owner=held.pass_id)


def _accept(_hand: Hand, held: Held) -> None:
    actions.accept_offer(held.code, actor=VISITOR, owner=held.pass_id)


def _hand_over(hand: Hand, held: Held) -> None:
    actions.hand_over(held.code, Successor(**hand.person()), actor=VISITOR, owner=held.pass_id)  # type: ignore[arg-type]


def _review(hand: Hand, held: Held) -> None:
    verdict = hand.source.choice([Verdict.APPROVE] * 4 + [Verdict.RETURN, Verdict.REJECT])
    actor = hand.source.choice([SYSTEM, REVIEWER])
    actions.review_registrations(hand.ground.week_id, [held.code], verdict, actor=actor, reason="材料")


def _resubmit(hand: Hand, held: Held) -> None:
    actions.resubmit(held.code, actor=VISITOR, owner=held.pass_id, seats_wanted=hand.source.randint(1, 3))


def _promote(_hand: Hand, held: Held) -> None:
    actions.promote_registration(held.code, reason="贵宾", actor=SYSTEM)


def _stand_by(hand: Hand, held: Held) -> None:
    actions.join_standby(hand.ground.week_id, held.code, actor=SYSTEM)


def _move(hand: Hand, held: Held) -> None:
    actions.move_registration(held.code, hand.offering(), actor=SYSTEM)


def _switch(hand: Hand, held: Held) -> None:
    online = hand.source.random() < 0.5
    actions.switch_attendance(held.code, online=online, actor=VISITOR, owner=held.pass_id)


def _erase(_hand: Hand, held: Held) -> None:
    erase_person(held.pass_id, actor=VISITOR)


def _merge(hand: Hand, held: Held) -> None:
    other = hand.pick()
    assert other
    merge_attendees(
        hand.ground.week_id, held.pass_code, other.pass_code, reason="本人来电", actor=SYSTEM, same_person=True
    )


def _settle(_hand: Hand) -> list[str]:
    actions.settle_offerings()
    return []


def _unclaimed(hand: Hand) -> list[str]:
    actions.release_unclaimed(hand.ground.ids[0], ())
    return []


def _cap(hand: Hand) -> list[str]:
    resize(hand.offering(), hand.source.randint(9, 15))
    return []


def _hold(hand: Hand) -> list[str]:
    query = select(PoolHold.code, Offering.code).join(Offering.pools).join(PoolHold)
    rows = db.session.execute(query.where(Offering.id.in_(hand.ground.ids)).order_by(PoolHold.id)).all()
    if len(rows) > 2:
        hold, offering = hand.source.choice(rows)
        actions.release_hold(offering, hold, actor=SYSTEM)
    else:
        until = now() + timedelta(minutes=hand.source.randint(1, 60))
        facts = {"owner": "一汽集团", "reason": "代表团", "expires": until, "actor": SYSTEM}
        actions.hold_seats(hand.offering(), PoolClass.PUBLIC, hand.source.randint(1, 2), **facts)  # type: ignore[arg-type]
    return []


OPERATIONS: dict[str, Callable[[Hand], list[str] | None]] = {
    "one": _one,
    "several": _several,
    "again": _again,
    "invited": _invited,
    "cancel": _cancel,
    "seats": _on(_resize),
    "accept": _on(_accept, "offered"),
    "decline": lambda hand: _cancel(hand, "offered"),
    "hand over": _on(_hand_over, "confirmed"),
    "review": _on(_review, "applied"),
    "resubmit": _on(_resubmit, "returned"),
    "promote": _on(_promote, "waitlisted"),
    "stand by": _on(_stand_by, "waitlisted"),
    "move": _on(_move, "confirmed", "waitlisted"),
    "erase": _on(_erase),
    "merge": _on(_merge),
    "settle": _settle,
    "unclaimed": _unclaimed,
    "cap": _cap,
    "hold": _hold,
    "on line": _on_line,
    "switch": _on(_switch, "confirmed", "waitlisted"),
}
WEIGHTS = (26, 4, 6, 4, 17, 10, 6, 2, 4, 9, 3, 3, 6, 4, 1, 1, 2, 1, 2, 2, 4, 6)
"""How often each is tried, in their order; who stands by is let in at the end alone, so that most tries fail."""

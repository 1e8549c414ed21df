"""Reads of messages: which addresses are held, what became of a week's messages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from eventweek.kernel.db import db
from eventweek.outbox.addresses import Way, address_key
from eventweek.outbox.models import Message, Suppression


@dataclass(frozen=True)
class MessageFilter:
    """Which messages of a week to show; empty fields ask for all. `people`: codes of passes."""

    state: str = ""
    template: str = ""
    channel: str = ""
    batch: str = ""
    people: Sequence[str] | None = None


def is_suppressed(way: Way) -> bool:
    """Say whether an address has been refused for good."""
    query = select(Suppression.id).where(Suppression.address_key == address_key(*way))
    return db.session.scalar(query) is not None


def map_suppressed(ways: Sequence[Way]) -> dict[Way, str]:
    """Return why addresses are held, of those that are."""
    keys = {address_key(*way): way for way in ways}
    rows = db.session.execute(
        select(Suppression.address_key, Suppression.reason).where(Suppression.address_key.in_(keys))
    )
    return {keys[key]: reason for key, reason in rows}


def list_messages(
    week: str, wanted: MessageFilter, window: Callable[[int], tuple[int, int]]
) -> tuple[list[Message], int]:
    """Return messages of a week, newest first, and how many there are; `window` gives offset and limit for it."""
    query = _of(week, wanted)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    offset, limit = window(total)
    return list(db.session.scalars(query.order_by(Message.id.desc()).offset(offset).limit(limit))), total


def count_states(week: str, batch: str = "") -> dict[str, int]:
    """Return how many messages of a week, or of one campaign, stand where."""
    query = select(Message.state, func.count()).where(Message.week == week).group_by(Message.state)
    if batch:
        query = query.where(Message.batch == batch)
    return {state: count for state, count in db.session.execute(query)}


def find_message(week: str, number: int) -> Message | None:
    """Return a message of a week by its number."""
    query = select(Message).where(Message.week == week, Message.id == number)
    return db.session.scalar(query) if number < 2**31 else None


def _of(week: str, wanted: MessageFilter) -> Select[Message]:
    query = select(Message).where(Message.week == week)
    for name in ("state", "template", "channel", "batch"):
        if value := getattr(wanted, name):
            query = query.where(getattr(Message, name) == value)
    return query if wanted.people is None else query.where(Message.person.in_(wanted.people))

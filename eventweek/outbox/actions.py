"""Write a message inside the caller's transaction; hold, settle, put off, send anew and forget it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, SelectBase, case, delete, or_, select, update

from eventweek.kernel import leases
from eventweek.kernel.clock import now
from eventweek.kernel.db import after_commit, db, insert_all_new, insert_new, transaction
from eventweek.kernel.jobs import wake
from eventweek.kernel.text import clean_line
from eventweek.outbox.addresses import Way, address_key
from eventweek.outbox.channels import Receipt
from eventweek.outbox.enums import SETTLED, MessageState
from eventweek.outbox.models import Message, Suppression

HELD_FOR = timedelta(days=180)
"""How long an address that was refused is remembered."""


@dataclass(frozen=True)
class About:
    """What a message belongs to, as codes: the edition whose hours and channels hold, a pass, a campaign.

    `others`: further ways to the same person; `urgent`: no quiet hour holds it.
    """

    week: str = ""
    person: str = ""
    batch: str = ""
    others: Sequence[Way] = ()
    urgent: bool = False


@dataclass(frozen=True)
class Draft:
    """One message as `send` takes it."""

    template: str
    recipient: str
    locale: str
    context: Mapping[str, Any]
    dedupe_key: str
    attachments: Sequence[str] = ()
    channel: str = "email"
    about: About = field(default_factory=About)


def send(
    template: str,
    recipient: str,
    locale: str,
    context: Mapping[str, Any],
    dedupe_key: str,
    attachments: Sequence[str] = (),
    channel: str = "email",
    about: About | None = None,
) -> bool:
    """Write one message for the worker to deliver; say whether it is new: one dedupe key is one message for ever.

    `template` names a kind of registration.kinds, or templates/mail/<template>.{subject,txt,html}; for `channel` "sms"
    `recipient` is an E.164 number. `locale` is `zh-CN`, `en` or, for mail alone, `BOTH`; `context` holds plain
    JSON values (what is named `secret_...` is forgotten once sent), `attachments` are references such as
    `pass.png:CODE`. The key is (message, recipient's code, subject, version), joined by colons, at most 120
    characters, without personal data.
    """
    own = Draft(template, recipient, locale, context, dedupe_key, attachments, channel, about or About())
    after_commit(wake)
    return insert_new(Message, **_row(own))


def send_all(drafts: Sequence[Draft]) -> int:
    """Write messages like `send`, in one statement; return how many are new."""
    after_commit(wake)
    return insert_all_new(Message, [_row(own) for own in drafts])


def _row(own: Draft) -> dict[str, Any]:
    at, about = now(), own.about
    return {
        "dedupe_key": own.dedupe_key,
        "channel": own.channel,
        "recipient": clean_line(own.recipient, 254),
        "others": [list(way) for way in about.others],
        "week": about.week,
        "person": about.person,
        "batch": about.batch,
        "urgent": about.urgent,
        "template": own.template,
        "locale": own.locale,
        "context": dict(own.context),
        "attachments": list(own.attachments),
        "next_at": at,
        "created_at": at,
    }


@dataclass(frozen=True)
class Letter:
    """A message held for delivery: what to render, for whom, and the number of the attempt."""

    id: int
    attempt: int
    channel: str
    template: str
    recipient: str
    locale: str
    context: Mapping[str, Any]
    attachments: Sequence[str]
    about: About = About()
    tried: Sequence[str] = ()

    @property
    def ways(self) -> list[Way]:
        """Return every way to the person, the one that stands in the row first."""
        return [(self.channel, self.recipient), *self.about.others]

    def by(self, way: Way) -> "Letter":
        """Return the same message by another way; the others stay at hand."""
        others = tuple(other for other in self.ways if other != way)
        return replace(self, channel=way[0], recipient=way[1], about=replace(self.about, others=others))


def claim_message(message_id: int) -> Letter | None:
    """Hold a waiting message for delivery, None when somebody else has it or it is settled."""
    with transaction():
        attempt = leases.claim(Message, message_id)
        row = db.session.get(Message, message_id, populate_existing=True) if attempt else None
        if row is None or attempt is None:
            return None
        others = tuple((channel, address) for channel, address in row.others)
        about = About(row.week, row.person, row.batch, others, row.urgent)
        own = (row.channel, row.template, row.recipient, row.locale, row.context, row.attachments)
        return Letter(row.id, attempt, *own, about, tuple(filter(None, row.tried.split(","))))


def mark_sent(letter: Letter, receipt: Receipt | None = None) -> bool:
    """Write that a message went out, by which way; what its context kept secret is forgotten at once."""
    open_context = {name: value for name, value in letter.context.items() if not name.startswith("secret_")}
    told, at = receipt or Receipt(), now()
    values = {"sent_at": at, "error": "", "context": open_context, "provider_ref": told.reference, **_way(letter)}
    state = MessageState.DELIVERED if told.delivered else MessageState.SENT
    with transaction():
        delivered_at = at if told.delivered else None
        return leases.settle(Message, letter.id, letter.attempt, state=str(state), delivered_at=delivered_at, **values)


def mark_failed(letter: Letter, error: str, *, final: bool = False, dead_address: bool = False) -> bool:
    """Write that a delivery failed: tried again after a pause, then by another way, dead after the last.

    `final`: this way is useless; `dead_address`: its address takes nothing any more, ever.
    """
    values = leases.after_failure(letter.attempt, error, final=final)
    if values["state"] == MessageState.DEAD:
        values |= _next_way(letter.ways, [*letter.tried, letter.channel])
    with transaction():
        if dead_address:
            suppress(letter.channel, letter.recipient, error)
        return leases.settle(Message, letter.id, letter.attempt, **values)


def give_up(letter: Letter, error: str) -> bool:
    """Write that no way leads to the person."""
    with transaction():
        return leases.settle(Message, letter.id, letter.attempt, state=str(MessageState.DEAD), error=error[:300])


def _next_way(ways: Sequence[Way], tried: Sequence[str]) -> dict[str, Any]:
    """Return the values of a message one of whose ways has failed for good: waiting for another, or dead."""
    values: dict[str, Any] = {"tried": ",".join(dict.fromkeys(tried))}
    if all(channel in tried for channel, _address in ways):
        return values
    after_commit(wake)
    return values | {"state": str(MessageState.WAITING), "attempts": 0, "next_at": now()}


def put_off(letter: Letter, until: datetime) -> bool:
    """Let a message wait until a time; that it was looked at is no attempt."""
    values = {"state": "waiting", "next_at": until, "attempts": letter.attempt - 1}
    with transaction():
        return leases.settle(Message, letter.id, letter.attempt, **values)


def send_again(message: Message) -> bool:
    """Write a settled message anew inside the caller's transaction, under its key with the next version.

    False when it was forgotten already, or somebody has just done so.
    """
    if not message.recipient:
        return False
    stem, _mark, version = message.dedupe_key.partition("#")
    again = f"{stem[:112]}#{int(version or 1) + 1}"
    others = tuple((channel, address) for channel, address in message.others)
    about = About(message.week, message.person, message.batch, others, urgent=True)
    rest = (message.context, again, message.attachments, message.channel, about)
    return send(message.template, message.recipient, message.locale, *rest)


def withdraw_batch(batch: str) -> int:
    """Give up what of a campaign still waits, inside the caller's transaction; return how many messages."""
    waiting = (Message.batch == batch, Message.state == MessageState.WAITING)
    change = update(Message).where(*waiting).values(state=str(MessageState.DEAD), error="cancelled")
    gone = db.session.execute(change.returning(Message.id), execution_options={"synchronize_session": False})
    return len(gone.all())


def redirect_messages(old: str, new: str, ways: Sequence[Way]) -> int:
    """Let what still waits for a pass (code) go to the pass `new` of the same person, inside the caller's transaction.

    `ways`: how the person is reached; where there are none, each message keeps its own. Links and pictures are made
    at delivery, so they are those of the pass that stays. Returns how many messages.
    """
    query = select(Message).where(Message.person == old, Message.state.not_in(SETTLED)).order_by(Message.id)
    rows = db.session.scalars(query.with_for_update()).all()
    for row in rows:
        row.person = new
        row.context = {name: _renamed(value, old, new) for name, value in row.context.items()}
        row.attachments = [_renamed(reference, old, new) for reference in row.attachments]
        if ways:
            (row.channel, row.recipient), *others = ways
            row.others, row.tried = [list(way) for way in others], ""
    db.session.flush()
    return len(rows)


def _renamed(value: Any, old: str, new: str) -> Any:
    """Return a value, or a reference whose parts are joined by colons, with the new code for the old."""
    return ":".join(new if part == old else part for part in value.split(":")) if isinstance(value, str) else value


def suppress(channel: str, address: str, reason: str) -> None:
    """Remember inside the caller's transaction that an address takes nothing."""
    own = {"address_key": address_key(channel, address), "channel": channel, "reason": reason[:300], "at": now()}
    insert_new(Suppression, **own)


def lift_suppression(ways: Sequence[Way]) -> int:
    """Let messages go to these addresses again, inside the caller's transaction; return how many were held."""
    keys = [address_key(*way) for way in ways]
    gone = db.session.execute(delete(Suppression).where(Suppression.address_key.in_(keys)).returning(Suppression.id))
    return len(gone.all())


def note_receipts(channel: str, receipts: Sequence[Mapping[str, str]]) -> int:
    """Write what a provider tells later: delivered, failed, or bounced (the address is dead); return how many fitted.

    A receipt changes what went out only, once; of a message that failed the next way is tried.
    """
    fitted = 0
    with transaction():
        for receipt in receipts:
            query = select(Message).where(
                Message.channel == channel,
                Message.provider_ref == receipt["reference"],
                Message.provider_ref != "",
                Message.state == MessageState.SENT,
            )
            for row in db.session.scalars(query.with_for_update()):
                fitted += 1
                _note(row, receipt["state"], receipt.get("reason", ""))
    return fitted


def _note(row: Message, state: str, reason: str) -> None:
    if state == "delivered":
        row.state, row.delivered_at = MessageState.DELIVERED, now()
        return
    row.state, row.error = MessageState.DEAD, reason[:300] or state
    if state == "bounced" and row.recipient:
        suppress(row.channel, row.recipient, row.error)
    ways = [(row.channel, row.recipient), *((channel, address) for channel, address in row.others)]
    for name, value in _next_way(ways, [*filter(None, row.tried.split(",")), row.channel]).items():
        setattr(row, name, value)


def forget_messages(days: int = 30) -> None:
    """Empty recipient and context of what was sent, or died, so many days ago; the row itself stays against repeats.

    Refused addresses are forgotten after `HELD_FOR`.
    """
    with transaction():
        old = (Message.state.in_(SETTLED), Message.next_at <= now() - timedelta(days=days), Message.recipient != "")
        db.session.execute(update(Message).where(*old).values(recipient="", others=[], context={}))
        db.session.execute(delete(Suppression).where(Suppression.at <= now() - HELD_FOR))


def drop_messages(week: str) -> None:
    """Remove every message of a week (its code) that is removed as a whole, inside the caller's transaction."""
    db.session.execute(delete(Message).where(Message.week == week))


def forget_addresses(addresses: SelectBase, kept: SelectBase) -> None:
    """Empty every message to these addresses, inside the caller's transaction; what still waits is given up.

    An address that is also among `kept` has only its settled messages emptied.
    """
    _forget(Message.recipient.in_(addresses), or_(Message.state.in_(SETTLED), Message.recipient.not_in(kept)))


def forget_person(codes: Collection[str], addresses: Collection[str]) -> None:
    """Empty every message to the holder of these passes or to these addresses, inside the caller's transaction.

    What still waits is given up.
    """
    _forget(or_(Message.person.in_(codes), Message.recipient.in_(addresses)))


def _forget(*which: ColumnElement[bool]) -> None:
    state = case((Message.state.in_(SETTLED), Message.state), else_=str(MessageState.DEAD))
    change = update(Message).where(*which).values(recipient="", others=[], context={}, state=state)
    db.session.execute(change, execution_options={"synchronize_session": False})


def _way(letter: Letter) -> dict[str, Any]:
    others = [list(way) for way in letter.about.others]
    return {"channel": letter.channel, "recipient": letter.recipient, "others": others}

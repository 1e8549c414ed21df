"""What organisers do with single messages: send one again, let an address be written to again."""

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import Refusal
from eventweek.outbox.actions import lift_suppression, send_again
from eventweek.outbox.enums import SETTLED
from eventweek.outbox.models import Message
from eventweek.programme.actions.verbs import editable_week


def resend_message(week_id: int, number: int, *, actor: Actor) -> Message:
    """Send a settled message once more, as a new one beside it.

    Raises: Refusal permission.denied, week.not_found, week.archived, message.not_found, message.waiting,
    message.forgotten, message.private for a one-time code, whose secret is forgotten.
    """
    with transaction():
        row = _get(week_id, number, actor)
        if row.state not in SETTLED:
            raise Refusal("message.waiting")
        if row.template == "registration/code":
            raise Refusal("message.private")
        if not send_again(row):
            raise Refusal("message.forgotten")
        record(actor, "message.resend", "message", str(row.id), week_id=week_id, kind=row.template, person=row.person)
    return row


def release_addresses(week_id: int, number: int, *, actor: Actor) -> int:
    """Let the addresses of a message be written to again; return how many were held.

    Raises: Refusal permission.denied, week.not_found, week.archived, message.not_found, message.forgotten.
    """
    with transaction():
        row = _get(week_id, number, actor)
        if not row.recipient:
            raise Refusal("message.forgotten")
        ways = [(row.channel, row.recipient), *((channel, address) for channel, address in row.others)]
        count = lift_suppression(ways)
        if count:
            record(actor, "message.release", "message", str(row.id), week_id=week_id, person=row.person)
    return count


def _get(week_id: int, number: int, actor: Actor) -> Message:
    require(actor, Verb.MESSAGES_EDIT, week_id)
    week = editable_week(week_id)
    query = select(Message).where(Message.week == week.code, Message.id == number).with_for_update()
    row = db.session.scalar(query) if number < 2**31 else None
    if row is None:
        raise Refusal("message.not_found")
    return row

"""Write a message inside the caller's transaction; hold, settle and forget it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, case, or_, update

from eventweek.kernel import leases
from eventweek.kernel.clock import now
from eventweek.kernel.db import after_commit, db, insert_new, transaction
from eventweek.kernel.jobs import wake
from eventweek.kernel.text import clean_line
from eventweek.outbox.models import Message


def send(
    template: str,
    recipient: str,
    locale: str,
    context: Mapping[str, Any],
    dedupe_key: str,
    attachments: Sequence[str] = (),
    channel: str = "email",
) -> bool:
    """Write one message for the worker to deliver; say whether it is new: one dedupe key is one message for ever.

    `template` names templates/mail/<template>.{subject,txt,html}, for `channel` "sms" <template>.sms, whose recipient
    is an E.164 number. `locale` is `zh-CN` or `en`, `context` holds plain JSON values (what is named `secret_...` is
    forgotten once sent), `attachments` are references such as `pass.png:CODE`. The key is (message, recipient's code,
    subject, version), joined by colons, at most 120 characters, without personal data.
    """
    at = now()
    after_commit(wake)
    return insert_new(
        Message,
        dedupe_key=dedupe_key,
        channel=channel,
        recipient=clean_line(recipient, 254),
        template=template,
        locale=locale,
        context=dict(context),
        attachments=list(attachments),
        next_at=at,
        created_at=at,
    )


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


def claim_message(message_id: int) -> Letter | None:
    """Hold a waiting message for delivery, None when somebody else has it or it is settled."""
    with transaction():
        attempt = leases.claim(Message, message_id)
        row = db.session.get(Message, message_id, populate_existing=True) if attempt else None
        if row is None or attempt is None:
            return None
        own = (row.channel, row.template, row.recipient, row.locale, row.context, row.attachments)
        return Letter(row.id, attempt, *own)


def mark_sent(letter: Letter) -> bool:
    """Write that a message went out; what its context kept secret is forgotten at once."""
    open_context = {name: value for name, value in letter.context.items() if not name.startswith("secret_")}
    with transaction():
        sent = {"state": "sent", "sent_at": now(), "error": "", "context": open_context}
        return leases.settle(Message, letter.id, letter.attempt, **sent)


def mark_failed(letter: Letter, error: str, *, final: bool = False) -> bool:
    """Write that a delivery failed: tried again after a pause, dead after the last try or when `final`."""
    values = leases.after_failure(letter.attempt, error, final=final)
    with transaction():
        return leases.settle(Message, letter.id, letter.attempt, **values)


def forget_messages(days: int = 30) -> None:
    """Empty recipient and context of what was sent, or died, so many days ago; the row itself stays against repeats."""
    with transaction():
        old = (Message.state.in_(("sent", "dead")), Message.next_at <= now() - timedelta(days=days))
        db.session.execute(update(Message).where(*old, Message.recipient != "").values(recipient="", context={}))


def forget_addresses(addresses: Select[Any], kept: Select[Any]) -> None:
    """Empty every message to these addresses, inside the caller's transaction; what still waits is given up.

    An address that is also among `kept` has only its settled messages emptied.
    """
    settled = Message.state.in_(("sent", "dead"))
    own = (Message.recipient.in_(addresses), or_(settled, Message.recipient.not_in(kept)))
    change = (
        update(Message).where(*own).values(recipient="", context={}, state=case((settled, Message.state), else_="dead"))
    )
    db.session.execute(change, execution_options={"synchronize_session": False})

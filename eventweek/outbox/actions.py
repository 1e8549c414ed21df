"""Write a message inside the caller's transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from eventweek.kernel.clock import now
from eventweek.kernel.db import insert_new
from eventweek.kernel.text import clean_line
from eventweek.outbox.models import Message


def send(
    template: str,
    recipient: str,
    locale: str,
    context: Mapping[str, Any],
    dedupe_key: str,
    attachments: Sequence[str] = (),
) -> bool:
    """Write one e-mail for the worker to deliver; say whether it is new: one dedupe key is one message for ever.

    `template` names templates/mail/<template>.{subject,txt,html}, `locale` is `zh-CN` or `en`, `context` holds plain
    JSON values, `attachments` are references such as `pass.png:CODE`. The key is (message, recipient's code, subject,
    version), joined by colons, at most 120 characters, without personal data.
    """
    at = now()
    return insert_new(
        Message,
        dedupe_key=dedupe_key,
        channel="email",
        recipient=clean_line(recipient, 254),
        template=template,
        locale=locale,
        context=dict(context),
        attachments=list(attachments),
        next_at=at,
        created_at=at,
    )

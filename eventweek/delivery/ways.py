"""The ways out of the house, and how one message is handed over by its own."""

import logging
from dataclasses import dataclass

from flask import current_app

from eventweek.config import Config, Gateway
from eventweek.delivery.mails import make_mail
from eventweek.delivery.notes import make_note
from eventweek.kernel.db import db
from eventweek.outbox import actions as outbox
from eventweek.outbox.channels import Channel, Provider, Receipt, Unanswered, channel_for
from eventweek.outbox.transport import Transport, Undeliverable, transport_for

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ways:
    """What carries each channel; None where an installation has no provider for it."""

    mail: Transport
    sms: Channel | None = None
    wechat: Channel | None = None


def configured_ways() -> Ways:
    """Return the ways out that the settings name; outside production what has none is a file under `var`."""
    config: Config = current_app.extensions["eventweek"]

    def short(name: str, own: Gateway) -> Channel | None:
        folder = None if config.production else config.var / name
        return channel_for(Provider(own.url, own.key_id, own.secret), folder)

    mail = transport_for(config.smtp_url, config.var / "mail")
    return Ways(mail, short("sms", config.sms), short("wechat", config.wechat))


def deliver(message_id: int, ways: Ways) -> bool:
    """Make one message and hand it over; False when it was not to be had. At least once, never silently lost."""
    letter = outbox.claim_message(message_id)
    if letter is None:
        return False
    try:
        _hand_over(letter, ways)
    except Undeliverable as error:
        outbox.mark_failed(letter, str(error), final=True)
    except Unanswered as error:
        outbox.mark_failed(letter, str(error))
    except Exception as error:  # a server that is gone and a template that is broken: both are tried again
        _log.warning("message %s not delivered", letter.template, extra={"cause": type(error).__name__})
        outbox.mark_failed(letter, f"{type(error).__name__}")
    else:
        outbox.mark_sent(letter)
    finally:
        db.session.remove()
    return True


def _hand_over(letter: outbox.Letter, ways: Ways) -> Receipt:
    if letter.channel == "email":
        ways.mail.deliver(make_mail(letter), f"{letter.id:08d}")
        return Receipt()
    channel = ways.sms if letter.channel == "sms" else ways.wechat
    if channel is None:
        raise Undeliverable("no provider")
    return channel.deliver(make_note(letter))

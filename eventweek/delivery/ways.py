"""The ways out of the house, and how one message is handed over by its own."""

import logging
from dataclasses import dataclass
from http.client import HTTPException
from smtplib import SMTPException

from flask import current_app

from eventweek.config import Config, Gateway
from eventweek.delivery.mails import make_mail
from eventweek.delivery.notes import make_note
from eventweek.delivery.routing import Plan, choose_way, held_until, plan_of
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.outbox import actions as outbox
from eventweek.outbox.channels import Channel as Door
from eventweek.outbox.channels import Provider, Receipt, Unanswered, channel_for
from eventweek.outbox.enums import Channel
from eventweek.outbox.transport import DeadAddress, Transport, Undeliverable, transport_for

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ways:
    """What carries each channel; None where an installation has no provider for it."""

    mail: Transport
    sms: Door | None = None
    wechat: Door | None = None

    @property
    def open(self) -> frozenset[str]:
        """Return the channels that lead out."""
        short = {"sms": self.sms, "wechat": self.wechat}
        return frozenset({"email", *(name for name, own in short.items() if own is not None)})


def configured_ways() -> Ways:
    """Return the ways out that the settings name; outside production what has none is a file under `var`."""
    config: Config = current_app.extensions["eventweek"]

    def short(name: str, own: Gateway) -> Door | None:
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
        _carry(letter, ways)
    except Exception as error:  # a fault of ours, such as a broken template: it is tried again
        _log.warning("message %s not delivered", letter.template, extra={"cause": type(error).__name__})
        db.session.rollback()
        outbox.mark_failed(letter, type(error).__name__)
    finally:
        db.session.remove()
    return True


def _carry(letter: outbox.Letter, ways: Ways) -> None:
    """Take a message on its way, let it wait for the morning, or give it up where no way is left."""
    plan = plan_of(letter)
    until = held_until(plan)
    if until is not None:
        outbox.put_off(letter, until)
        return
    way = choose_way(letter, plan, ways.open)
    if way is None:
        outbox.give_up(letter, letter.about.person and "no way" or "no provider")
        return
    own = letter.by(way)
    try:
        receipt = _hand_over(own, plan, ways)
    except DeadAddress as error:
        outbox.mark_failed(own, str(error), final=True, dead_address=True)
    except Undeliverable as error:
        outbox.mark_failed(own, str(error), final=True)
    except Refusal as refusal:
        outbox.mark_failed(own, refusal.code, final=True)
    except Unanswered as error:
        outbox.mark_failed(own, str(error))
    except (OSError, SMTPException, HTTPException) as error:
        _log.warning("message %s not delivered", letter.template, extra={"cause": type(error).__name__})
        outbox.mark_failed(own, type(error).__name__)
    else:
        outbox.mark_sent(own, receipt)


def _hand_over(letter: outbox.Letter, plan: Plan, ways: Ways) -> Receipt:
    if letter.channel == Channel.EMAIL:
        mail = make_mail(letter, plan)
        ways.mail.deliver(mail, f"{letter.id:08d}")
        return Receipt(str(mail["Message-ID"])[:80])
    channel = ways.sms if letter.channel == Channel.SMS else ways.wechat
    assert channel is not None
    return channel.deliver(make_note(letter, plan))

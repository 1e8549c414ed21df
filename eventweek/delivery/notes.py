"""How a short message is made: one line of text behind the 【签名】, with the fields of the approved template."""

from flask import current_app

from eventweek.config import Config
from eventweek.delivery.mails import facts_for, links_of, rendered, speaking
from eventweek.delivery.routing import Plan
from eventweek.outbox.actions import Letter
from eventweek.outbox.channels import Note
from eventweek.outbox.enums import Channel
from eventweek.registration.kinds import Wording
from eventweek.registration.wording import compose


def make_note(letter: Letter, plan: Plan) -> Note:
    """Make a short message in its language; its reference is the same at each try."""
    config: Config = current_app.extensions["eventweek"]
    sign = plan.sign or config.sms_sign
    with speaking(letter.locale):
        words = plan.words or Wording("", "", rendered(letter, "sms") or "")
        links = links_of(letter)
        own = compose(words, facts_for(letter, plan, links), sign if letter.channel == Channel.SMS else "")
    by_wechat = letter.channel == Channel.WECHAT
    return Note(
        reference=f"message-{letter.id}",
        to=letter.recipient,
        text=own.sms,
        sign=sign,
        template=words.wechat_template if by_wechat else words.sms_template,
        fields=own.wechat_fields if by_wechat else own.sms_fields,
        locale=letter.locale,
        page=links.get("link", "") if by_wechat else "",
    )

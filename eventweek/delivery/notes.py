"""How a short message is made: one line of text behind the 【签名】, cut to what a phone takes."""

from flask import current_app

from eventweek.config import Config
from eventweek.delivery.mails import rendered, speaking
from eventweek.kernel.text import clean_line
from eventweek.outbox.actions import Letter
from eventweek.outbox.channels import Note

LONGEST_SMS = 300
"""Characters with the signature: five parts of 67, after which providers refuse or cut a Chinese message themselves."""


def make_note(letter: Letter) -> Note:
    """Render a short message in its language; its reference is the same at each try."""
    config: Config = current_app.extensions["eventweek"]
    with speaking(letter.locale):
        text = clean_line(rendered(letter, "sms") or "", 10_000)
    sign = f"【{config.sms_sign}】" if config.sms_sign else ""
    room = LONGEST_SMS - len(sign)
    return Note(
        reference=f"message-{letter.id}",
        to=letter.recipient,
        text=sign + (text if len(text) <= room else text[: room - 1] + "…"),
        sign=config.sms_sign,
        locale=letter.locale,
    )

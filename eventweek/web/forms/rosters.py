"""The form with which a list of people comes."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, StringField
from wtforms.fields.choices import SelectChoice

from eventweek.language.rosters import ORIGINS


class RosterForm(FlaskForm):
    """Where the people of a list agreed, and whether each of them is written to; the file is beside it."""

    consent_from = RadioField(
        _("本人的同意是在哪里取得的"), choices=[SelectChoice(*pair) for pair in ORIGINS.items()], validate_choice=False
    )
    consent_note = StringField(_("具体说明"))
    consent = BooleanField(_("名单里的人都知道信息会交给主办方用于报名，并且同意"))
    send = BooleanField(_("给新报上的人发确认（邮件或短信，附入场码链接）"), default=True)

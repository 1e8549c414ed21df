"""The forms of registration; shape only."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, IntegerField, StringField, TelField, TextAreaField


class Register(FlaskForm):
    """Who registers; what they chose stands beside it, one field an offering."""

    who = HiddenField()
    key = HiddenField()
    consent_text = HiddenField()
    name = StringField(_("姓名"))
    phone = TelField(_("手机号"))
    email = EmailField(_("邮箱"))
    organisation = StringField(_("所在单位"))
    consent = BooleanField(_("我已读过，同意按上面说的用我的信息"))


class Seats(FlaskForm):
    """How many come."""

    seats = IntegerField(_("人数"))


class Cancel(FlaskForm):
    """Nothing but the decision."""


class Resubmission(FlaskForm):
    """What changed of an application that was sent back."""

    seats = IntegerField(_("人数"))
    remark = TextAreaField(_("给主办方的说明"))


class Move(FlaskForm):
    """Nothing but the choice, which stands beside it."""


class Find(FlaskForm):
    """Where the link to one's pass is sent."""

    email = EmailField(_("邮箱"))

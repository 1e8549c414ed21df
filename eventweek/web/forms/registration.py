"""The forms of registration; shape only."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, StringField, TelField, TextAreaField

from eventweek.web.forms.shared import Whole

LONGEST_WORK = 4000


class Proof(FlaskForm):
    """A one-time code and what it belongs to: `proof` is the secret of whoever asked, `asked` whose contact it was."""

    proof = HiddenField()
    asked = HiddenField()
    work = HiddenField()
    code = StringField(_("验证码"))

    @property
    def sent_work(self) -> str:
        """Return the solved challenge as the widget sent it, short enough to be one."""
        return (self.work.data or "")[:LONGEST_WORK]


class Register(Proof):
    """Who registers; what they chose stands beside it, one field an offering."""

    who = HiddenField()
    key = HiddenField()
    consent_text = HiddenField()
    name = StringField(_("姓名"))
    phone = TelField(_("手机号"))
    email = EmailField(_("邮箱"))
    organisation = StringField(_("所在单位"))
    consent = BooleanField(_("我已读过，同意按上面说的用我的信息"))


class InvitationCode(FlaskForm):
    """The code of an invitation, as typed."""

    invitation = StringField(_("邀请码"))


class Seats(FlaskForm):
    """How many come."""

    seats = Whole(_("人数"))


class Cancel(FlaskForm):
    """Nothing but the decision."""


class Resubmission(FlaskForm):
    """What changed of an application that was sent back."""

    seats = Whole(_("人数"))
    remark = TextAreaField(_("给主办方的说明"))


class Appeal(FlaskForm):
    """Why a no-show should not count."""

    text = TextAreaField(_("你的说明"))


class CheckCertificate(FlaskForm):
    """The code of a certificate of attendance."""

    code = StringField(_("证明编号"))


class Move(FlaskForm):
    """Nothing but the choice, which stands beside it."""


class Find(Proof):
    """Whose passes are looked for."""

    contact = StringField(_("手机号或邮箱"))


class HandOver(FlaskForm):
    """Who comes instead."""

    name = StringField(_("对方姓名"))
    phone = TelField(_("对方手机号"))
    email = EmailField(_("对方邮箱"))
    consent = BooleanField(_("对方看过上面的说明，同意我替他（她）填写"))


class Erasure(FlaskForm):
    """That the person means it."""

    sure = BooleanField(_("我知道删除不能撤销"))

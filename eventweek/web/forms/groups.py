"""The forms of groups; shape only."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, FileField, HiddenField, StringField, TelField, TextAreaField


class Members(FlaskForm):
    """The people, as lines or as a workbook."""

    lines = TextAreaField(_("名单"))
    file = FileField(_("或者传 Excel 表格"))


class Group(Members):
    """A unit with its leader and its people."""

    unit = StringField(_("单位名称"))
    leader = StringField(_("联系人姓名"))
    phone = TelField(_("联系人手机号"))
    email = EmailField(_("联系人邮箱"))
    consent = BooleanField(_("名单上的人都看过上面的说明，同意由我填写"))


class Problems(FlaskForm):
    """The rows that were sent, to be sent back with what is wrong beside each."""

    sent = HiddenField()

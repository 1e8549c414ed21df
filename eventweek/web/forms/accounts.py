"""Forms of accounts."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired


class SignIn(FlaskForm):
    """Address and password."""

    email = StringField(_("邮箱"), [InputRequired(_("填写邮箱。"))])
    password = PasswordField(_("密码"), [InputRequired(_("填写密码。"))])


class Name(FlaskForm):
    """The person's own name."""

    name = StringField(_("姓名"), [InputRequired(_("填写姓名。"))])


class ChangePassword(FlaskForm):
    """The password now and the new one."""

    old = PasswordField(_("现在的密码"), [InputRequired(_("填写现在的密码。"))])
    new = PasswordField(_("新密码"), [InputRequired(_("填写新密码。"))])


class Accept(FlaskForm):
    """Name and password of a new account."""

    name = StringField(_("姓名"), [InputRequired(_("填写姓名。"))])
    password = PasswordField(_("密码"), [InputRequired(_("填写密码。"))])


class Role(FlaskForm):
    """A role in a week, all of it or a part; which roles go with which part is the room's to say."""

    role = SelectField(_("角色"), validate_choice=False)
    week = SelectField(_("活动周"), validate_choice=False)
    scope = SelectField(_("范围"), validate_choice=False)


class Invite(Role):
    """Who is invited, and as what."""

    email = StringField(_("邮箱"), [InputRequired(_("填写邮箱。"))])
    name = StringField(_("姓名"))
    administrator = BooleanField(_("管理员：管账号，能做一切"))


def _whole(value: object) -> int:
    """Return a number, 0 for anything else."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


class Key(Role):
    """What a program is lent, and for how long."""

    name = StringField(_("名称"), [InputRequired(_("填写名称。"))])
    days = SelectField(_("有效期"), coerce=_whole, validate_choice=False)

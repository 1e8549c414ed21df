"""Forms of accounts."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
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

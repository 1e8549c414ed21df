"""Sentences of accounts."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "permission.denied": _("您的账号没有这项权限。请让管理员或组委会给您相应的角色。"),
}

"""Sentences of the programme."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "week.not_found": _("没有这一届活动周。回到首页看当前的一届。"),
}

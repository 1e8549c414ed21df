"""Sentences of calendars."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "feed.not_found": _("没有这个日历，或它还没有公开。回到日程，重新订阅。"),
}

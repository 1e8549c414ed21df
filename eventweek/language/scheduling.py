"""Sentences of plans and releases."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "release.no_change": _("和上次发布相比没有变化，所以没有发布。先修改场次，再发布。"),
}

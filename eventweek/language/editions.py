"""Sentences of the life of an edition."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "copy.needs_sessions": _("人物、排期和报名项都跟着场次走。请把“场次”也勾上，或只带设置。"),
    "copy.weekday": _("两届的第一天不是同一个星期几。选一种对应办法；想让星期也对上，第一天改为 %(day)s。"),
    "week.not_draft": _("只有筹备中的活动周可以删除。结束后请归档。"),
    "week.registered": _("已经有 %(count)s 个报名，这一届不能删除。把它改为结束，再归档，网址一直有效。"),
    "week.released": _("已经发布过 %(count)s 次，这一届不能删除：日历和网址要一直有效。把它改为结束，再归档。"),
}

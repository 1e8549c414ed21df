"""Sentences of plans and releases."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "release.no_change": _("和上次发布相比没有变化，所以没有发布。先修改场次，再发布。"),
    "release.unknown_session": _("这一届没有代码为“%(session)s”的场次。回到发布页重新勾选。"),
    "release.blocked": _("同一时间用了同一个房间或同一个人，不能发布：%(sessions)s。改时间、房间或人员后再发布。"),
    "week.draft": _("活动周还在筹备，公众看不到。先把状态改为“开放”，再发布。"),
    "session.off": _("这个场次已取消或归档，不能排期。先恢复它。"),
    "placement.grid": _("开始时间要在 %(minutes)s 分钟的刻度上。"),
}

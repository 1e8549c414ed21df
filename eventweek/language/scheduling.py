"""Sentences of plans and releases."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "release.no_change": _("和上次发布相比没有变化，所以没有发布。先修改场次，再发布。"),
    "release.unknown_session": _("这一届没有代码为“%(session)s”的场次。回到发布页重新勾选。"),
    "release.blocked": _("同一时间用了同一个房间或同一个人，不能发布：%(sessions)s。改时间、房间或人员后再发布。"),
    "week.draft": _("活动周还在筹备，公众看不到。先把状态改为“开放”，再发布。"),
    "session.off": _("这个场次已取消或归档，不能排期。先恢复它。"),
    "placement.grid": _("开始时间要在 %(minutes)s 分钟的刻度上。"),
    "problem.room_overlap": _("“%(one)s”和“%(two)s”同时用%(room)s。给其中一场换时间或房间。"),
    "problem.changeover": _("“%(one)s”和“%(two)s”之间要留 %(minutes)s 分钟给%(room)s换场。把后一场推迟，或换房间。"),
    "problem.person_overlap": _("%(person)s同时在“%(one)s”和“%(two)s”。换时间或换人。"),
    "problem.travel": _("%(person)s从“%(one)s”到“%(two)s”要 %(minutes)s 分钟，时间不够。把后一场推迟，或换人。"),
    "problem.person_daily": _("%(person)s在 %(day)s 有 %(count)s 场，最多 %(most)s 场。把一场移到别的日子，或换人。"),
    "problem.person_away": _("“%(one)s”的时间%(person)s不能到场。换时间或换人。"),
    "problem.day": _("“%(one)s”排在 %(day)s，不在可选日期之内。换一天，或放宽日期。"),
    "problem.hours": _("“%(one)s”应在 %(earliest)s 到 %(latest)s 之间。换时间，或放宽时段。"),
    "problem.lunch": _("“%(one)s”占用了午休（%(start)s 到 %(end)s）。换时间。"),
    "problem.room_closed": _("%(room)s在 %(day)s 不开放，“%(one)s”要换日子或房间。"),
    "problem.room_hours": _("“%(one)s”的时间超出了%(room)s的开放时段。换时间或房间。"),
    "problem.capacity": _("“%(one)s”预计 %(expected)s 人，%(room)s只容 %(capacity)s 人。换大的房间，或限制人数。"),
    "problem.features": _("%(room)s缺少“%(one)s”要的设备：%(features)s。换房间，或去掉要求。"),
    "problem.place": _("“%(one)s”不应在%(room)s：城市或场馆不符。换房间，或改场次的要求。"),
    "problem.fixed": _("“%(one)s”的时间或房间是固定的，现在的安排不同。移回去，或解除固定。"),
    "problem.plenary": _("“%(one)s”和同城的全体活动“%(two)s”同时进行。换时间。"),
    "problem.order": _("“%(one)s”要在“%(two)s”结束 %(minutes)s 分钟之后开始。推迟它，或提前另一场。"),
    "problem.together": _("“%(one)s”应和“%(two)s”同时开始。把时间对齐。"),
    "problem.linked": _("“%(one)s”和“%(two)s”是连续的系列，应在相继的日子、同一房间、同一时间。"),
    "problem.exclusive": _("“%(one)s”和“%(two)s”面向同一批人，不能同时进行。换时间。"),
    "problem.tour": _("巡回团一天只去一个城市：“%(one)s”和“%(two)s”在同一天的两个城市。换日子。"),
}

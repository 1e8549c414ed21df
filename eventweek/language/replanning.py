"""Sentences of re-planning."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "release.short": _(
        "新的厅室坐不下：%(sessions)s 一共多出 %(seats)s 席。在发布页上选：记一笔超额，或让最后报名的回到候补最前面。"
    ),
    "seat.kept_back": _("保留的席位和待审核占的席位多出 %(seats)s 席。先释放一些保留，再发布。"),
    "affected.not_found": _("没有要选择的变动。在“我的一周”里看现在的安排。"),
    "affected.answered": _("已经取消或换到别的场次了。想来的话重新报名。"),
    "affected.no_swap": _("这一场刚刚满了，或和你的其他场次冲突。选页面上现在列出的一场。"),
    "spread.target": _("选至少一个分过去的报名项：同一类活动和席位、还没开始、不另外问证件或同意。"),
}

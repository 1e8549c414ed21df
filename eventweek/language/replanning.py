"""Sentences of re-planning."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _

from eventweek.kernel.db import Bilingual
from eventweek.replanning.enums import RunMode, Way

SENTENCES = {
    "release.short": _(
        "新的厅室坐不下：%(sessions)s 一共多出 %(seats)s 席。在发布页上选：记一笔超额，或让最后报名的回到候补最前面。"
    ),
    "seat.kept_back": _("保留的席位和待审核占的席位多出 %(seats)s 席。先释放一些保留，再发布。"),
    "affected.not_found": _("没有要选择的变动。在“我的一周”里看现在的安排。"),
    "affected.answered": _("已经取消或换到别的场次了。想来的话重新报名。"),
    "affected.no_swap": _("这一场刚刚满了，或和你的其他场次冲突。选页面上现在列出的一场。"),
    "planner.busy": _("这一届正在自动排期。等它结束，或到它的页面按“到此为止”，再开始下一次。"),
    "planner.no_sessions": _("这一届还没有要办的场次，没有什么可排。先新建或导入场次，再来排。"),
    "planner.no_rooms": _("还没有可用的厅室，场次没有地方可排。先在“场馆”里加厅室，再来排。"),
    "planner.mode": _("选一种排法：全部重排、只排未排，或发布后修复（%(choices)s）。"),
    "planner.seconds": _("最多算多久，要在 1 秒到 %(most)s 秒之间。"),
    "planner.not_found": _("没有这一次自动排期。回到自动排期页再选。"),
    "planner.no_file": _("这一次没有留下这份文件：还没算到那一步，或没有算成。"),
    "planner.faults": _("现在的安排自相矛盾，没有开始计算。下面逐条写明改哪里，改好再来一次。"),
    "planner.interrupted": _("计算中途断了：服务重启过，或机器停过。什么也没有改，再来一次就行。"),
    "planner.killed": _("计算被系统中止，多半是内存不够。什么也没有改；关掉别的程序，或缩短时间，再来一次。"),
    "planner.broken": _("计算没有给出结果。什么也没有改；再来一次，还不行就把操作记录里的编号告诉管理员。"),
    "planner.late": _("计算超时很久没有停，已经中止。什么也没有改；缩短时间再来一次。"),
    "incident.decided": _("这件事已经定了（第 %(number)s 版）。看做了什么；还要改的话，到排期里改，再发布。"),
    "incident.lifted": _("场地已经恢复，不用再定。还有问题的话，重新报告一次。"),
    "incident.nothing": _("现在没有已公布的场次受影响，不用定。"),
    "incident.no_way": _("这个办法还没有算好，或没有算成。等它算好，或再找一次，或先用别的办法。"),
    "incident.changed": _("看过之后排期或发布有变，这个办法不再作准，什么也没有改。按“再找一次”，看新的办法再定。"),
    "incident.short": _("新的厅坐不下，多出 %(seats)s 席。选一种处理：超额照发，或让最后报名的回到候补最前面。"),
    "incident.way": _("选一个办法：%(choices)s。"),
    "spread.target": _("选至少一个分过去的报名项：同一类活动和席位、还没开始、不另外问证件或同意。"),
}

REASONS: dict[str, Bilingual] = {
    "leak": Bilingual("漏水", "Water has come in"),
    "power": Bilingual("停电", "The power is out"),
    "equipment": Bilingual("设备故障", "The equipment has failed"),
    "safety": Bilingual("安全检查", "A safety inspection"),
    "taken": Bilingual("临时征用", "The hall is needed for something else"),
}
"""Why a hall is lost most often; both languages at one tap."""

WAYS: dict[Way, tuple[LazyString, LazyString]] = {
    Way.NEAR: (_("就近安置"), _("同一场馆、当天；厅小一些也用，座位可能不够")),
    Way.ROOMS: (_("时间不变，换厅"), _("全市的厅都看；必要时请同时段的小场次让厅")),
    Way.LATER: (_("改时间"), _("等原厅恢复，或换到别的时间、日子")),
    Way.CANCEL: (_("取消"), _("受影响的场次都取消，报名的人都收到消息")),
}
"""The ways out of an incident: what each is called, and what it means."""

MODES: dict[RunMode, tuple[LazyString, LazyString]] = {
    RunMode.FULL: (_("全部重排"), _("没有固定的都可以动；动已发布的场次也算扣分")),
    RunMode.FILL: (_("只排未排"), _("已发布的一场不动，其余的排进空档")),
    RunMode.REPAIR: (_("发布后修复"), _("能不动就不动，先算要告知多少人")),
}
"""How a run plans: its name, and what it means."""


def run_name(number: int, at: datetime, zone: str) -> str:
    """Return what a run of the planner is called, told on the week's clock (IANA zone)."""
    return str(gettext("规划 %(n)s（%(at)s）", n=number, at=f"{at.astimezone(ZoneInfo(zone)):%m-%d %H:%M}"))


def way_name(way: Way) -> str:
    """Return what the run is called that looks for a way out of an incident."""
    return str(WAYS[way][0])

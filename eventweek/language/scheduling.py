"""Sentences of plans and releases, and what the plan is called that another one replaces."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext
from flask_babel import lazy_gettext as _

SENTENCES = {
    "release.no_change": _("和上次发布相比没有变化，所以没有发布。先修改场次，再发布。"),
    "release.unknown_session": _("这一届没有代码为“%(session)s”的场次。回到发布页重新勾选。"),
    "release.not_found": _("没有这一次发布。在发布列表里看编号。"),
    "release.unrestorable": _("这些场次不能回到那一版：%(sessions)s。看每一场的原因，去掉它们，再发布其余的。"),
    "release.overtaken": _("看过之后又发布了一次（第 %(number)s 次）。重新看有哪些变化，再发布。"),
    "placement.not_found": _("这个场次还没有排进日程。先给它时间和房间。"),
    "reach.session_city": _(
        "“%(title)s”是%(whose)s的场次，你只管%(mine)s的。要改它的时间地点，请找%(whose)s的城市专班或组委会。"
    ),
    "reach.session_track": _(
        "“%(title)s”属于专题“%(whose)s”，你只管“%(mine)s”。要改它的时间地点，请找那个专题的负责人或组委会。"
    ),
    "reach.session_venue": _(
        "“%(title)s”排在%(whose)s，你只管排在%(mine)s的场次。要改它的时间地点，请找%(whose)s的场馆方或组委会。"
    ),
    "reach.session_unplaced": _("“%(title)s”还没排进场馆，你只管已经排在%(mine)s的场次。请组委会先把它排进来。"),
    "reach.session_whole": _(
        "“%(title)s”不归哪个城市或专题，由组委会统一安排；你只管%(mine)s的。要改它的时间地点，请找组委会。"
    ),
    "reach.room_city": _("“%(room)s”在%(whose)s，你只管%(mine)s的厅室。要用它，请找%(whose)s的城市专班或组委会。"),
    "reach.room_venue": _("“%(room)s”在%(whose)s，你只管%(mine)s的厅室。要用它，请找%(whose)s的场馆方或组委会。"),
    "reach.room_whole": _("“%(room)s”不在哪个城市，由组委会统一安排；你只管%(mine)s的厅室。要用它，请找组委会。"),
    "release.blocked": _("有规则拦住发布：%(sessions)s。改时间、房间或人员，或写明原因放行，再发布。"),
    "rule.blocked": _(
        "“%(session)s”会违反规则“%(rule)s”，这一届不许这样改（%(count)s 处）。换时间、房间或人员，或请组委会放宽。"
    ),
    "finding.not_found": _("没有这一处问题，可能刚刚解决了，或场次已经挪动。重新看有哪些问题。"),
    "finding.warns": _("这一处不拦住发布，不用放行。"),
    "override.not_found": _("没有这一条放行，可能已经收回。"),
    "override.reason": _("写明为什么可以放行，%(shortest)s 到 %(longest)s 个字。"),
    "rule.unknown": _("没有代码为“%(code)s”的规则。在规则列表里看代码。"),
    "rule.level": _("规则“%(rule)s”不能设成这样。可选：%(choices)s。"),
    "rule.weight": _("规则“%(rule)s”的权重要是 0 到 %(most)s 的整数。"),
    "rule.weightless": _("规则“%(rule)s”只在工作台检查，没有权重。去掉权重。"),
    "week.draft": _("活动周还在筹备，公众看不到。先把状态改为“开放”，再发布。"),
    "session.off": _("这个场次已取消或归档，不能排期。先恢复它。"),
    "placement.grid": _("开始时间要在 %(minutes)s 分钟的刻度上。"),
    "room.lost": _("%(room)s在这段时间停用了，不能排进去。换一个厅，或等恢复。"),
    "problem.room_overlap": _("“%(one)s”和“%(two)s”同时用%(room)s。给其中一场换时间或房间。"),
    "problem.changeover": _("“%(one)s”和“%(two)s”之间要留 %(minutes)s 分钟给%(room)s换场。把后一场推迟，或换房间。"),
    "problem.person_overlap": _("%(person)s同时在“%(one)s”和“%(two)s”。换时间或换人。"),
    "problem.travel": _("%(person)s从“%(one)s”到“%(two)s”要 %(minutes)s 分钟，时间不够。把后一场推迟，或换人。"),
    "problem.person_daily": _("%(person)s在 %(day)s 有 %(count)s 场，最多 %(most)s 场。把一场移到别的日子，或换人。"),
    "problem.person_away": _("“%(one)s”的时间%(person)s不能到场。换时间或换人。"),
    "problem.day": _("“%(one)s”排在 %(day)s，不在可选日期之内。换一天，或放宽日期。"),
    "problem.hours": _("“%(one)s”应在 %(earliest)s 到 %(latest)s 之间。换时间，或放宽时段。"),
    "problem.start": _("“%(one)s”没有从 %(minutes)s 分钟的整数倍开始。挪一挪，或改届次的取整。"),
    "problem.lunch": _("“%(one)s”占用了午休（%(start)s 到 %(end)s）。换时间。"),
    "problem.room_closed": _("%(room)s在 %(day)s 不开放，“%(one)s”要换日子或房间。"),
    "problem.room_lost": _("%(room)s停用了，“%(one)s”还排在里面。到“当日调度”定怎么办，或换房间。"),
    "problem.room_hours": _("“%(one)s”的时间超出了%(room)s的开放时段。换时间或房间。"),
    "problem.capacity": _("“%(one)s”预计 %(expected)s 人，%(room)s只容 %(capacity)s 人。换大的房间，或限制人数。"),
    "problem.features": _("%(room)s缺少“%(one)s”要的设备：%(features)s。换房间，或去掉要求。"),
    "problem.place": _("“%(one)s”不应在%(room)s：城市或场馆不符。换房间，或改场次的要求。"),
    "problem.fixed": _("“%(one)s”的时间或房间是固定的，现在的安排不同。移回去，或解除固定。"),
    "problem.person_declined": _("%(person)s回复不能参加“%(one)s”。换人，或再问一次。"),
    "problem.plenary": _("“%(one)s”和同城的全体活动“%(two)s”同时进行。换时间。"),
    "problem.order": _("“%(one)s”要在“%(two)s”结束 %(minutes)s 分钟之后开始。推迟它，或提前另一场。"),
    "problem.together": _("“%(one)s”应和“%(two)s”同时开始。把时间对齐。"),
    "problem.linked": _("“%(one)s”和“%(two)s”是连续的系列，应在相继的日子、同一房间、同一时间。"),
    "problem.exclusive": _("“%(one)s”和“%(two)s”面向同一批人，不能同时进行。换时间。"),
    "problem.tour": _("巡回团一天只去一个城市：“%(one)s”和“%(two)s”在同一天的两个城市。换日子。"),
    "solution.unknown": _("这个方案里有这一届没有的场次或场地：%(names)s。换成用这一届导出的问题算出的方案。"),
    "solution.other_week": _("这个方案是给“%(other)s”算的，不是“%(week)s”。换一个方案，或放到那一届去。"),
    "solution.off_days": _("这个方案把“%(session)s”排在活动的日期或时间刻度之外。重新导出、重新计算，再放进来。"),
    "scenario.not_found": _("没有这个方案，可能已被删除。回到方案列表再选。"),
    "scenario.working": _("这个方案就是现在的排期，不能这样做。回到方案列表，选另一个方案。"),
    "scenario.name_taken": _("已有方案叫“%(name)s”。换一个名字。"),
    "scenario.too_many": _("一届最多 %(most)s 个方案。先删掉不用的，再存新的。"),
    "scenario.unknown_place": _("其中的场次或房间已经没有了。重新计算，再存为方案。"),
    "placement.past": _("这个时间已经过去。换一个还没到的时间；确要补记，请写明理由。"),
    "placement.closed": _("%(room)s在 %(day)s 这段时间不开放。换厅室或换时间；已另外说好的，请写明理由。"),
    "scenario.permit_locked": _("安全许可已批，不能移动：%(sessions)s。先在排期里写明理由移好它们，再采用这个方案。"),
    "scenario.room_archived": _("这些场次排进了已归档的房间：%(sessions)s。先恢复房间，或用别的方案。"),
    "room.in_scenarios": _("只有方案用到这个房间：%(names)s。先删掉这些方案，再删房间；或改为归档。"),
    "import.not_in_file": _("文件里没有写。请在这里填写，再选一次文件。"),
    "import.code_in_file": _("文件里写的代码是“%(code)s”。这里空着，或改成一样的。"),
    "import.empty": _("文件是空的。选对文件再导入。"),
    "import.unreadable": _("文件读不了（%(why)s）。检查路径和权限，再导入。"),
    "import.weekless": _("表格里没有写是哪一届。加上 --week 和届次代码再导入。"),
    "export.unwritable": _("文件写不了（%(why)s）。换一个能写的地方再导出。"),
    "import.encoding": _(
        '第 %(line)s 行第 %(column)s 个字节不是 %(encoding)s 编码的文字。请另存为 UTF-8，并在首行写 encoding="UTF-8"。'
    ),
    "import.conflict": _("第 %(line)s 行是合并冲突的标记。先解决冲突，去掉 <<<<<<<、=======、>>>>>>> 几行，再导入。"),
    "import.xml_type": _("第 %(line)s 行声明了文档类型或实体，不安全，不收。请删去 <!DOCTYPE …> 再导入。"),
    "import.not_xml": _(
        "第 %(line)s 行第 %(column)s 列不是合法的 XML，也可能是文件不完整。请重新下载，或改正后再导入。"
    ),
    "import.xml_deep": _("第 %(line)s 行的标签嵌套太深，不是会议日程。请检查文件。"),
    "import.too_many": _("到第 %(line)s 行已超过 %(most)s 个标签。请分成几个文件导入。"),
    "import.no_schedule": _(
        "这不是会议日程（第 %(line)s 行：%(name)s）：schedule 里面要有 conference 和 day。换一个文件。"
    ),
    "import.no_events": _("文件里一场活动也没有，没有导入，也没有取消任何场次。请换一个完整的文件。"),
    "import.zone": _("不知道日程用哪个时区（“%(zone)s”）。请写明时区，例如 Europe/Brussels。"),
    "import.capacity": _("来源没有写 %(count)s 间厅室的座位数；新建的先按 %(seats)s 席，请核对。"),
    "import.unread": _("没有收入的内容：%(names)s。"),
    "import.unknown_format": _("认不出这个文件。请用 Excel 工作簿（.xlsx）、CSV、JSON 或 schedule.xml。"),
    "sheet.none": _("没有认得出的工作表。用这里的模板，保留表头。"),
    "sheet.unknown": _("认不出工作表“%(sheet)s”。改成模板里的名字，或在名字前加 #，就不导入它。"),
    "sheet.flag": _("这里填“是”或“否”。"),
    "sheet.choice": _("没有这个选项。可选：%(choices)s。"),
    "sheet.ambiguous": _("有几个都叫“%(name)s”。改填编号：%(codes)s。"),
    "sheet.parts": _("“%(text)s”里的内容太多，最多 %(most)s 项。按说明填写。"),
    "sheet.lacks": _("写得不全。请写成：%(how)s。"),
    "sheet.half_placed": _("日期、开始和房间要一起填写，或都不填。"),
    "sheet.one_week": _("“届次”只能有一行。删去其余的行。"),
    "sheet.other_week": _("这是另一届的文件，这里是 %(week)s。换一个文件，或到那一届去导入。"),
    "import.not_found": _("没有这次导入，可能已经过了保存期。重新上传文件。"),
    "import.not_ready": _("这个文件现在不能导入：还没检查完，有错要改，或已经放弃。看检查结果，改好后重新上传。"),
    "import.busy": _("这一届正在导入另一个文件。等它完成再试。"),
}


def former_name(at: datetime, zone: str) -> str:
    """Return what a plan is called that was the working one until a moment, told on the week's clock (IANA zone)."""
    return str(gettext("采用前的方案（%(at)s）", at=f"{at.astimezone(ZoneInfo(zone)):%m-%d %H:%M}"))

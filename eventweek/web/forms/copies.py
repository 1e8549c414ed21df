"""The form of an edition that is made from an earlier one."""

from datetime import date

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from eventweek.web.forms.records import Group, RecordForm
from eventweek.web.forms.shared import Day, Line, Pick, Several

ANCHORS: dict[str, LazyString] = {
    "run": _("按第几天：第 3 天的还在第 3 天"),
    "weekday": _("按星期几：周六的还在周六"),
}
PARTS: dict[str, LazyString] = {
    "sessions": _("场次：文字、标签、系列、先后关系和单位"),
    "people": _("场次上的人物（公开的嘉宾介绍）"),
    "plan": _("排期：日子按下面的办法换算，厅室和时刻不变"),
    "offerings": _("报名项：席位和截止时间，不带任何报名"),
    "gates": _("门口：入口的设置，不带设备"),
}


class CopyForm(RecordForm):
    """What the new edition is called, when it is, and what comes along."""

    title_zh = Line(_("名称"), 200)
    title_en = Line(_("英文名称"), 200)
    code = Line(_("代码"), 40, description=_("写进网址，以后不再改。例如 jl2027。"))
    first_day = Day(_("第一天"))
    last_day = Day(_("最后一天"), description=_("空着 = 和原来一样长。"))
    parts = Several(
        _("还带什么"),
        choices=PARTS.items(),
        description=_("设置、类型、标签和专题总是带上。已取消、已归档的场次不带；安全许可要重新申请。"),
    )
    anchor = Pick(
        _("日子怎么对应"),
        choices=[("", _("两届从同一个星期几开始，不用选")), *ANCHORS.items()],
        description=_("时刻不变。新的一届没有的日子空着，复制完会列出来。"),
    )

    GROUPS = (
        Group(_("名称和日期"), ("title", "code", ("first_day", "last_day"))),
        Group(_("带什么过去"), ("parts", "anchor")),
    )
    NEEDED = frozenset({"title_zh", "code", "first_day"})


def renamed(text: str, old: date, new: date) -> str:
    """Return a name or code with the year of the old edition replaced by that of the new one."""
    return text.replace(str(old.year), str(new.year))

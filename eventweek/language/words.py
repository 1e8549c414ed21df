"""The words of fixed codes, as people read them in lists, forms and facts."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

Words = Mapping[str, LazyString]

LAYOUTS: Words = {
    "theatre": _("剧院式"),
    "classroom": _("课桌式"),
    "board": _("回字形"),
    "groups": _("分组岛"),
    "tables": _("一对一桌"),
    "lounge": _("沙龙"),
    "flat": _("空场"),
    "open": _("展厅"),
    "online": _("线上"),
}
STANDINGS: Words = {"speaker": _("嘉宾"), "judge": _("评委"), "mentor": _("导师"), "tour": _("报告团")}
SERIES_KINDS: Words = {
    "linked": _("连续几天（一次报名）"),
    "repeat": _("重复场（选一场）"),
    "exclusive": _("互不重叠"),
    "tour": _("报告团巡讲（一天一城）"),
}
DAY_TYPES: Words = {"holiday": _("放假"), "adjusted_workday": _("调休上班")}
PHASES: Words = {"warmup": _("预热"), "main": _("正式")}
CITY_ROLES: Words = {"main": _("主会场"), "sub": _("分会场")}
WEEK_STATES: Words = {"draft": _("筹备"), "open": _("开放"), "closed": _("结束"), "archived": _("已归档")}
ORGANISATION_TYPES: Words = {
    "government": _("政府部门"),
    "committee": _("组委会"),
    "platform": _("服务平台"),
    "finance_platform": _("金融服务平台"),
    "incubator": _("孵化器"),
    "maker_space": _("众创空间"),
    "institute": _("科研院所"),
    "university": _("高校"),
    "alliance": _("联盟协会"),
    "mass_organisation": _("群团组织"),
    "investor": _("投资机构"),
    "bank": _("银行"),
}
LEVELS: Words = {
    "national": _("国家"),
    "province": _("省"),
    "prefecture": _("市州"),
    "county": _("县区"),
    "development_zone": _("开发区"),
}


def options(words: Words, empty: LazyString | str | None = None) -> list[tuple[str, LazyString | str]]:
    """Return the codes with their words for a list to choose from; `empty` is the word of no choice."""
    front: list[tuple[str, LazyString | str]] = [] if empty is None else [("", empty)]
    return front + list(words.items())

"""The form of a kind of session: everything that distinguishes kinds is data."""

from flask_babel import lazy_gettext as _

from eventweek.web.forms.records import Group, RecordForm
from eventweek.web.forms.shared import Clock, Line, Pick, Tick, Whole


class KindForm(RecordForm):
    """A kind of session."""

    code = Line(_("代码"), 40, description=_("小写字母、数字和下划线，例如 forum。"))
    name_zh = Line(_("名称"), 80)
    name_en = Line(_("英文名称"), 80)
    family = Pick(_("大类"))
    position = Whole(_("排在第几"), description=_("列表里的先后，0 最前。"))
    default_minutes = Whole(_("默认时长（分钟）"))
    changeover_min = Whole(_("换场分钟"))
    earliest = Clock(_("最早开始"), description=_("空着 = 按活动周的开放时间。"))
    latest_end = Clock(_("最晚结束"))
    may_span_lunch = Tick(_("可以跨午休"))
    visibility = Pick(_("谁能看到"))
    registration = Pick(_("报名方式"))
    rule_zh = Line(_("编排要求"), 400, description=_("写给排期的人看。"))
    rule_en = Line(_("编排要求（英文）"), 400)

    GROUPS = (
        Group(_("名称"), ("name", ("code", "family", "position"))),
        Group(_("时间"), (("default_minutes", "changeover_min"), ("earliest", "latest_end"), "may_span_lunch")),
        Group(_("公开和报名"), (("visibility", "registration"),)),
        Group(_("编排要求"), ("rule",)),
    )
    NEEDED = frozenset(
        {"code", "name_zh", "family", "default_minutes", "changeover_min", "visibility", "registration"}
        | {"may_span_lunch"}
    )

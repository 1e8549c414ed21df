"""Forms of tag sets, tags and tracks."""

from flask_babel import lazy_gettext as _

from eventweek.web.forms.records import Group, RecordForm
from eventweek.web.forms.shared import Line, Pick, Tick, Whole

COLOURS = (
    ("", "—"),
    ("meet", _("蓝")),
    ("show", _("青")),
    ("contest", _("砖红")),
    ("class", _("紫")),
    ("camp", _("土黄")),
    ("rose", _("玫红")),
    ("slate", _("石板灰")),
)


class TagSetForm(RecordForm):
    """A set of tags."""

    code = Line(_("代码"), 20, description=_("小写字母、数字和下划线，例如 industry。"))
    name_zh = Line(_("名称"), 60)
    name_en = Line(_("英文名称"), 60)
    single = Tick(_("一场活动只能选一个"))
    position = Whole(_("排在第几"), description=_("列表里的先后，0 最前。"))

    GROUPS = (Group(_("标签组"), ("name", ("code", "position"), "single")),)
    NEEDED = frozenset({"code", "name_zh", "single"})


class TagForm(RecordForm):
    """One tag of a set."""

    set = Pick(_("标签组"))
    code = Line(_("代码"), 20, description=_("小写字母、数字和下划线，例如 student。"))
    name_zh = Line(_("名称"), 60)
    name_en = Line(_("英文名称"), 60)
    position = Whole(_("排在第几"), description=_("列表里的先后，0 最前。"))

    GROUPS = (Group(_("标签"), ("name", ("set", "code", "position"))),)
    NEEDED = frozenset({"set", "code", "name_zh"})


class TrackForm(RecordForm):
    """A named line of sessions with a colour and a manager."""

    code = Line(_("代码"), 40, description=_("小写字母、数字和下划线，例如 returnees。"))
    name_zh = Line(_("名称"), 80)
    name_en = Line(_("英文名称"), 80)
    short_name_zh = Line(_("简称"), 40)
    short_name_en = Line(_("英文简称"), 40)
    colour = Pick(_("颜色"), choices=COLOURS)
    manager = Pick(_("负责人"), description=_("负责人只能改自己专题里的场次。"))
    position = Whole(_("排在第几"), description=_("列表里的先后，0 最前。"))

    GROUPS = (Group(_("专题"), ("name", "short_name", ("code", "position"), ("colour", "manager"))),)
    NEEDED = frozenset({"code", "name_zh"})

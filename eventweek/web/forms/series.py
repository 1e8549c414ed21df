"""The form of a series and its members in order."""

from typing import Any

from flask_babel import lazy_gettext as _

from eventweek.language.words import SERIES_KINDS, options
from eventweek.web.forms.records import Group, RecordForm, Row, Rows
from eventweek.web.forms.shared import Line, Pick, Whole


class MemberRow(Row):
    """A session of the series, and its place where the order matters."""

    position = Whole(_("第几场"))
    session = Pick(_("场次"))

    MUST = ("session",)


class SeriesForm(RecordForm):
    """Sessions that belong together."""

    code = Line(_("代码"), 40, description=_("小写字母、数字和短横线，例如 camp-hardtech。"))
    name_zh = Line(_("名称"), 120)
    name_en = Line(_("英文名称"), 120)
    short_name_zh = Line(_("简称"), 40)
    short_name_en = Line(_("英文简称"), 40)
    kind = Pick(_("怎么连在一起"), choices=options(SERIES_KINDS))
    members = Rows(MemberRow, _("场次"), description=_("没有先后就不填第几场。"))

    GROUPS = (Group(_("系列"), ("name", "short_name", ("code", "kind"))), Group(_("场次"), ("members",)))
    NEEDED = frozenset({"code", "name_zh", "kind", "members"})

    def __init__(self, formdata: Any = None, *, data: dict[str, Any]) -> None:
        """Show the members in their order."""
        members = sorted(data.get("members", ()), key=lambda member: member["position"])
        super().__init__(formdata, data=data | {"members": members})

"""The form of a holiday or adjusted workday."""

from flask_babel import lazy_gettext as _

from eventweek.language.words import DAY_TYPES, options
from eventweek.web.forms.records import Group, RecordForm
from eventweek.web.forms.shared import Day, Line, Pick


class HolidayForm(RecordForm):
    """A day of the state's calendar that is not what its weekday says."""

    day = Day(_("日期"))
    type = Pick(_("是什么日子"), choices=options(DAY_TYPES))
    name_zh = Line(_("名称"), 60)
    name_en = Line(_("英文名称"), 60)
    source_key = Line(_("依据"), 80, description=_("例如 国务院办公厅 2025-11-04 通知。"))

    GROUPS = (Group(_("改一天"), (("day", "type"), "name", "source_key")),)
    NEEDED = frozenset({"day", "type", "name_zh"})

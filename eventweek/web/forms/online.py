"""The form of taking part on line; shape only."""

from flask_babel import lazy_gettext as _

from eventweek.web.forms.records import RecordForm
from eventweek.web.forms.shared import Line, Prose, Tick, Whole


class OnlineForm(RecordForm):
    """Whether one can register on line, where the room is, from when the way in is shown."""

    open = Tick(_("可以报线上"))
    link = Line(
        _("线上会场的链接"),
        1000,
        description=_("用 https:// 开头的完整链接。加密保存，只在时间到了以后给报上线上的本人看。"),
    )
    note_zh = Prose(_("给线上参加的人的话"), 500, description=_("例如会议密码、入会前改名。和链接一起给。"))
    note_en = Prose(_("给线上参加的人的话（英文）"), 500)
    before_min = Whole(_("开始前几分钟给出入口"), description=_("空着 = 按这一届的设置。"))
    NEEDED = frozenset({"open"})

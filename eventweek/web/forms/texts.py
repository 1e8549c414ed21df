"""Forms of free pages and notices."""

from flask_babel import lazy_gettext as _

from eventweek.language.words import NOTICE_LEVELS, options
from eventweek.web.forms.records import Group, RecordForm
from eventweek.web.forms.shared import Line, Moment, Pick, Prose, Tick, Whole

MARKDOWN = _("可以用 Markdown：## 小标题、- 列表、**加粗**、[文字](网址)。")


class PageForm(RecordForm):
    """A free page."""

    title_zh = Line(_("标题"), 120)
    title_en = Line(_("英文标题"), 120)
    code = Line(_("代码"), 40, description=_("写进网址，发布以后不再改。例如 faq。"))
    position = Whole(_("排在第几"), description=_("页脚里的先后，0 最前。"))
    listed = Tick(_("列在每一页的页脚和“更多”里"))
    text_zh = Prose(_("正文"), 20_000, description=MARKDOWN)
    text_en = Prose(_("英文正文"), 20_000)

    GROUPS = (
        Group(_("标题和网址"), ("title", ("code", "position"), "listed")),
        Group(_("正文"), ("text_zh", "text_en")),
    )
    NEEDED = frozenset({"title_zh", "code", "listed", "text_zh", "position"})


class NoticeForm(RecordForm):
    """A notice (公告)."""

    title_zh = Line(_("标题"), 120, description=_("一句话说完：什么事、谁要注意。"))
    title_en = Line(_("英文标题"), 120)
    text_zh = Prose(_("正文"), 4000, description=MARKDOWN)
    text_en = Prose(_("英文正文"), 4000)
    level = Pick(_("级别"), choices=options(NOTICE_LEVELS), description=_("紧急的出现在每一页的上面。"))
    pinned = Tick(_("置顶"))
    shown_from = Moment(
        _("从什么时候显示"), description=_("空着 = 发布以后马上显示。按活动周的时区，例如 2026-10-15 08:00。")
    )
    shown_until = Moment(_("到什么时候为止"), description=_("空着 = 一直显示，直到撤下。"))
    session = Pick(_("关于哪一场"))
    venue = Pick(_("关于哪个场馆"))
    city = Pick(_("关于哪座城市"))

    GROUPS = (
        Group(_("内容"), ("title", "text_zh", "text_en")),
        Group(_("怎么显示"), (("level", "shown_from", "shown_until"), "pinned")),
        Group(_("关于什么（都不选就是整个活动周）"), (("session", "venue", "city"),)),
    )
    NEEDED = frozenset({"title_zh", "level", "pinned"})

"""Forms of proposals: what an organisation proposes, and what it may change of a session made of it."""

from collections.abc import Collection, Iterator
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from eventweek.language.words import LANGUAGES, PERSON_ROLES, options
from eventweek.web.forms.records import Group, RecordForm, Row, Rows
from eventweek.web.forms.shared import Clock, Line, Pick, Prose, Several, Whole


class NamedRow(Row):
    """Somebody who shall take part, in words."""

    name = Line(_("姓名"), 80)
    role = Pick(_("角色"), choices=options(PERSON_ROLES, ""))
    affiliation = Line(_("所在单位"), 160)
    contact = Line(_("手机或邮箱"), 120)


class WishForm(RecordForm):
    """What a session is and would like to have; the part that proposals and sessions share."""

    title_zh = Line(_("标题"), 200)
    title_en = Line(_("英文标题"), 200)
    language = Pick(_("语言"), choices=options(LANGUAGES))
    abstract_zh = Prose(_("摘要"), 5000, description=_("两三句话：讲什么，谁来，给谁听。"))
    abstract_en = Prose(_("英文摘要"), 5000)
    text_zh = Prose(_("介绍"), 20_000, description=_("可以用 Markdown：## 小标题、- 列表、**加粗**、[文字](网址)。"))
    text_en = Prose(_("英文介绍"), 20_000, description=_("没有英文时，英文页面显示中文。"))
    expected = Whole(_("预计人数"))
    duration_min = Whole(_("时长（分钟）"), description=_("不填用类型的默认时长。"))
    days = Several(_("希望在哪几天"), description=_("都不勾就是哪天都行。"))
    earliest = Clock(_("最早开始"))
    latest_end = Clock(_("最晚结束"))
    venues = Several(_("希望在哪些场馆"), description=_("都不勾就是听安排。"))
    features = Several(_("需要的设备"))

    NEEDED = frozenset({"title_zh", "expected", "abstract_zh", "language"})

    def values(self) -> dict[str, Any]:
        """Return what the actions take; what is left empty is nothing."""
        values = super().values()
        for name in ("earliest", "latest_end"):
            if name in values:
                values[name] = values[name] or ""
        if "expected" in values:
            values["expected"] = values["expected"] or 0
        return values


class ProposalForm(WishForm):
    """A proposal as its organisation writes it."""

    organisation = Pick(_("申报单位"))
    kind = Pick(_("场次类型"))
    city = Pick(_("在哪个城市办"), description=_("活动所在城市会先看；不定就空着，直接到组委会。"))
    people = Rows(NamedRow, _("嘉宾和主持"), description=_("写得出名字的先写上，联系方式只有审核的人看得到。"))
    contact_name = Line(_("联系人姓名"), 80)
    contact_phone = Line(_("手机"), 40)
    contact_email = Line(_("邮箱"), 254, description=_("手机和邮箱至少填一个。"))
    remark = Prose(_("给审核人的话"), 2000, description=_("不会公开，例如场地要求、分成几场的打算。"))

    GROUPS = (
        Group(_("是什么"), ("title", ("kind", "city", "language"), "organisation")),
        Group(_("讲什么"), ("abstract", "text")),
        Group(_("多大、多久"), (("expected", "duration_min"),)),
        Group(_("希望的时间地点"), ("days", ("earliest", "latest_end"), "venues", "features")),
        Group(_("谁来"), ("people",)),
        Group(_("找谁"), (("contact_name", "contact_phone", "contact_email"), "remark")),
    )
    NEEDED = WishForm.NEEDED | {"organisation", "kind", "contact_name"}

    def values(self) -> dict[str, Any]:
        """Return what the actions take."""
        values = super().values()
        for name in ("kind", "city"):
            values[name] = values[name] or None
        for row in values["people"]:
            row["role"] = row["role"] or "speaker"
        return values


class OpenForm(WishForm):
    """What the committee has left open of a session."""

    GROUPS = (
        Group(_("是什么"), (("title_zh", "title_en"), "language")),
        Group(_("讲什么"), (("abstract_zh", "abstract_en"), ("text_zh", "text_en"))),
        Group(_("多大、多久"), (("expected", "duration_min"),)),
        Group(_("希望的时间地点"), ("days", ("earliest", "latest_end"), "venues", "features")),
    )

    def keep(self, names: Collection[str]) -> None:
        """Leave these fields only."""
        for field in [field.name for field in self if field.name not in (*names, "version")]:
            del self[field]

    def laid_out(self) -> Iterator[tuple[LazyString, list[list[Any]]]]:
        """Yield the groups of what is left."""
        for group in self.GROUPS:
            lines = [[line] if isinstance(line, str) else list(line) for line in group.names]
            kept = [[self[name] for name in line if name in self] for line in lines]
            if any(kept):
                yield group.word, [line for line in kept if line]

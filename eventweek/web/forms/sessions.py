"""The form of a session: what it is, who takes part, what it needs, where and when."""

from collections.abc import Iterator
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from eventweek.kernel.errors import Refusal
from eventweek.language.words import (
    ATTACHMENT_KINDS,
    LANGUAGES,
    LINK_KINDS,
    ORGANISATION_ROLES,
    PERMITS,
    PERSON_ROLES,
    REGISTRATION,
    RELATIONS,
    VISIBILITY,
    options,
)
from eventweek.web.forms.pictures import Picture
from eventweek.web.forms.records import Group, RecordForm, Row, Rows
from eventweek.web.forms.shared import Clock, DeskForm, Line, Moment, Pick, Prose, Several, Tick, Whole
from eventweek.web.forms.uploads import Upload

PLACE = ("place_day", "place_at", "place_room", "place_version", "override")


class PersonRow(Row):
    """Somebody who takes part."""

    role = Pick(_("角色"), choices=options(PERSON_ROLES, ""))
    person = Pick(_("姓名"))


class OrganisationRow(Row):
    """An organisation that takes part."""

    role = Pick(_("角色"), choices=options(ORGANISATION_ROLES, ""))
    organisation = Pick(_("单位名称"))


class LinkRow(Row):
    """An address beside the session."""

    kind = Pick(_("种类"), choices=options(LINK_KINDS, ""))
    title_zh = Line(_("名称"), 200)
    title_en = Line(_("英文名称"), 200)
    url = Line(_("网址"), 1000)


class AttachmentRow(Row):
    """A file beside the session; its number says where it stands among the others."""

    file = Upload(_("文件"))
    kind = Pick(_("种类"), choices=options(ATTACHMENT_KINDS, ""))
    title_zh = Line(_("名称"), 200)
    title_en = Line(_("英文名称"), 200)
    rank = Whole(_("第几个"))

    MUST = ("kind",)

    def is_empty(self) -> bool:
        """Say whether there is neither a file nor a word."""
        texts = (self.kind.data, self.title_zh.data, self.title_en.data)
        return not (self.file.data or self.file.file or self.file.process_errors or any(texts))


class RelationRow(Row):
    """What binds the session to another one."""

    kind = Pick(_("关系"), choices=options(RELATIONS, ""))
    other = Pick(_("另一场"))
    min_gap_min = Whole(_("至少隔几分钟"))

    def is_empty(self) -> bool:
        """Say whether no other session was chosen."""
        return not self.other.data and not self.kind.data and not self.min_gap_min.data


class PlacedForm(RecordForm):
    """A form in which a session has its place: `place_day`, `place_at`, `place_room`, and the reason `override`."""

    VERSIONS = ("version", "place_version", "override")

    REASONED = ("placement.past", "placement.closed", "permit.locked")
    """Refusals that a reason gets past."""

    locked = False

    def refuse(self, refusal: Refusal, stored: DeskForm | None = None) -> None:
        """Show a refusal, and the field for a reason where one would help."""
        self.locked |= refusal.code in self.REASONED
        super().refuse(refusal, stored)

    def laid_out(self) -> Iterator[tuple[LazyString, list[list[Any]]]]:
        """Ask for a reason only where the permit locks the session, or where one was asked for."""
        asked = self.locked or bool(self["override"].data)
        for word, lines in super().laid_out():
            yield word, [line for line in lines if asked or line[0].name != "override"]

    def place(self) -> tuple[str, str] | None:
        """Return start (local, ISO) and room code, None where the session has no place yet."""
        day, at, room = (self[name].data for name in ("place_day", "place_at", "place_room"))
        return (f"{day}T{at or '00:00'}", str(room)) if day and room and at else None

    def is_half_placed(self) -> bool:
        """Say whether only some of day, time and room are given."""
        given = [bool(self[name].data) for name in ("place_day", "place_at", "place_room")]
        return any(given) and not all(given)

    @property
    def seen_place(self) -> int | None:
        """Return the version of the place from which the form was filled, None where there was none."""
        text = str(self["place_version"].data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


class SessionForm(PlacedForm):
    """A session as organisers edit it; time and place belong to the working plan."""

    title_zh = Line(_("标题"), 200)
    title_en = Line(_("英文标题"), 200)
    subtitle_zh = Line(_("副标题"), 255)
    subtitle_en = Line(_("英文副标题"), 255)
    kind = Pick(_("场次类型"))
    track = Pick(_("所属专题"))
    city = Pick(_("主办城市"), description=_("主办的城市；排进厅室后以厅室所在的城市为准。"))
    language = Pick(_("语言"), choices=options(LANGUAGES))
    abstract_zh = Prose(_("摘要"), 5000, description=_("两三句话，放在介绍前面；也可以用 Markdown。"))
    abstract_en = Prose(_("英文摘要"), 5000)
    text_zh = Prose(_("介绍"), 20_000, description=_("可以用 Markdown：## 小标题、- 列表、**加粗**、[文字](网址)。"))
    text_en = Prose(_("英文介绍"), 20_000, description=_("没有英文时，英文页面显示中文。"))
    note_zh = Prose(_("备注"), 2000)
    note_en = Prose(_("英文备注"), 2000)
    slug = Line(_("短名"), 120, description=_("别的会议软件用它认这一场；只用字母、数字、- 和 _，没有就不填。"))
    poster = Picture(_("海报"), description=_("显示在这一场的页面上，转发时也用它。横竖都可以，竖的按 3:4 最好看。"))
    people = Rows(PersonRow, _("人物"))
    organisations = Rows(OrganisationRow, _("单位"))
    links = Rows(LinkRow, _("链接"), description=_("网页、幻灯片、直播、回放。没有名称的显示网站的域名。"))
    attachments = Rows(
        AttachmentRow,
        _("文件"),
        description=_("给大家下载的幻灯片、讲义、表格：PDF、Office、OpenDocument 或纯文本。没有名称的显示文件名。"),
    )
    duration_min = Whole(_("时长（分钟）"), description=_("不填用类型的默认时长。"))
    expected = Whole(_("预计人数"))
    expected_online = Whole(_("线上人数"))
    demand = Whole(_("想来的人数"), description=_("可以多于席位，排期时参考。"))
    fixed_start = Moment(_("固定的开始时间"), description=_("时间不能动的才填，例如开幕式。排在别的时间会提醒。"))
    fixed_room = Pick(_("固定的厅室"), description=_("只能在这一间的才选。"))
    venues = Several(_("可以在哪些场馆"), description=_("都不勾就是哪里都行。"))
    days = Several(_("可以在哪几天"), description=_("都不勾就是哪天都行。"))
    earliest = Clock(_("最早开始"))
    latest_end = Clock(_("最晚结束"))
    features = Several(_("需要的设备"))
    plenary = Tick(_("全体活动：同城其他活动避开"))
    tags = Several(_("标签"))
    relations = Rows(RelationRow, _("和其他场次的关系"))
    visibility = Pick(_("公开范围"), choices=options(VISIBILITY, _("按类型")))
    registration = Pick(_("报名方式"), choices=options(REGISTRATION, _("按类型")))
    permit_required = Tick(_("要办大型活动安全许可（预计满 1,000 人）"))
    permit_status = Pick(_("许可进度"), choices=options(PERMITS))
    place_day = Pick(_("日期"))
    place_at = Clock(_("开始时间"))
    place_room = Pick(_("厅室"))
    place_version = Line()
    override = Line(
        _("为什么可以这样改"),
        300,
        description=_("许可已批的场次、已经过去的时间、不开放的厅室，要写明理由；理由会记录在案。"),
    )

    GROUPS = (
        Group(_("是什么"), ("title", ("kind", "track", "language"), ("city", "visibility", "registration"))),
        Group(
            _("时间地点"),
            (("place_day", "place_at", "duration_min"), "place_room", ("fixed_start", "fixed_room"), "override"),
        ),
        Group(_("谁参加"), ("organisations", "people")),
        Group(_("介绍"), ("subtitle", "abstract", "text", "note", "slug")),
        Group(_("资料"), ("poster", "attachments", "links")),
        Group(
            _("要求"),
            (
                ("expected", "expected_online", "demand"),
                ("earliest", "latest_end"),
                "days",
                "venues",
                "features",
                "plenary",
                "relations",
            ),
        ),
        Group(_("安全许可"), ("permit_required", "permit_status")),
        Group(_("标签"), ("tags",)),
    )
    NEEDED = frozenset({"title_zh", "kind", "language", "visibility", "registration", "permit_status"})

    def session_values(self) -> dict[str, Any]:
        """Return what the verbs of sessions take; what is left empty comes from the kind or stays nothing."""
        values = {name: value for name, value in self.values().items() if name not in PLACE}
        for name in ("track", "city", "fixed_room"):
            values[name] = values[name] or None
        for name in ("earliest", "latest_end"):
            values[name] = values[name] or ""
        values["attachments"] = _in_order(values["attachments"])
        for row in values["relations"]:
            row["min_gap_min"] = row["min_gap_min"] or 0
        return values


def _in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows by their numbers, those without one last; one given another's number stands before that one."""
    told = [(row["rank"] is None, row["rank"] or 0, row["rank"] == n, n) for n, row in enumerate(rows, 1)]
    return [{name: own for name, own in rows[n - 1].items() if name != "rank"} for *_key, n in sorted(told)]


class SessionPlaceForm(PlacedForm):
    """Time, room and length of a session, for who arranges it without writing it."""

    place_day = SessionForm.place_day
    place_at = SessionForm.place_at
    place_room = SessionForm.place_room
    duration_min = Whole(_("时长（分钟）"))
    override = SessionForm.override
    place_version = SessionForm.place_version

    GROUPS = (Group(_("时间地点"), (("place_day", "place_at", "duration_min"), "place_room", "override")),)
    NEEDED = frozenset({"place_day", "place_at", "place_room", "duration_min"})


class CancellationForm(RecordForm):
    """Why, in words that the public reads, and when they read it."""

    reason_zh = Prose(_("取消的原因"), 300, description=_("公众会看到，例如「因场地检修取消」。"))
    reason_en = Prose(_("英文原因"), 300)
    when = Pick(_("什么时候告诉公众"), choices=[("now", _("现在就发布这一场")), ("later", _("随下次发布"))])

    NEEDED = frozenset({"reason_zh", "when"})

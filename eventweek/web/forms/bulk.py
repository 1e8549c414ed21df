"""The form of a change to many sessions: what is left alone is not changed."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from eventweek.language import say
from eventweek.language.words import REGISTRATION, VISIBILITY, options
from eventweek.web.forms.records import Group, RecordForm, Rows
from eventweek.web.forms.sessions import OrganisationRow
from eventweek.web.forms.shared import Clock, Moment, Pick, Several, Whole

STAYS = _("不改")
NONE = "-"
WAYS = [
    ("", STAYS),
    ("add", _("加上下面的")),
    ("remove", _("去掉下面的")),
    ("set", _("换成下面的")),
    ("empty", _("全部去掉")),
]
REGISTRATION_GROUP = _("报名项")
LISTS = ("tags", "organisations", "days")
SEATS = ("room_cap", "class_cap", "max_party")
QUEUE = ("queue_open", "promote_until_min", "overtakes")
SETTINGS = ("mode", "opens_at", "closes_at", *SEATS, *QUEUE)
PLAIN = ("kind", "track", "visibility", "registration", "earliest", "latest_end")


class BulkForm(RecordForm):
    """The fields that many sessions can be given at once."""

    kind = Pick(_("场次类型"))
    track = Pick(_("所属专题"))
    visibility = Pick(_("公开范围"), choices=options(VISIBILITY, STAYS))
    registration = Pick(_("报名方式"), choices=options(REGISTRATION, STAYS))
    organisations_way = Pick(_("单位怎么改"), choices=WAYS)
    organisations = Rows(OrganisationRow, _("单位"))
    tags_way = Pick(_("标签怎么改"), choices=WAYS)
    tags = Several(_("标签"))
    earliest = Clock(_("最早开始"), description=_("空着 = 不改。"))
    latest_end = Clock(_("最晚结束"), description=_("空着 = 不改。"))
    free = Several(
        _("不再限制"), choices=[("earliest", _("最早开始：什么时候都行")), ("latest_end", _("最晚结束：什么时候都行"))]
    )
    days_way = Pick(_("日期怎么改"), choices=WAYS)
    days = Several(_("可以在哪几天"))
    mode = Pick(
        _("报名项的报名方式"), choices=[(code, word) for code, word in options(REGISTRATION, STAYS) if code != "none"]
    )
    opens_at = Moment(_("开始报名"), description=_("空着 = 不改。"))
    closes_at = Moment(_("截止报名"), description=_("空着 = 不改。"))
    room_cap = Whole(_("总席位"), description=_("空着 = 不改。"))
    class_cap = Whole(_("其中可报名的席位"), description=_("空着 = 不改。"))
    max_party = Whole(_("一次最多几人"), description=_("空着 = 不改。"))
    queue_open = Pick(_("报满以后可以排候补"), choices=[("", STAYS), ("yes", _("是")), ("no", _("否"))])
    promote_until_min = Whole(_("补位截止（开始前分钟）"), description=_("空着 = 不改。"))
    overtakes = Whole(_("候补最多被越过几次"), description=_("空着 = 不改。"))

    unset = Several(
        _("清空"),
        choices=[
            ("opens_at", _("开始报名：发布以后就能报")),
            ("closes_at", _("截止报名：到活动开始为止")),
            ("room_cap", _("总席位：不限")),
            ("class_cap", _("可报名的席位：和总席位一样")),
        ],
    )

    GROUPS = (
        Group(_("是什么"), (("kind", "track"), ("visibility", "registration"))),
        Group(_("单位"), ("organisations_way", "organisations")),
        Group(_("标签"), ("tags_way", "tags")),
        Group(_("时间范围"), (("earliest", "latest_end"), "free", "days_way", "days")),
        Group(
            REGISTRATION_GROUP,
            ("mode", ("opens_at", "closes_at"), SEATS, "unset", QUEUE),
        ),
    )
    NEEDED = frozenset({*PLAIN, *LISTS, *(f"{name}_way" for name in LISTS), "free", "unset", *SETTINGS})
    registrations = False

    def laid_out(self) -> Iterator[tuple[LazyString, list[list[Any]]]]:
        """Ask for the settings of offerings only where they may be changed."""
        return (
            (word, lines) for word, lines in super().laid_out() if self.registrations or word is not REGISTRATION_GROUP
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape, and that each list says how it changes and by what."""
        good = bool(super().validate(extra_validators))
        values = self.values()
        for name in LISTS:
            way, chosen = self[f"{name}_way"], values[name]
            if chosen and way.data in ("", "empty"):
                way.errors = [_("选了内容，还要选怎么改。")]
            elif way.data in ("add", "remove", "set") and not chosen:
                self[name].errors = [say("field.required", {})]
            good = good and not way.errors and not self[name].errors
        for emptying in (self.free, self.unset):
            if any(values[name] not in (None, "") for name in emptying.data or ()):
                emptying.errors = [_("填了新的值，又要清空。只留一样。")]
                good = False
        return good

    def wish(self, zone: str) -> dict[str, dict[str, Any]]:
        """Return the change as the action takes it; times are on the clock of `zone`."""
        values = self.values()
        wish: dict[str, dict[str, Any]] = {"set": {}, "add": {}, "remove": {}}
        wish["set"] = {name: values[name] for name in PLAIN if values[name]}
        if values["track"] == NONE:
            wish["set"]["track"] = None
        wish["set"] |= dict.fromkeys(values["free"] or (), "")
        for name in LISTS:
            if way := values[f"{name}_way"]:
                wish["set" if way == "empty" else way][name] = values[name]
        wish["offering"] = {name: values[name] for name in SETTINGS if values[name] not in (None, "")}
        if values["queue_open"]:
            wish["offering"]["queue_open"] = values["queue_open"] == "yes"
        for name in {"opens_at", "closes_at"} & wish["offering"].keys():
            wish["offering"][name] = values[name].replace(tzinfo=ZoneInfo(zone))
        wish["offering"] |= dict.fromkeys(values["unset"] or ())
        return wish

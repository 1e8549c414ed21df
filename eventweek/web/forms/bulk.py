"""The form of a change to many sessions: what is left alone is not changed."""

from typing import Any

from flask_babel import lazy_gettext as _

from eventweek.language import say
from eventweek.language.words import REGISTRATION, VISIBILITY, options
from eventweek.web.forms.records import Group, RecordForm, Rows
from eventweek.web.forms.sessions import OrganisationRow
from eventweek.web.forms.shared import Clock, Pick, Several, Tick

STAYS = _("不改")
NONE = "-"
WAYS = [("", STAYS), ("add", _("加上下面的")), ("remove", _("去掉下面的")), ("set", _("换成下面的"))]
LISTS = ("tags", "organisations", "days")
PLAIN = ("kind", "track", "visibility", "registration", "earliest", "latest_end")


class BulkForm(RecordForm):
    """The fields that many sessions can be given at once."""

    kind = Pick(_("类型"))
    track = Pick(_("专题"))
    visibility = Pick(_("公开范围"), choices=options(VISIBILITY, STAYS))
    registration = Pick(_("报名方式"), choices=options(REGISTRATION, STAYS))
    organisations_way = Pick(_("单位怎么改"), choices=WAYS)
    organisations = Rows(OrganisationRow, _("单位"))
    tags_way = Pick(_("标签怎么改"), choices=WAYS)
    tags = Several(_("标签"))
    earliest = Clock(_("最早开始"), description=_("空着 = 不改。"))
    latest_end = Clock(_("最晚结束"), description=_("空着 = 不改。"))
    free = Tick(_("去掉最早和最晚的限制"))
    days_way = Pick(_("日期怎么改"), choices=WAYS)
    days = Several(_("可以在哪几天"))

    GROUPS = (
        Group(_("是什么"), (("kind", "track"), ("visibility", "registration"))),
        Group(_("单位"), ("organisations_way", "organisations")),
        Group(_("标签"), ("tags_way", "tags")),
        Group(_("时间范围"), (("earliest", "latest_end"), "free", "days_way", "days")),
    )
    NEEDED = frozenset({*PLAIN, *LISTS, *(f"{name}_way" for name in LISTS), "free"})

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the shape, and that each list says how it changes and by what."""
        good = bool(super().validate(extra_validators))
        values = self.values()
        for name in LISTS:
            way, chosen = self[f"{name}_way"], values[name]
            if chosen and not way.data:
                way.errors = [_("选了内容，还要选怎么改。")]
            elif way.data in ("add", "remove") and not chosen:
                self[name].errors = [say("field.required", {})]
            good = good and not way.errors and not self[name].errors
        return good

    def wish(self) -> dict[str, dict[str, Any]]:
        """Return the change as the action takes it."""
        values = self.values()
        wish: dict[str, dict[str, Any]] = {"set": {}, "add": {}, "remove": {}}
        wish["set"] = {name: values[name] for name in PLAIN if values[name]}
        if values["track"] == NONE:
            wish["set"]["track"] = None
        if values["free"]:
            wish["set"] |= {"earliest": "", "latest_end": ""}
        for name in LISTS:
            if way := values[f"{name}_way"]:
                wish[way][name] = values[name]
        return wish

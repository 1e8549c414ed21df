"""Forms of organisations and people."""

from flask_babel import lazy_gettext as _

from eventweek.language.words import LEVELS, ORGANISATION_TYPES, STANDINGS, options
from eventweek.web.forms.pictures import Picture
from eventweek.web.forms.records import Group, RecordForm, Row, Rows
from eventweek.web.forms.shared import Clock, Day, Line, Pick, Prose, Several, Whole


class OrganisationForm(RecordForm):
    """A unit that hosts, organises or supports."""

    name_zh = Line(_("名称"), 160)
    name_en = Line(_("英文名称"), 160)
    short_name_zh = Line(_("简称"), 40, description=_("日程表和手机上用，例如 省科技厅。"))
    short_name_en = Line(_("英文简称"), 40)
    type = Pick(_("单位类型"), choices=options(ORGANISATION_TYPES, "—"))
    level = Pick(_("层级"), choices=options(LEVELS, "—"))
    city = Pick(_("所在城市"))
    logo = Picture(_("标志"), description=_("浅色底上看得清的，最好透明背景。"))
    remark = Line(_("备注"), 200, description=_("只在工作台显示。"))

    GROUPS = (
        Group(_("名称"), ("name", "short_name")),
        Group(_("是什么单位"), (("type", "level", "city"), "remark")),
        Group(_("图片"), ("logo",)),
    )


class AvailabilityRow(Row):
    """A span in which the person can come."""

    day = Day(_("日期"))
    opens = Clock(_("从"))
    closes = Clock(_("到"))


class PersonForm(RecordForm):
    """A public profile of the programme."""

    name_zh = Line(_("姓名"), 80)
    name_en = Line(_("英文姓名"), 80)
    affiliation_zh = Line(_("单位和职务"), 160)
    affiliation_en = Line(_("单位和职务（英文）"), 160)
    honour_zh = Line(_("称谓"), 80, description=_("例如 院士、长江学者。写在姓名后面。"))
    honour_en = Line(_("称谓（英文）"), 80)
    city = Pick(_("常驻城市"))
    roles = Several(_("身份"), choices=options(STANDINGS))
    team = Line(_("报告团"), 20, description=_("同一报告团写同一个代号。"))
    industry = Line(_("行业"), 20, description=_("评委的专业方向，填行业标签的代码。"))
    bio_zh = Prose(_("简介"), 4000, description=_("公开显示。可用 Markdown。"))
    bio_en = Prose(_("简介（英文）"), 4000)
    portrait = Picture(_("肖像"), description=_("脸在中间，方形显示。本人在这一届同意公开以后，才随下次发布公开。"))
    max_per_day = Whole(_("一天最多几场"))
    availability = Rows(AvailabilityRow, _("能来的时间"), description=_("一行也不填 = 整个活动周都能来。"))

    GROUPS = (
        Group(_("是谁"), ("name", "affiliation", "honour", "city")),
        Group(_("做什么"), ("roles", ("team", "industry"))),
        Group(_("简介"), ("bio", "portrait")),
        Group(_("什么时候能来"), ("max_per_day", "availability")),
    )
    NEEDED = frozenset({"name_zh", "max_per_day", "roles"})

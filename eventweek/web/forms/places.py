"""Forms of cities, features, venues and rooms."""

from flask_babel import lazy_gettext as _

from eventweek.language.words import LAYOUTS, options
from eventweek.web.forms.pictures import Picture
from eventweek.web.forms.records import Group, RecordForm, Row, Rows
from eventweek.web.forms.shared import Clock, Day, Decimal, Line, Pick, Prose, Several, Whole


class CityForm(RecordForm):
    """A city or prefecture."""

    code = Line(_("区划代码"), 12, description=_("六位区划代码，例如 220100。"))
    name_zh = Line(_("名称"), 80)
    name_en = Line(_("英文名称"), 80)

    GROUPS = (Group(_("城市"), ("code", "name")),)
    NEEDED = frozenset({"code", "name_zh"})


class FeatureForm(RecordForm):
    """Equipment of rooms."""

    code = Line(_("代码"), 40, description=_("小写字母、数字和下划线，例如 projector。"))
    name_zh = Line(_("名称"), 80)
    name_en = Line(_("英文名称"), 80)

    GROUPS = (Group(_("设备"), ("code", "name")),)
    NEEDED = frozenset({"code", "name_zh"})


class VenueForm(RecordForm):
    """A site."""

    name_zh = Line(_("名称"), 120)
    name_en = Line(_("英文名称"), 120)
    short_name_zh = Line(_("简称"), 40, description=_("日程表、胸卡和手机上用，六个字以内最好。"))
    short_name_en = Line(_("英文简称"), 40)
    city = Pick(_("所在城市"), description=_("线上场所不选城市。"))
    site_type = Line(_("场所类型"), 40, description=_("例如 孵化器、众创空间、高校。"))
    address_zh = Line(_("地址"), 200)
    address_en = Line(_("英文地址"), 200)
    transport_zh = Prose(_("怎么来"), 1000, description=_("公交、地铁、停车、从哪个门进。"))
    transport_en = Prose(_("怎么来（英文）"), 1000)
    latitude = Decimal(_("纬度"), description=_("WGS 84，例如 43.8171。"))
    longitude = Decimal(_("经度"), description=_("WGS 84，例如 125.3235。"))
    photo = Picture(_("照片"), description=_("门口或外观，让人一眼认出来。"))
    floor_plan = Picture(_("平面图"), description=_("各厅室在哪里、从哪个门进。"))

    GROUPS = (
        Group(_("名称"), ("name", "short_name")),
        Group(_("在哪里"), (("city", "site_type"), "address", ("latitude", "longitude"))),
        Group(_("交通"), ("transport",)),
        Group(_("图片"), ("photo", "floor_plan")),
    )
    NEEDED = frozenset({"name_zh", "site_type"})


class LayoutRow(Row):
    """How many people the room holds when set up in one way."""

    layout = Pick(_("布置"), choices=options(LAYOUTS, ""))
    capacity = Whole(_("容纳人数"))

    MUST = ("layout",)


class HoursRow(Row):
    """Opening hours; without a day they hold for every day."""

    day = Day(_("日期（空着 = 每天）"))
    opens = Clock(_("开"))
    closes = Clock(_("关"))


class ClosureRow(Row):
    """A day on which the room is not to be had."""

    day = Day(_("日期"))
    reason = Line(_("原因"), 200)


class RoomForm(RecordForm):
    """A hall of a venue."""

    venue = Pick(_("所在场馆"))
    name_zh = Line(_("名称"), 80)
    name_en = Line(_("英文名称"), 80)
    short_name_zh = Line(_("简称"), 40)
    short_name_en = Line(_("英文简称"), 40)
    capacity = Whole(_("容纳人数"), description=_("按平时的布置。"))
    layout = Pick(_("平时的布置"), choices=options(LAYOUTS))
    changeover_min = Whole(_("换场分钟"), description=_("两场之间至少留出的时间。"))
    layouts = Rows(LayoutRow, _("各种布置能容纳多少人"))
    features = Several(_("设备"))
    hours = Rows(HoursRow, _("开放时间"))
    closures = Rows(ClosureRow, _("不开放的日子"))

    GROUPS = (
        Group(_("名称"), ("venue", "name", "short_name")),
        Group(_("容量和布置"), (("capacity", "layout", "changeover_min"), "layouts")),
        Group(_("设备"), ("features",)),
        Group(_("什么时候可用"), ("hours", "closures")),
    )
    NEEDED = frozenset({"venue", "name_zh", "capacity", "layout", "changeover_min", "features"})

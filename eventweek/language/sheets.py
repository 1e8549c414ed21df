"""The words of the programme's sheets in both languages: their names, heads, choices, notes and samples."""

from functools import cache

from flask import has_app_context
from flask_babel import LazyString, force_locale
from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from eventweek.language import words
from eventweek.scheduling.formats.sheets.tongue import Tongue, Tongues

Words = dict[str, LazyString]

SHEETS: Words = {
    "week": _("届次"),
    "cities": _("城市"),
    "travel_minutes": _("路程"),
    "features": _("设备"),
    "holidays": _("节假日"),
    "venues": _("场馆"),
    "rooms": pgettext("sheet", "房间"),
    "organisations": _("单位"),
    "people": _("人物"),
    "kinds": _("类型"),
    "tag_sets": _("标签组"),
    "tags": _("标签"),
    "tracks": _("专题"),
    "sessions": _("场次"),
    "series": _("系列"),
    "pages": _("页面"),
    "notices": _("公告"),
    "placements": _("排期"),
    "proposals": _("申报"),
}
FORMER: Words = {"rooms": _("房间表")}
"""What sheets were called in files that people still have."""
HEADS: Words = dict(words.FIELDS) | {
    "id": _("编号"),
    "code": _("代码"),
    "uid": _("日历标识"),
    "problems": _("问题"),
    "name_zh": _("名称"),
    "name_en": _("英文名称"),
    "people.name_zh": _("姓名"),
    "people.name_en": _("英文姓名"),
    "short_name_zh": _("简称"),
    "short_name_en": _("英文简称"),
    "day": _("日期"),
    "type": _("性质"),
    "source_key": _("来源编号"),
    "site_type": _("场所类型"),
    "address_zh": _("地址"),
    "address_en": _("英文地址"),
    "transport_zh": _("交通"),
    "transport_en": _("英文交通"),
    "latitude": _("纬度"),
    "longitude": _("经度"),
    "named_in_source": _("来源写明"),
    "venue": _("场馆"),
    "rooms.features": _("设备"),
    "capacity": _("容量"),
    "layout": _("布置"),
    "changeover_min": _("换场（分钟）"),
    "layouts": _("其他布置"),
    "hours": _("开放时段"),
    "closures": _("不开放的日子"),
    "level": _("层级"),
    "remark": _("说明"),
    "affiliation_zh": _("单位职务"),
    "affiliation_en": _("英文单位职务"),
    "honour_zh": _("荣誉"),
    "honour_en": _("英文荣誉"),
    "bio_zh": _("简介"),
    "bio_en": _("英文简介"),
    "roles": _("身份"),
    "team": _("团组"),
    "industry": _("行业"),
    "max_per_day": _("每天最多场数"),
    "fictitious": _("虚构"),
    "availability": _("可到场时段"),
    "theme_zh": _("主题"),
    "theme_en": _("英文主题"),
    "contact_zh": _("联系方式"),
    "contact_en": _("英文联系方式"),
    "accent": _("主色"),
    "organiser_zh": _("承办"),
    "organiser_en": _("承办（英文）"),
    "phone": _("联系电话"),
    "icp": _("ICP备案号"),
    "police": _("公安备案号"),
    "identifier": _("网站标识码"),
    "confirmation_zh": _("报名成功后告诉大家的话"),
    "confirmation_en": _("报名成功后告诉大家的话（英文）"),
    "consent_zh": _("个人信息同意书的补充"),
    "consent_en": _("个人信息同意书的补充（英文）"),
    "registration_opens_days": _("提前几天开始报名"),
    "registration_closes_min": _("开始前几分钟截止报名"),
    "cancelling_ends_min": _("开始前几分钟起不能取消"),
    "online_before_min": _("开始前几分钟给出线上入口"),
    "clash_policy": _("一个人的场次冲突时"),
    "work_mode": _("浏览器验证"),
    "work_min": _("开放后验证几分钟"),
    "proposing_ends_days": _("提前几天截止申报"),
    "returning_ends_days": _("提前几天截止修改"),
    "speaker_link_days": _("嘉宾链接在结束几天后失效"),
    "identity_days": _("证件号在结束几天后销毁"),
    "badge_sheet": _("胸牌的大小"),
    "certificate_share": _("参会证明要参加百分之几的时长"),
    "timezone": _("时区"),
    "first_day": _("第一天"),
    "last_day": _("最后一天"),
    "host": _("主办单位"),
    "host_venue": _("主会场场馆"),
    "slot_min": _("刻度（分钟）"),
    "start_multiple_min": _("开始时间的间隔（分钟）"),
    "day_start": _("每天最早"),
    "day_end": _("每天最晚"),
    "lunch_start": _("午休开始"),
    "lunch_end": _("午休结束"),
    "travel_same_site_min": _("同场馆路程（分钟）"),
    "travel_same_city_min": _("同城路程（分钟）"),
    "week.days": _("各天"),
    "cities": _("举办城市"),
    "family": _("大类"),
    "default_minutes": _("通常时长（分钟）"),
    "may_span_lunch": _("可跨午休"),
    "rule_zh": _("规则"),
    "rule_en": _("英文规则"),
    "position": _("顺序"),
    "single": _("只选一个"),
    "set": _("标签组"),
    "colour": _("颜色"),
    "manager": _("负责人"),
    "members": _("成员场次"),
    "from": _("起点城市"),
    "to": _("终点城市"),
    "minutes": _("分钟"),
    "demand": _("报名需求"),
    "fixed_start": _("规定的开始时间"),
    "fixed_room": _("规定的房间"),
    "venues": _("可用场馆"),
    "pages.text_zh": _("正文"),
    "pages.text_en": _("英文正文"),
    "notices.text_zh": _("正文"),
    "notices.text_en": _("英文正文"),
    "listed": _("页脚"),
    "notices.level": _("级别"),
    "pinned": _("置顶"),
    "shown_from": _("从什么时候显示"),
    "shown_until": _("到什么时候为止"),
    "session": _("关于哪一场"),
    "placed_day": _("日期"),
    "placed_at": _("开始"),
    "placed_room": _("房间"),
    "proposals.days": _("希望在哪几天"),
    "proposals.venues": _("希望在哪些场馆"),
    "proposals.people": _("嘉宾和主持"),
    "proposals.remark": _("给审核人的话"),
    "contact_name": _("联系人姓名"),
    "contact_phone": _("手机"),
    "contact_email": _("邮箱"),
    "pin_time": _("钉住时间"),
    "pin_room": _("钉住房间"),
}
CHOICES: dict[str, words.Words] = {
    "flag": {"yes": _("是"), "no": _("否")},
    "Layout": words.LAYOUTS,
    "Standing": words.STANDINGS,
    "SeriesKind": words.SERIES_KINDS,
    "DayType": words.DAY_TYPES,
    "Phase": words.PHASES,
    "CityRole": words.CITY_ROLES,
    "ClashPolicy": words.CLASH_POLICIES,
    "WorkMode": words.WORK_MODES,
    "Visibility": words.VISIBILITY,
    "RegistrationMode": words.REGISTRATION,
    "PersonRole": words.PERSON_ROLES,
    "OrganisationRole": words.ORGANISATION_ROLES,
    "LinkKind": words.LINK_KINDS,
    "PermitStatus": words.PERMITS,
    "RelationKind": words.RELATIONS,
    "Language": words.LANGUAGES,
    "Family": words.FAMILIES,
    "NoticeLevel": words.NOTICE_LEVELS,
    "organisation_type": words.ORGANISATION_TYPES,
    "level": words.LEVELS,
}
NOTES: Words = {
    "id": _("自己的编号，导入后不变；留空则自动编。以 # 开头的行不导入"),
    "day": _("2026-10-15 或 2026年10月15日"),
    "hour": _("09:30"),
    "moment": _("2026-10-15 09:30"),
    "flag": _("是 或 否"),
    "choice": _("从列表里选"),
    "ref": _("填名称或编号"),
    "several": _("多个用、隔开"),
    "whole": _("整数"),
    "sessions.people": _("姓名（角色），多个用、隔开"),
    "sessions.organisations": _("单位（角色），多个用、隔开"),
    "sessions.relations": _("编号（关系，分钟）"),
    "rooms.hours": _("日期（开始，结束）；每天写 *（09:00，18:00）"),
    "rooms.closures": _("日期（原因）"),
    "rooms.layouts": _("布置（容量）"),
    "people.availability": _("日期（开始，结束）；留空为都可以"),
    "proposals.people": _("姓名（角色，单位，联系方式），多个用、隔开"),
}


SAMPLES: dict[str, Words] = {
    "sessions": {
        "id": _("示例 A-01"),
        "title_zh": _("科技成果发布会"),
        "placed_day": _("2026-10-15"),
        "placed_at": _("09:30"),
        "duration_min": _("90"),
        "expected": _("200"),
        "people": _("王示例（主持）、李示例（主讲）"),
    },
    "people": {"id": _("示例 P-01"), "name_zh": _("王示例"), "affiliation_zh": _("某研究院 院长")},
    "rooms": {"id": _("示例 R-01"), "name_zh": _("主会堂"), "capacity": _("300")},
    "organisations": {"id": _("示例 O-01"), "name_zh": _("某研究院")},
    "venues": {"id": _("示例 V-01"), "name_zh": _("双创中心")},
    "proposals": {
        "title_zh": _("智能制造创业沙龙"),
        "expected": _("60"),
        "duration_min": _("90"),
        "abstract_zh": _("三位工程师讲三个落地的案例，现场答疑。"),
        "earliest": _("09:00"),
        "latest_end": _("12:00"),
        "people": _("王示例（主持，某研究院）、李示例（主讲，某大学）"),
        "contact_name": _("张示例"),
        "contact_phone": _("13800000000"),
    },
}


def samples() -> dict[str, dict[str, str]]:
    """Return a row for each sheet of the template, in the language of the request."""
    return {section: _said(own) for section, own in SAMPLES.items()}


def tongues() -> Tongues:
    """Return the words of all languages, to read with."""
    return Tongues((_tongue("zh_Hans_CN"), _tongue("en")))


def tongue(language: str) -> Tongue:
    """Return the words of a language, `en` or any Chinese, to write with."""
    return _tongue("en" if language == "en" else "zh_Hans_CN")


@cache
def _tongue(locale: str) -> Tongue:
    if not has_app_context():
        raise RuntimeError("catalogues are found by the application")
    with force_locale(locale):
        choices = {name: _said(own) for name, own in CHOICES.items()}
        return Tongue(_said(SHEETS), _said(HEADS), choices, _said(NOTES), _said(FORMER))


def _said(own: words.Words) -> dict[str, str]:
    return {code: str(word) for code, word in own.items()}

"""Forms of an edition: the first one in three steps, later everything on one page."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from eventweek.language.words import BADGE_SHEETS, CITY_ROLES, CLASH_POLICIES, WORK_MODES, options
from eventweek.web.forms.pictures import Picture
from eventweek.web.forms.records import Group, RecordForm, Row, Rows
from eventweek.web.forms.shared import Clock, Day, Line, Pick, Prose, Several, Whole


class NewCityRow(Row):
    """A city that takes part; its names are read where it is new."""

    code = Line(_("区划代码"), 12)
    name_zh = Line(_("名称"), 80)
    name_en = Line(_("英文名称"), 80)
    role = Pick(_("角色"), choices=options(CITY_ROLES, ""))

    MUST = ("role",)


class FirstWeekForm(RecordForm):
    """An edition from nothing, in three steps; every step carries what the others hold."""

    title_zh = Line(_("名称"), 200, description=_("公开页面最上面的一行，例如 2027年全国双创活动周（吉林主会场）。"))
    title_en = Line(_("英文名称"), 200)
    code = Line(_("代码"), 40, description=_("写进网址，以后不再改。例如 jl2027。"))
    timezone = Line(_("时区"), 40)
    first_day = Day(_("第一天"))
    last_day = Day(_("最后一天"))
    cities = Rows(NewCityRow, _("参加的城市"), description=_("主会场一个，分会场可以多个。还没有的城市会一起建好。"))
    kinds = Several(_("活动类型"), description=_("先带上，以后都能改、能归档。"))
    tag_sets = Several(_("标签组"))

    STEPS = (
        Group(_("名称和日期"), ("title", ("code", "timezone"), ("first_day", "last_day"))),
        Group(_("城市"), ("cities",)),
        Group(_("类型和标签"), ("kinds", "tag_sets")),
    )
    GROUPS = STEPS
    NEEDED = frozenset({"title_zh", "code", "timezone", "first_day", "last_day", "cities", "kinds", "tag_sets"})

    def step_of(self, name: str) -> int:
        """Return the step that holds a field."""
        for number, group in enumerate(self.STEPS):
            if name in {field for line in group.names for field in self._line(line)}:
                return number
        return 0

    def wrong_step(self) -> int | None:
        """Return the first step with something wrong, None where there is none."""
        wrong = [self.step_of(field.name) for field in self if self.problems_of(field)]
        return min(wrong) if wrong else (0 if self.form_errors else None)

    def week_values(self) -> dict[str, Any]:
        """Return the values of the edition itself."""
        return {n: v for n, v in self.values().items() if n not in ("cities", "kinds", "tag_sets")}


class FileWeekForm(RecordForm):
    """What a file may not say of its edition."""

    title_zh = Line(_("名称"), 200, description=_("公开页面最上面的一行，例如 2027年全国双创活动周（吉林主会场）。"))
    title_en = Line(_("英文名称"), 200)
    code = Line(_("代码"), 40, description=_("写进网址，以后不再改。例如 jl2027。"))
    timezone = Line(_("时区"), 40, description=_("空着 = 用文件里的；表格里没有时是 Asia/Shanghai。"))
    first_day = Day(_("第一天"))
    last_day = Day(_("最后一天"))

    GROUPS = (Group(_("文件里没有的"), ("title", ("code", "timezone"), ("first_day", "last_day"))),)
    NEEDED = frozenset[str]()


class WarmupRow(Row):
    """A day before or after the run on which sessions may lie."""

    day = Day(_("日期"))


class CityRow(Row):
    """A city that takes part."""

    city = Pick(_("哪个城市"))
    role = Pick(_("角色"), choices=options(CITY_ROLES, ""))

    MUST = ("city", "role")


class WeekForm(RecordForm):
    """Everything about an edition but its code, which stands in addresses for ever."""

    title_zh = Line(_("名称"), 200)
    title_en = Line(_("英文名称"), 200)
    theme_zh = Line(_("主题"), 200)
    theme_en = Line(_("英文主题"), 200)
    contact_zh = Line(_("联系方式"), 200, description=_("公开显示。写单位和值班电话，不写个人手机。"))
    contact_en = Line(_("联系方式（英文）"), 200)
    short_name_zh = Line(_("简称"), 40, description=_("页面左上角的字。空着 = 双创活动周。"))
    short_name_en = Line(_("英文简称"), 40)
    accent = Line(
        _("主色"),
        7,
        description=_(
            "按钮和链接的颜色，空着 = 湖蓝。例如松绿 #17603a、朱红 #9c1c1c、靛青 #1f3a8a、紫 #5b2181、赭 #7a4100。"
        ),
    )
    logo = Picture(_("标志"), description=_("放在每页左上角；没有海报的页面转发时也用它。存了就公开。"))
    organiser_zh = Line(_("承办"), 200, description=_("列在页脚。多个单位用顿号隔开。"))
    organiser_en = Line(_("承办（英文）"), 200)
    phone = Line(_("联系电话"), 60)
    icp = Line(_("ICP备案号"), 60, description=_("例如 吉ICP备12345678号-1，链接到工信部备案查询。"))
    police = Line(_("公安备案号"), 60, description=_("例如 吉公网安备22010102000001号。"))
    identifier = Line(_("网站标识码"), 40)
    confirmation_zh = Prose(
        _("报名成功后告诉大家的话"),
        1000,
        description=_(
            "写在确认邮件和入场码页面上，例如带什么。可用 {week}、{host}、{contact}、{dates}、{first_day}、{last_day}。"
        ),
    )
    confirmation_en = Prose(_("报名成功后告诉大家的话（英文）"), 1000)
    consent_zh = Prose(
        _("个人信息同意书的补充"), 1000, description=_("接在标准的同意书后面。改了以后，再报名的人要重新同意。")
    )
    consent_en = Prose(_("个人信息同意书的补充（英文）"), 1000)
    registration_opens_days = Whole(
        _("提前几天开始报名"), description=_("从活动周第一天的零点往前数。空着 = 发布以后就能报。")
    )
    registration_closes_min = Whole(_("开始前几分钟截止报名"), description=_("空着 = 到活动开始为止。"))
    cancelling_ends_min = Whole(_("开始前几分钟起不能取消"), description=_("空着 = 到活动开始为止。"))
    online_before_min = Whole(_("开始前几分钟给出线上入口"), description=_("只给报了线上的人，到活动结束为止。"))
    clash_policy = Pick(
        _("一个人的场次冲突时"),
        choices=options(CLASH_POLICIES),
        description=_("时间重叠，或两地之间赶不过来。"),
    )
    work_mode = Pick(
        _("浏览器验证"),
        choices=options(WORK_MODES),
        description=_("挡住抢名额的程序，不打扰人。不能运行脚本的，用验证码报名。报名项可以另定。"),
    )
    work_min = Whole(_("开放后验证几分钟"), description=_("只在“刚开放时”用到。"))
    proposing_ends_days = Whole(
        _("提前几天截止申报"), description=_("从活动周第一天往前数，到那一天结束为止。空着 = 一直收到活动周结束。")
    )
    returning_ends_days = Whole(
        _("提前几天截止修改"), description=_("退回的申报改好再提交的期限，算法一样。空着 = 到活动周结束为止。")
    )
    speaker_link_days = Whole(
        _("嘉宾链接在结束几天后失效"), description=_("从活动周最后一天往后数。嘉宾凭链接看自己的场次、答复和改简介。")
    )
    identity_days = Whole(
        _("证件号在结束几天后销毁"),
        description=_("从活动周最后一天往后数。实名场次收的证件号到期自动销毁，留下销毁凭证。"),
    )
    certificate_share = Whole(
        _("参会证明要参加百分之几的时长"),
        description=_("只对营这样连着几场的；单场到过就有。0 = 这一届不发参会证明。"),
    )
    badge_sheet = Pick(
        _("胸牌的大小"), choices=options(BADGE_SHEETS), description=_("门口一张一张印时用；成批印时可以另选。")
    )
    host = Pick(_("主办单位"))
    host_venue = Pick(_("主会场馆"))
    first_day = Day(_("第一天"))
    last_day = Day(_("最后一天"))
    timezone = Line(_("时区"), 40)
    warmups = Rows(WarmupRow, _("预热的日子"), description=_("起止日期之外、也可以安排场次的日子。"))
    cities = Rows(CityRow, _("参加的城市"))
    day_start = Clock(_("每天最早"))
    day_end = Clock(_("每天最晚"))
    lunch_start = Clock(_("午休从"))
    lunch_end = Clock(_("午休到"))
    slot_min = Whole(_("时间格（分钟）"))
    start_multiple_min = Whole(_("开始时间取整到（分钟）"))
    travel_same_site_min = Whole(_("同场馆换厅（分钟）"))
    travel_same_city_min = Whole(_("同城换场馆（分钟）"))

    GROUPS = (
        Group(_("名称"), ("title", "short_name", "theme", "contact", ("host", "host_venue"), "accent", "logo")),
        Group(_("页脚"), ("organiser", ("phone", "identifier"), ("icp", "police"))),
        Group(_("默认的话"), ("confirmation", "consent")),
        Group(_("报名的期限"), (("registration_opens_days", "registration_closes_min", "cancelling_ends_min"),)),
        Group(_("线上参加"), ("online_before_min",)),
        Group(_("冲突和抢报"), ("clash_policy", ("work_mode", "work_min"))),
        Group(_("申报的期限"), (("proposing_ends_days", "returning_ends_days"),)),
        Group(_("嘉宾的链接"), ("speaker_link_days",)),
        Group(_("证件号"), ("identity_days",)),
        Group(_("参会证明和胸牌"), (("certificate_share", "badge_sheet"),)),
        Group(_("起止日期"), (("first_day", "last_day", "timezone"), "warmups")),
        Group(_("城市"), ("cities",)),
        Group(
            _("时间格"),
            (("day_start", "day_end"), ("lunch_start", "lunch_end"), ("slot_min", "start_multiple_min")),
        ),
        Group(_("路上时间"), (("travel_same_site_min", "travel_same_city_min"),)),
    )
    NEEDED = frozenset(
        {"title_zh", "first_day", "last_day", "timezone", "cities", "day_start", "day_end", "slot_min"}
        | {"start_multiple_min", "travel_same_site_min", "travel_same_city_min"}
    )

    def values(self) -> dict[str, Any]:
        """Return what the action takes: warm-up days and every day of the run as `days`."""
        values = super().values()
        warmups = [{"day": row["day"], "phase": "warmup"} for row in values.pop("warmups")]
        taken = {row["day"] for row in warmups}
        run = [day for day in _run(values["first_day"], values["last_day"]) if day not in taken]
        return values | {"days": warmups + [{"day": day, "phase": "main"} for day in run]}

    def _place(self, path: str) -> Any:
        return super()._place(path.replace("days.", "warmups.", 1) if path.startswith("days.") else path)


def _run(first: date | None, last: date | None) -> Iterator[date]:
    if first and last:
        for number in range(min((last - first).days + 1, 400)):
            yield first + timedelta(days=number)


def warmups(days: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the warm-up days among the days of an edition, as rows."""
    return [{"day": row["day"]} for row in days if row["phase"] == "warmup"]


STATES: dict[str, LazyString] = {
    "draft": _("只有工作台看得到。可以排、可以改，也可以整届删掉。"),
    "open": _("公众看得到已发布的内容，可以报名。"),
    "closed": _("活动办完了。页面和日历还在，不再接受报名。"),
    "archived": _("只能看，不能改。网址和日历一直有效。归档以后不能再打开。"),
}

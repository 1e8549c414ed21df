"""The audit log: who did what when, without personal data."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import can
from eventweek.audit.models import AuditEntry
from eventweek.audit.queries import EntryFilter, list_actors, list_entries, list_subjects
from eventweek.kernel.clock import local_day, now
from eventweek.programme.queries import find_newest_week, list_weeks
from eventweek.web.actor import at_work
from eventweek.web.desk.actors import name_actors
from eventweek.web.desk.frame import blueprint, page
from eventweek.web.desk.kept import OF_A_WEEK
from eventweek.web.desk.lists import Filter, asked, chosen, pager
from eventweek.web.desk.records import HUNG
from eventweek.web.desk.shelves import window
from eventweek.web.desk.telling import word_of
from eventweek.web.frame import needs
from eventweek.web.public.frame import day_name

ZONE = "Asia/Shanghai"
DAYS = 31
SUBJECTS: dict[str, LazyString] = {
    "week": _("届次"),
    "session": _("场次"),
    "release": _("发布"),
    "placement": _("排期"),
    "venue": _("场馆"),
    "room": _("厅室"),
    "feature": _("设备"),
    "city": _("城市"),
    "travel_time": _("路程"),
    "holiday": _("节假日"),
    "organisation": _("单位"),
    "person": _("人物"),
    "kind": _("类型"),
    "tag_set": _("标签组"),
    "tag": _("标签"),
    "track": _("专题"),
    "series": _("系列"),
    "page": _("页面"),
    "notice": _("公告"),
    "offering": _("报名项"),
    "message_text": _("消息的文字"),
    "message": _("消息"),
    "campaign": _("群发"),
    "registration": _("报名"),
    "roster": _("名单"),
    "strike": _("没有到场的记录"),
    "pass": _("入场码"),
    "user": _("账号"),
    "key": _("密钥"),
    "invitation": _("邀请"),
    "device": _("门口设备"),
    "gate": _("门口"),
    "group": _("团体报名"),
    "attendee": _("报名的人"),
    "bulk_change": _("批量修改"),
    "attachment": _("附件"),
    "certificate": _("销毁凭证"),
    "attendance_certificate": _("参会证明"),
    "picture": _("图片"),
    "programme_import": _("导入的日程"),
    "scenario": _("方案"),
    "proposal": _("申报"),
    "proposal_import": _("导入的申报"),
    "planner_run": _("自动排期"),
    "print_job": _("印品"),
    "incident": _("当日调度"),
}
ACTIONS: dict[str, LazyString] = {
    "create": _("新建了"),
    "edit": _("修改了"),
    "archive": _("归档了"),
    "restore": _("恢复了"),
    "delete": _("删除了"),
    "set": _("设定了"),
    "state": _("改了状态"),
    "cancel": _("取消了"),
    "publish": _("发布了"),
    "release.tell": _("发了发布的消息"),
    "withdraw": _("从公众面前撤下了"),
    "place": _("排入了"),
    "unplace": _("撤下了"),
    "pin": _("改了钉住"),
    "let_pass": _("放行了一处问题"),
    "stop_again": _("收回了放行"),
    "open": _("开放了报名"),
    "seats": _("改了席位"),
    "void": _("作废了"),
    "purge": _("按期删除了个人信息"),
    "reissue": _("重发了"),
    "load": _("载入了演示"),
    "remove": _("删除了演示"),
    "import": _("导入了"),
    "sign_in": _("登录了"),
    "fail": _("登录失败"),
    "change": _("改了密码"),
    "rename": _("改了名"),
    "disable": _("停用了"),
    "enable": _("启用了"),
    "administrator": _("改了管理员身份"),
    "revoke": _("撤回了"),
    "accept": _("接受了邀请"),
    "proposal.submit": _("提交了"),
    "proposal.withdraw": _("撤回了"),
    "proposal.recommend": _("推荐给组委会"),
    "proposal.return": _("退回修改"),
    "proposal.accept": _("采用了"),
    "proposal.reject": _("没有采用"),
    "proposal.comment": _("写了意见"),
    "proposal.file": _("改了附件"),
    "proposal.tentative": _("列入暂定场次"),
    "proposer.invite": _("请来申报"),
    "proposer.remove": _("取消了申报资格"),
    "grants": _("改了角色"),
    "close": _("停止了报名"),
    "reopen": _("重开了报名"),
    "stop": _("暂停了放行"),
    "certificate.issue": _("发了"),
    "badge.print": _("印了胸牌"),
    "go_on": _("恢复了放行"),
    "forget": _("清除了历史里的个人内容"),
    "reply": _("答复了"),
    "confirmed": _("确认参加一场"),
    "declined": _("回复不能参加一场"),
    "consent": _("决定了公开什么"),
    "make": _("给了嘉宾链接"),
    "rotate": _("换了日历地址"),
    "seen": _("看过了变化"),
    "reset": _("恢复了平常的文字"),
    "schedule": _("安排了发送"),
    "start": _("开始发送"),
    "finish": _("发完了"),
    "try": _("试发了"),
    "send": _("发了提醒"),
    "resend": _("重发了"),
    "release": _("放开了地址"),
    "questions": _("改了报名时的问题"),
    "answers": _("改了报名时的回答"),
    "read": _("看了个人信息"),
    "plan": _("上传了"),
    "settle": _("检查完了"),
    "confirm": _("确认了"),
    "discard": _("放弃了"),
    "scenario.promote": _("采用了"),
    "done": _("办完了"),
    "export": _("导出了"),
    "write": _("改了同意的文字"),
    "give": _("记了一次没有到场"),
    "appealed": _("申诉了"),
    "upheld": _("没有接受申诉"),
    "lifted": _("撤销了"),
    "answer": _("答复了安排的变化"),
    "prove": _("验证了联系方式"),
    "apply": _("办了批量修改"),
    "undo": _("撤回了批量修改"),
    "user": _("载入了演示账号"),
    "visitors": _("载入了演示报名"),
    "enrol": _("登记了"),
    "renew": _("换了登记链接"),
    "add": _("加了人"),
    "cancel_member": _("取消了名单上的人"),
    "swap": _("换了名单上的人"),
    "take": _("留出了席位"),
    "spread": _("把人分到了几场"),
    "drop": _("去掉了"),
    "decide": _("定了超额"),
    "feed": _("换了日历地址"),
    "erase": _("按本人要求删除了数据"),
    "merge": _("合并了重复的人"),
    "reword": _("改了图片说明"),
    "claim": _("由本人验证后接手"),
    "displace": _("座位不够，退回了候补"),
    "hand_over": _("转给了别人"),
    "join": _("进了线上会场"),
    "move": _("换了场"),
    "promote": _("手工补了位"),
    "resubmit": _("补正后重交了"),
    "review": _("审核了"),
    "standby": _("排到了现场候补"),
    "affect": _("通知了受影响的人"),
    "override": _("在门口改判放行了"),
    "copy": _("照往届建了"),
    "overbook": _("换小厅后用了超额"),
    "requeue": _("换小厅后请人回候补"),
    "allotment.link": _("做了单位名额的链接"),
    "class.drop": _("去掉了一类席位"),
    "class.set": _("定了一类席位"),
    "hold.edit": _("改了留出的席位"),
    "hold.release": _("释放了留出的席位"),
    "identity.read": _("看了证件号"),
    "invite.make": _("做了邀请"),
    "invite.revoke": _("收回了邀请"),
    "online.drop": _("去掉了线上参加"),
    "online.set": _("改了线上参加"),
    "answer_file.read": _("看了交来的文件"),
    "planner_run.start": _("开始了"),
    "planner_run.stop": _("叫停了"),
    "planner_run.begin": _("算起了"),
    "planner_run.finish": _("算完了"),
    "planner_run.fail": _("没有算成"),
    "print.order": _("要印了"),
    "print.finish": _("做好了"),
    "print.fail": _("没有做成"),
    "print.purge": _("清理了"),
    "incident.report": _("报告了停用"),
    "person.away": _("记下了来不了的时间"),
    "incident.lift": _("恢复了使用"),
    "incident.look": _("找了办法"),
    "incident.decide": _("定了办法"),
}


@blueprint.get("/audit")
@needs(Verb.AUDIT_READ)
def audit_list() -> str:
    """List the entries of the weeks whose log the person may read, newest first."""
    weeks, week = _readable_weeks(), find_newest_week()
    zone = week.timezone if week else ZONE
    names = name_actors(list_actors(weeks))
    filters = _filters(weeks, names, zone)
    own = chosen(filters)
    since, until = _span(own.pop("day", ""), zone)
    wanted = EntryFilter(weeks=weeks, code=asked("q"), since=since, until=until, **own)
    rows, total = list_entries(wanted, window)
    return page(
        "audit_list.html",
        week,
        rows=rows,
        pager=pager(total),
        filters=filters,
        words=asked("q"),
        does=_does,
        changes=_changes,
        history=_history(),
        who=lambda entry: names.get(entry.actor, entry.actor),
        subjects=SUBJECTS,
        zone=zone,
    )


def _readable_weeks() -> list[int] | None:
    if at_work().administrator:
        return None
    return [week.id for week in list_weeks() if can(at_work(), Verb.AUDIT_READ, week.id)]


def _filters(weeks: list[int] | None, names: Mapping[str, str], zone: str) -> list[Filter]:
    today = local_day(now(), zone)
    days = [today - timedelta(days=n) for n in range(DAYS)]
    subjects = [(subject, str(SUBJECTS.get(subject, subject))) for subject in list_subjects(weeks)]
    actors = [(actor, names.get(actor, actor)) for actor in list_actors(weeks)]
    return [
        Filter("subject", str(_("对象")), subjects),
        Filter("actor", str(_("谁")), actors),
        Filter("day", str(_("日期")), [(day.isoformat(), day_name(day)) for day in days]),
    ]


def _span(day: str, zone: str) -> tuple[datetime | None, datetime | None]:
    """Return the first instant of a local day and of the next one."""
    if not day:
        return None, None
    start = datetime.combine(datetime.fromisoformat(day).date(), time(), ZoneInfo(zone))
    return start.astimezone(UTC), (start + timedelta(days=1)).astimezone(UTC)


def _history() -> Callable[[AuditEntry], str]:
    """Return the address of the history of what an entry is about, empty where it has none."""
    codes = {week.id: week.code for week in list_weeks()}

    def history(entry: AuditEntry) -> str:
        lasting = entry.subject in HUNG and not HUNG[entry.subject].weekly
        if lasting or entry.subject in ("week", "holiday", "travel_time"):
            return url_for("desk.master_history", noun=entry.subject, code=entry.code) if entry.code else ""
        weekly = entry.subject in HUNG or entry.subject in OF_A_WEEK
        if not weekly or entry.week_id not in codes:
            return ""
        return url_for("desk.week_history", week=codes[entry.week_id], noun=entry.subject, code=entry.code)

    return history


def _does(entry: AuditEntry) -> str:
    """Return what was done, in words; a verb that has none stands as it is."""
    action = entry.verb.rpartition(".")[2]
    return str(ACTIONS.get(entry.verb) or ACTIONS.get(action, entry.verb))


def _changes(entry: AuditEntry) -> list[tuple[str, str, str]]:
    """Return (field, old, new) of each change; a plain fact has no old value."""
    result = []
    for name, value in entry.changes.items():
        pair = [_plain(one) for one in value] if isinstance(value, list) and len(value) == 2 else ["", _plain(value)]
        result.append((word_of(entry.subject, name), pair[0], pair[1]))
    return result


def _plain(value: Any) -> str:
    if value is None or value == "" or value == []:
        return "—"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

"""The words of fixed choices, as lists for filters and forms and as tables for pages."""

from flask_babel import lazy_gettext as _

VISIBILITY = {
    "public": _("公开"),
    "invited": _("限受邀者"),
    "media": _("限媒体"),
    "closed": _("内部"),
}
REGISTRATION = {
    "open": _("自由报名"),
    "approval": _("报名后审核"),
    "invite+quota": _("邀请加名额"),
    "timed_entry": _("分时段入场"),
    "spectator": _("观众报名"),
    "media": _("媒体登记"),
    "none": _("不用报名"),
}
STATES = {
    "planned": _("已排"),
    "unplaced": _("未排"),
    "cancelled": _("已取消"),
    "archived": _("已归档"),
}
PERSON_ROLES = {
    "host": _("主持"),
    "chair": _("主席"),
    "speaker": _("主讲"),
    "judge": _("评委"),
    "mentor": _("导师"),
}
ORGANISATION_ROLES = {
    "host": _("主办"),
    "organiser": _("承办"),
    "co_organiser": _("协办"),
    "supporter": _("支持"),
}
PERMITS = {
    "": _("不用许可"),
    "needed": _("待申请"),
    "applied": _("已申请"),
    "approved": _("已批准"),
    "refused": _("未批准"),
}
RELATIONS = {"after": _("在它之后"), "sync_with": _("与它同时开始")}
LANGUAGES = {"zh": _("中文"), "en": _("英文"), "zh/en": _("中英双语")}
FAMILIES = {
    "meet": _("会议论坛"),
    "show": _("展览参观"),
    "contest": _("赛事路演"),
    "class": _("课程讲堂"),
    "camp": _("训练营"),
}
ACTIONS = {
    "new": _("新增"),
    "moved": _("改时间或场地"),
    "changed": _("改内容"),
    "cancelled": _("取消"),
    "restored": _("恢复"),
}

"""The words of fixed codes, as people read them in lists, forms and facts."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

Words = Mapping[str, LazyString]

LAYOUTS: Words = {
    "theatre": _("剧院式"),
    "classroom": _("课桌式"),
    "board": _("回字形"),
    "groups": _("分组岛"),
    "tables": _("一对一桌"),
    "lounge": _("沙龙"),
    "flat": _("空场"),
    "open": _("展厅"),
    "online": _("线上"),
}
STANDINGS: Words = {"speaker": _("嘉宾"), "judge": _("评委"), "mentor": _("导师"), "tour": _("报告团")}
SERIES_KINDS: Words = {
    "linked": _("连续几天（一次报名）"),
    "repeat": _("重复场（选一场）"),
    "exclusive": _("互不重叠"),
    "tour": _("报告团巡讲（一天一城）"),
}
DAY_TYPES: Words = {"holiday": _("放假"), "adjusted_workday": _("调休上班")}
PHASES: Words = {"warmup": _("预热"), "main": _("正式")}
CITY_ROLES: Words = {"main": _("主会场"), "sub": _("分会场")}
CLASH_POLICIES: Words = {"warn": _("只提醒"), "refuse": _("不收")}
WORK_MODES: Words = {"never": _("不用"), "opening": _("刚开放时"), "always": _("一直")}
WEEK_STATES: Words = {"draft": _("筹备"), "open": _("开放"), "closed": _("结束"), "archived": _("已归档")}
ORGANISATION_TYPES: Words = {
    "government": _("政府部门"),
    "committee": _("组委会"),
    "platform": _("服务平台"),
    "finance_platform": _("金融服务平台"),
    "incubator": _("孵化器"),
    "maker_space": _("众创空间"),
    "institute": _("科研院所"),
    "university": _("高校"),
    "alliance": _("联盟协会"),
    "mass_organisation": _("群团组织"),
    "investor": _("投资机构"),
    "bank": _("银行"),
}
LEVELS: Words = {
    "national": _("国家"),
    "province": _("省"),
    "prefecture": _("市州"),
    "county": _("县区"),
    "development_zone": _("开发区"),
}
VISIBILITY: Words = {
    "public": _("公开"),
    "invited": _("限受邀者"),
    "media": _("限媒体"),
    "closed": _("内部"),
}
REGISTRATION: Words = {
    "open": _("自由报名"),
    "approval": _("报名后审核"),
    "invite+quota": _("邀请加名额"),
    "timed_entry": _("分时段入场"),
    "spectator": _("观众报名"),
    "media": _("媒体登记"),
    "none": _("不用报名"),
}
STATES: Words = {
    "planned": _("已排"),
    "unplaced": _("未排"),
    "cancelled": _("已取消"),
    "archived": _("已归档"),
}
UNKNOWN_CODES: Words = {"ask": _("黄色，请值班长决定"), "no": _("红色，不放行")}
BADGE_SHEETS: Words = {
    "card": _("卡片 86 × 54 毫米"),
    "lanyard": _("挂牌 90 × 130 毫米"),
    "a6": _("A6 竖版"),
}
PERSON_ROLES: Words = {
    "host": _("主持"),
    "chair": _("主席"),
    "speaker": _("主讲"),
    "judge": _("评委"),
    "mentor": _("导师"),
}
ORGANISATION_ROLES: Words = {
    "host": _("主办"),
    "organiser": _("承办"),
    "co_organiser": _("协办"),
    "supporter": _("支持"),
}
LINK_KINDS: Words = {
    "link": _("网页"),
    "attachment": _("文件"),
    "slides": _("幻灯片"),
    "video": _("视频"),
    "audio": _("音频"),
    "paper": _("论文"),
    "page": _("原网页"),
    "live": _("直播"),
    "replay": _("回放"),
}
ATTACHMENT_KINDS: Words = {
    "slides": _("幻灯片"),
    "handout": _("讲义"),
    "paper": _("论文"),
    "form": _("表格"),
    "other": _("其他"),
}
PERMITS: Words = {
    "": _("不用许可"),
    "needed": _("待申请"),
    "applied": _("已申请"),
    "approved": _("已批准"),
    "refused": _("未批准"),
}
RELATIONS: Words = {"after": _("在它之后"), "sync_with": _("与它同时开始")}
LANGUAGES: Words = {"zh": _("中文"), "en": _("英文"), "zh/en": _("中英双语")} | {
    "ja": _("日文"),
    "ko": _("韩文"),
    "ru": _("俄文"),
    "de": _("德文"),
    "fr": _("法文"),
    "es": _("西班牙文"),
    "other": _("其他语言"),
}
FAMILIES: Words = {
    "meet": _("会议论坛"),
    "show": _("展览参观"),
    "contest": _("赛事路演"),
    "class": _("课程讲堂"),
    "camp": _("训练营"),
}
NOTICE_LEVELS: Words = {
    "ordinary": _("普通"),
    "important": _("重要"),
    "urgent": _("紧急"),
}
PRESET_PAGES: Words = {
    "faq": _("常见问题"),
    "transport": _("交通与停车"),
    "contact": _("联系我们"),
    "privacy": _("个人信息：补充说明"),
    "terms": _("参会须知"),
    "accessibility": _("无障碍：补充说明"),
}
CONSENTS: Words = {
    "name": _("姓名、单位和职务"),
    "bio": _("简介"),
    "portrait": _("肖像"),
    "recording": _("录像、录音和回放"),
}
REPLIES: Words = {
    "unasked": _("还没问"),
    "asked": _("等答复"),
    "confirmed": _("已确认参加"),
    "declined": _("不能参加"),
}
DIFFERENCES: Words = {
    "cancelled": _("取消的"),
    "time": _("改时间"),
    "place": _("改场地"),
    "restored": _("恢复的"),
    "new": _("新增的"),
    "people": _("改人物"),
    "texts": _("改内容"),
    "unplaced": _("没排了"),
}
OBSTACLES: Words = {
    "archived": _("已归档"),
    "cancelled": _("已取消，先恢复"),
    "room": _("场地没有了"),
    "person": _("人物删除了"),
    "consent": _("本人不再同意公开"),
    "file": _("文件没有了"),
}
"""Why a session cannot be published again as it once was."""
LETTERS: Words = {
    "changed": _("报了名的人：安排有变"),
    "session_cancelled": _("报了名的人：活动取消"),
    "people": _("参加的人（讲者、主持、评委等）"),
    "staff": _("管城市、场馆、专题的人"),
}
"""To whom a release writes, by the kind of its message."""
AUDIT: Words = {
    "session.create": _("新建了这一场"),
    "session.edit": _("修改了"),
    "session.place": _("排了时间地点"),
    "session.unplace": _("取下了时间地点"),
    "session.cancel": _("取消了这一场"),
    "session.restore": _("恢复了这一场"),
    "session.archive": _("归档了这一场"),
    "session.let_pass": _("放行了一处问题"),
    "session.stop_again": _("收回了放行"),
    "session.pin": _("改了钉住"),
}
HELD: Words = {
    "time": _("这一场的时间是固定的。"),
    "room": _("这一场的厅室是固定的。"),
    "grid": _("开始时间不在这一届取整的刻度上。"),
}
FIELDS: Words = {
    "title_zh": _("标题"),
    "title_en": _("英文标题"),
    "subtitle_zh": _("副标题"),
    "subtitle_en": _("英文副标题"),
    "abstract_zh": _("摘要"),
    "abstract_en": _("英文摘要"),
    "slug": _("短名"),
    "kind": _("类型"),
    "track": _("专题"),
    "city": _("城市"),
    "language": _("语言"),
    "text_zh": _("介绍"),
    "text_en": _("英文介绍"),
    "note_zh": _("备注"),
    "note_en": _("英文备注"),
    "people": _("人物"),
    "organisations": _("单位"),
    "links": _("链接"),
    "duration_min": _("时长（分钟）"),
    "expected": _("预计人数"),
    "expected_online": _("线上人数"),
    "days": _("可以在哪几天"),
    "venues": _("可以在哪些场馆"),
    "earliest": _("最早开始"),
    "latest_end": _("最晚结束"),
    "features": _("需要的设备"),
    "plenary": _("全体活动"),
    "tags": _("标签"),
    "relations": _("关联"),
    "visibility": _("公开范围"),
    "registration": _("报名方式"),
    "permit_required": _("安全许可"),
    "permit_status": _("许可进度"),
    "start": _("时间"),
    "room": _("地点"),
}
PINS: Words = {"both": _("时间、厅室都钉住"), "time": _("时间钉住"), "room": _("厅室钉住")}
"""What the planner may not change."""
RULE_LEVELS: Words = {
    "block": _("拦住改动"),
    "block_release": _("拦住发布"),
    "warn": _("只给提醒"),
    "ignore": _("不管"),
}
PLANNER_LEVELS: Words = {"block": _("必须做到"), "warn": _("尽量做到"), "ignore": _("不管")}
"""Levels of rules that only the planner knows."""
PLANNED: Words = {
    "hard": _("必须做到"),
    "medium": _("尽量做到，先于愿望"),
    "soft": _("尽量做到"),
    "ignore": _("不管"),
    "": _("不涉及"),
}
"""How the planner takes a rule."""
PRESETS: Words = {"steady": _("稳妥"), "compact": _("紧凑"), "repair": _("已发布修复")}
CLASSES: Words = {
    "room": _("总席位"),
    "public": _("公众"),
    "invited": _("受邀"),
    "media": _("媒体"),
    "standby": _("现场候补"),
    "online": _("线上"),
}
"""Whose seats they are; `room` is the whole."""
REGISTERED: Words = {
    "confirmed": _("已报名"),
    "waitlisted": _("候补"),
    "offered": _("等本人确认"),
    "applied": _("待审核"),
    "returned": _("退回补正"),
    "rejected": _("未通过"),
    "cancelled": _("已取消"),
}
"""Where a registration stands."""
CHOICES: Words = {
    "open": _("还没有选"),
    "kept": _("保留"),
    "changed": _("换到别的场次"),
    "cancelled": _("取消"),
}
"""What somebody wants after a release has changed what they hold."""
ENDS: Words = {
    "person": _("自己取消"),
    "organiser": _("主办方取消"),
    "session": _("活动取消"),
    "review": _("未通过"),
    "declined": _("没有要名额"),
    "lapsed": _("没有按时确认"),
    "unclaimed": _("开场后没有到，席位给了现场候补"),
}
"""Why a registration ended, as the person reads it."""


STRIKES: Words = {
    "given": _("计入"),
    "appealed": _("申诉中，暂不计入"),
    "upheld": _("申诉未通过，计入"),
    "lifted": _("已撤销，不计入"),
}
"""Where a no-show that counts stands."""
STRIKE_EFFECTS: Words = {"behind": _("新报名排在候补的其他人后面"), "review": _("新报名先经审核")}
LIFTS: Words = {
    "came": _("门口有入场记录"),
    "changed": _("时间、地点后来改过，或已取消"),
    "not_in": _("报名后来由主办方取消"),
    "not_own": _("不是本人报的名额"),
    "no_door": _("那一场的门口记录撤回了"),
    "merged": _("重复的人合并了"),
    "erased": _("本人的数据已删除"),
}
"""Why the system lifted one."""


def options(words: Words, empty: LazyString | str | None = None) -> list[tuple[str, LazyString | str]]:
    """Return the codes with their words for a list to choose from; `empty` is the word of no choice."""
    front: list[tuple[str, LazyString | str]] = [] if empty is None else [("", empty)]
    return front + list(words.items())


QUESTION_TYPES: Words = {
    "text": _("一行字"),
    "long_text": _("几行字"),
    "choice": _("单选"),
    "choices": _("多选"),
    "yes_no": _("是或否"),
    "file": _("文件"),
}
ABOUT: Words = {"session": _("每场都问"), "person": _("问本人，一次报几场只问一次")}
YES_NO: Words = {"yes": _("是"), "no": _("否")}
PURPOSES: Words = {
    "registration": _("报名用的个人信息"),
    "sensitive": _("敏感信息"),
    "guardian": _("未满 14 周岁的孩子"),
    "sharing": _("提供给合办单位"),
    "publishing": _("公布姓名和照片"),
}
ID_TYPES: Words = {
    "resident": _("居民身份证"),
    "passport": _("护照"),
    "hk_macao_permit": _("港澳居民来往内地通行证"),
    "taiwan_permit": _("台湾居民来往大陆通行证"),
    "residence_permit": _("港澳台居民居住证"),
    "foreign_resident": _("外国人永久居留身份证"),
}
DESTROYED: Words = {"identities": _("证件号"), "people": _("个人信息")}
COUNTED: Words = {
    **ID_TYPES,
    "identities": _("证件号"),
    "people": _("人"),
    "passes": _("入场码"),
    "files": _("文件"),
}
"""What the counts of a certificate of destruction are of."""

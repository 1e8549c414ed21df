"""Forms of messages: the words of a kind, the hours of a week, a message to many."""

from flask_babel import lazy_gettext as _

from eventweek.web.forms.records import Group, RecordForm
from eventweek.web.forms.shared import Clock, Line, Moment, Pick, Prose, Several, Tick, Whole

CHANNELS = {
    "": _("平常的办法：先邮件，没有邮箱就短信"),
    "email": _("只用邮件"),
    "sms": _("只用短信"),
    "sms,email": _("先短信，不行再邮件"),
    "email,sms": _("先邮件，不行再短信"),
    "wechat,sms,email": _("先微信，再短信，再邮件"),
    "wechat,email": _("先微信，再邮件"),
    "wechat,email,sms": _("先微信，再邮件，再短信"),
}
CHOICES = [pair for pair in CHANNELS.items() if pair[0] != "email,sms"]
HELD = _("这段时间的消息早上再发；验证码、对本人刚做的事的回复、马上开始的变动除外。")
SMS = _("连签名最多 300 字，太长会先缩短名称；链接不缩短。")


class MessageTextForm(RecordForm):
    """The words of a kind of message; what is empty is as usual."""

    channels = Pick(_("怎么送"), choices=CHOICES)
    subject_zh = Line(_("邮件主题"), 200)
    subject_en = Line(_("英文邮件主题"), 200)
    body_zh = Prose(_("邮件正文"), 4000, description=_("空一行分段；一段里写到的都是空的，这一段就不写。"))
    body_en = Prose(_("英文正文"), 4000)
    sms_zh = Line(_("短信"), 300, description=SMS)
    sms_en = Line(_("英文短信"), 300)
    sms_template_zh = Line(_("短信模板编号"), 64, description=_("服务商审核通过的；它不接受自由文字时才用。"))
    sms_template_en = Line(_("英文短信模板编号"), 64)
    wechat_zh = Prose(_("微信字段"), 500, description=_("一行一个：thing1={session}。每个最多 20 字。"))
    wechat_en = Prose(_("英文微信字段"), 500)
    wechat_template_zh = Line(_("微信模板编号"), 64, description=_("一次性订阅消息的模板；空着就不走微信。"))
    wechat_template_en = Line(_("英文微信模板编号"), 64)

    GROUPS = (
        Group(_("怎么送"), ("channels",)),
        Group(_("邮件"), ("subject", "body_zh", "body_en")),
        Group(_("短信"), ("sms_zh", "sms_en", "sms_template")),
        Group(_("微信"), ("wechat", "wechat_template")),
    )
    NEEDED = frozenset({"channels"})


class MessageHoursForm(RecordForm):
    """When a week writes to people."""

    quiet_from = Clock(_("夜里从几点起不打扰"), description=_("例如 22:00。两个一样就是不停。"))
    quiet_until = Clock(
        _("到几点"), description=_("这段时间的消息早上再发；验证码、对本人刚做的事的回复、马上开始的变动除外。")
    )
    remind = Tick(_("活动前发提醒"))
    remind_days = Whole(_("提前几天"))
    remind_at = Clock(_("几点发提醒"))
    sms_sign = Line(_("短信签名"), 20, description=_("不用写【】。空着用系统设置里的。"))

    GROUPS = (
        Group(_("不打扰的时间"), (("quiet_from", "quiet_until"),)),
        Group(_("提醒"), ("remind", ("remind_days", "remind_at"))),
        Group(_("签名"), ("sms_sign",)),
    )
    NEEDED = frozenset({"quiet_from", "quiet_until", "remind", "remind_days", "remind_at"})


class CampaignForm(RecordForm):
    """A message to a filtered set of people."""

    purpose = Line(_("为什么写"), 100, description=_("只写与报名有关的服务通知。这一句记入操作记录，收件人看不到。"))
    subject_zh = Line(_("邮件主题"), 200)
    subject_en = Line(_("英文邮件主题"), 200)
    body_zh = Prose(_("邮件正文"), 4000)
    body_en = Prose(_("英文正文"), 4000, description=_("空着，选英文的人也收到中文。"))
    sms_zh = Line(_("短信"), 300, description=_("空着就是主题加“我的一周”的链接。"))
    sms_en = Line(_("英文短信"), 300)
    sms_template_zh = Line(_("短信模板编号"), 64)
    sms_template_en = Line(_("英文短信模板编号"), 64)
    channels = Pick(_("怎么送"), choices=[pair for pair in CHOICES if "wechat" not in pair[0]])
    states = Several(_("报名状态"))
    session = Pick(_("哪一场"))
    kind = Pick(_("哪种类型"))
    city = Pick(_("哪个城市"))
    day = Pick(_("哪一天"))
    way = Pick(_("怎么参加"))

    GROUPS = (
        Group(_("写给谁"), ("states", ("session", "kind"), ("city", "day"), "way")),
        Group(_("为什么"), ("purpose",)),
        Group(_("邮件"), ("subject", "body_zh", "body_en")),
        Group(_("短信"), ("channels", "sms_zh", "sms_en", "sms_template")),
    )
    NEEDED = frozenset({"purpose", "subject_zh", "body_zh", "states", "channels"})


class SendingForm(RecordForm):
    """When a campaign goes."""

    at = Moment(_("什么时候发"), description=_("空着 = 马上。按活动周的时区，例如 2026-10-14 18:00。"))

    GROUPS = (Group(_("发送"), ("at",)),)

"""Sentences of messages and campaigns."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "message.unknown_names": _("%(names)s 不认识。只能用上面列出的名字，照抄花括号里的字。"),
    "message.missing_names": _("一定要写 %(names)s，不然收件人不知道怎么办。"),
    "message.bad_fields": _("“%(line)s”不是一个字段。一行写一个，例如 thing1={session}。"),
    "message.channels": _("渠道只有邮件、短信和微信，每个最多一次。"),
    "message.clock": _("时间写成 08:00 这样。"),
    "message.days": _("填 0 到 14 天。"),
    "message.not_found": _("没有这条消息。回到列表看看。"),
    "message.waiting": _("这条还没有发完。等它有了结果再重发。"),
    "message.forgotten": _("联系方式已按期清除，不能重发。"),
    "message.private": _("验证码不能重发。请本人再要一个。"),
    "message_kind.not_found": _("没有这种消息。回到列表看看。"),
    "campaign.not_found": _("没有这次群发。回到列表看看。"),
    "campaign.gone": _("这次群发已经发出或撤回，不能再改。新写一次。"),
    "campaign.nobody": _("现在没有人符合这些条件。改一改写给谁。"),
    "campaign.past": _("这个时间已经过了。填以后的时间，或空着马上发。"),
    "campaign.audience": _("“写给谁”里有认不出的条件。重新选。"),
    "campaign.too_many": _("没发出的群发最多 %(most)s 次。先发出或撤回一些。"),
    "campaign.no_address": _("程序没有自己的邮箱，不能试发。在工作台上试。"),
}

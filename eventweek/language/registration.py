"""Sentences of registration and passes."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "offering.not_found": _("没有这个报名项，或它已经撤下。回到日程重新选择。"),
    "offering.cancelled": _("这场活动已取消。看看日程里的其他场次。"),
    "offering.week_over": _("这一届活动周已经结束，不再接受报名。回到首页看最近的一届。"),
    "offering.week_not_open": _("这一届活动周现在不接受报名。留意首页的开放通知。"),
    "offering.closed": _("这一项的报名已经截止。看看日程里还有余位的场次。"),
    "offering.over": _("这场活动已经开始或结束，不能再报名。看看后面的场次。"),
    "offering.not_yet": _("%(opens)s 开始报名。到时再来。"),
    "offering.shared": _("所选场次已有报名项。先停用原来的报名项，再新建。"),
    "offering.unpublished": _("报名按发布的内容办。先发布这些场次，再开报名项。"),
    "offering.mode_none": _("报名项不能改成“不用报名”。不再收报名，就停止这个报名项。"),
    "offering.mode_slot": _("分时段入场的报名项只能是“分时段入场”。改用别的方式，先停止它，再新建一项。"),
    "offering.mode_taken": _(
        "已有 %(taken)s 个席位给出或在候补，不能换成另一类人的报名方式。先取消这些报名，或新建一项。"
    ),
    "mode.approval": _("这一场由主办方审核报名，暂不能自助报名。请联系活动周主办方。"),
    "mode.invite": _("这一场凭邀请参加，不能自助报名。收到邀请的来宾请按邀请函办理；其他人可选同一主题的开放场次。"),
    "mode.media": _("这一场面向媒体，凭记者证件参加。请联系活动周新闻组。"),
    "mode.none": _("这一场不接受报名。看看日程里的其他场次。"),
    "seat.full": _("名额已满，也不再候补。选别的时段或场次。"),
    "seat.cap_below_taken": _("已经给出 %(taken)s 个名额，容量不能更低。先取消一些报名，或填写超额人数。"),
    "party.empty": _("人数至少为 1。"),
    "party.too_large": _("一次最多 %(most)s 人。人数更多请联系主办方团体报名。"),
    "basket.empty": _("还没有选场次。先在日程里选好，再报名。"),
    "basket.too_long": _("一次最多报 %(longest)s 项。分几次报名。"),
    "basket.twice": _("同一项选了两次。删去一个，再提交。"),
    "basket.slot": _("先选一个时段，再提交。"),
    "name.required": _("请填写姓名。"),
    "name.length": _("姓名要 2 到 50 个字，现在是 %(length)s 个。"),
    "name.letters": _("姓名只能用文字、间隔号“·”和连字符。删去数字和符号。"),
    "phone.invalid": _("手机号不对。填 11 位手机号；境外号码以 + 和国家代码开头。"),
    "contact.required": _("手机号和邮箱至少填一个，用来找回入场码和通知变动。"),
    "consent.not_found": _("这一届还没有开放报名，没有个人信息说明。开放后再来。"),
    "registration.cancelling_over": _("活动开始前 %(minutes)s 分钟起不能自己取消。请联系主办方。"),
    "consent.changed": _("个人信息说明刚刚改过。请读一遍现在的，同意就再勾选一次。"),
    "consent.required": _("请阅读并勾选个人信息说明。"),
    "registration.contact_taken": _(
        "这个联系方式现在不能用来报这一项。同行的家人请在一次报名里选人数；如果您报过名，请用“找回入场码”取得链接。"
    ),
    "registration.already": _("您已经报了这一项。在“我的一周”里查看。"),
    "registration.one_slot": _("同一天的展览每人只能约一个时段。先取消原来的时段，再约新的。"),
    "registration.not_found": _("没有这个报名。用您自己的入场码打开“我的一周”。"),
    "registration.ended": _("这个报名已经结束，不能再改。需要的话重新报名。"),
    "registration.started": _("活动已经开始，不能再改。请到现场找工作人员。"),
    "pass.not_found": _("没有这个入场码。核对号码，或用“找回入场码”。"),
    "pass.void": _("这个入场码已作废。请联系主办方。"),
    "pass.key_missing": _("这个入场码要换新码才能显示。请主办方重新出码；原来保存的二维码仍可入场。"),
}

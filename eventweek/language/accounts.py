"""Sentences of accounts."""

from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Role

ROLES = {
    Role.COMMITTEE: _("组委会"),
    Role.CITY: _("城市专班"),
    Role.VENUE: _("场馆方"),
    Role.TRACK: _("专题负责人"),
    Role.PROPOSER: _("申报单位"),
    Role.DOOR: _("门岗"),
    Role.READER: _("查看"),
    Role.AUDITOR: _("审计"),
}
DUTIES = {
    Role.COMMITTEE: _("管这一届的全部：日程、排期、申报、发布、报名、门口"),
    Role.CITY: _("改本市的场次，排进本市的厅室，报告本市的厅不能用了，看报名、审报名，初审本市的申报"),
    Role.VENUE: _("看日程；给排在本馆的场次改时间、换本馆的厅室、改时长、钉住；报告本馆的厅不能用了"),
    Role.TRACK: _("改本专题的场次，排进任何厅室"),
    Role.PROPOSER: _("替一个单位申报活动，别的都看不到"),
    Role.DOOR: _("扫码验票，管门口的设备"),
    Role.READER: _("只看，不改"),
    Role.AUDITOR: _("只看，还能查操作记录"),
}
BOUNDS = {
    Role.COMMITTEE: _("整届"),
    Role.CITY: _("一个城市"),
    Role.VENUE: _("一个场馆"),
    Role.TRACK: _("一个专题"),
    Role.PROPOSER: _("一个单位"),
    Role.DOOR: _("整届，或一个场馆"),
    Role.READER: _("整届"),
    Role.AUDITOR: _("整届"),
}
"""Of how much of an edition a role is held."""
SENTENCES = {
    "permission.denied": _("你的账号没有这项权限。请让管理员或组委会给你相应的角色。"),
    "sign_in.failed": _("邮箱或密码不对。连续错 5 次会锁 15 分钟；忘了密码，请管理员重新邀请你。"),
    "user.not_found": _("没有这个用户。回到用户列表重新选。"),
    "user.own_account": _("不能停用自己的账号。请另一位管理员来停用。"),
    "user.last_administrator": _("这是最后一位在用的管理员。先让另一个人成为管理员，再改这一位。"),
    "user.disabled": _("这个邮箱的账号已停用。先在用户页启用它。"),
    "invitation.not_found": _("这个邀请链接不对、已经用过或已过期。请管理员重新邀请。"),
    "invitation.open": _("这个邮箱已有一个没用过的邀请。先撤回它，再重新邀请。"),
    "grant.role_unknown": _("没有这个角色。从列表里选一个。"),
    "grant.week_unknown": _("没有这一届活动周。从列表里选一届。"),
    "grant.scope_missing": _("这个角色要选一个范围：城市、场馆、专题或单位。"),
    "grant.scope_wrong": _(
        "这个角色不能用在这个范围。城市角色选城市，场馆和门岗选场馆，专题角色选专题，申报单位选单位。"
    ),
    "grant.scope_unknown": _("这一届没有这个范围。从列表里重新选。"),
    "key.beyond": _("密钥不能比你自己能做的更多。选你在这一届有的角色，或更小的。"),
    "key.days": _("从列表里选密钥的有效期，最长一年。"),
    "key.too_many": _("一个人最多有 %(most)s 把在用的密钥。先撤销不用的，再建新的。"),
    "key.not_found": _("没有这把密钥。回到列表重新选。"),
    "key.unknown": _("这把密钥不能用：不对、已过期、已撤销，或它的主人不再有这个角色。在“我的账号”里建一把新的。"),
    "name.missing": _("填写姓名。"),
    "password.wrong": _("现在的密码不对。再输一次。"),
    "password.short": _("密码至少 %(shortest)s 个字符，现在是 %(length)s 个。几个不相干的词连起来就够长，也好记。"),
    "password.long": _("密码最多 %(longest)s 个字符。短一些再试。"),
    "password.personal": _("密码里不要用自己的姓名或邮箱。换一个别人想不到的。"),
    "password.common": _("这个密码太常见，最先被人试到。换几个不相干的词连起来。"),
}

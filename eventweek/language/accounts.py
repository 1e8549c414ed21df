"""Sentences of accounts."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "permission.denied": _("您的账号没有这项权限。请让管理员或组委会给您相应的角色。"),
    "sign_in.failed": _("邮箱或密码不对。连续错 5 次会锁 15 分钟；忘了密码，请管理员重新邀请您。"),
    "user.not_found": _("没有这个用户。回到用户列表重新选。"),
    "name.missing": _("填写姓名。"),
    "password.wrong": _("现在的密码不对。再输一次。"),
    "password.short": _("密码至少 %(shortest)s 个字符，现在是 %(length)s 个。几个不相干的词连起来就够长，也好记。"),
    "password.long": _("密码最多 %(longest)s 个字符。短一些再试。"),
    "password.personal": _("密码里不要用自己的姓名或邮箱。换一个别人想不到的。"),
    "password.common": _("这个密码太常见，最先被人试到。换几个不相干的词连起来。"),
}

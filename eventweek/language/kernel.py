"""Sentences of the kernel."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "email.invalid": _("邮箱地址不对。检查 @ 前后的部分。"),
    "file.disk_full": _("服务器的磁盘满了，文件没有存下来。请告诉管理员，腾出空间后再试。"),
    "file.not_found": _("没有这个文件，可能已被撤下。回到原来的页面看看。"),
    "idempotency.key": _("Idempotency-Key 要有 1 到 %(longest)s 个可见字符。换一个再发。"),
    "idempotency.mismatch": _("这个 Idempotency-Key 已经用于另一个请求。新的请求换一个新的。"),
    "limit.reached": _("请求太密了。%(seconds)s 秒后再试。"),
    "text.too_long": _("文字最多 %(longest)s 个字，现在是 %(length)s 个。改短后再试。"),
    "input.invalid": _("有几处要改，改好后再提交。"),
}

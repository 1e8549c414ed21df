"""Sentences of the API."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "request.bad": _("这个请求读不懂。对照接口说明 /api/v1/docs 改好再发。"),
    "request.host": _("这个主机名不是本站的。用公布的地址。"),
    "request.not_found": _("没有这个地址。接口说明在 /api/v1/docs。"),
    "request.method": _("这个地址不支持这种方法。支持的方法在 Allow 头里。"),
    "request.accept": _("这里只有 JSON。把 Accept 改成 application/json。"),
    "request.too_large": _("内容太大，一次最多 %(longest)s MB。减小或拆成几次再发。"),
    "request.form": _("文件要用表单上传：Content-Type 写 multipart/form-data，文件放在 file 一栏。"),
    "request.media_type": _("请求内容要是 JSON：Content-Type 写 application/json。"),
    "request.json": _("这不是有效的 JSON：不能有 NaN、无穷大，嵌套最多 20 层。改好再发。"),
    "request.encoding": _("文字要是完整的 UTF-8 字符，不能有单独的代理码。改好再发。"),
    "precondition.missing": _("要改的是哪一版？把读到的 ETag 写在 If-Match 头里；新建时写 If-None-Match: *。"),
    "server.fault": _("这里出了故障，已经记下。过一会儿再试，或把 request_id 告诉我们。"),
    "token.missing": _("需要凭证：在 Authorization 头里写 Bearer 和你的令牌。"),
    "token.unknown": _("这个令牌无效，或已被更换。用最新的管理链接里的令牌。"),
    "json.required": _("缺这一项。补上再发。"),
    "receipt.unsigned": _("签名不对，或时间差了五分钟以上。按 docs/channels.md 签名。"),
    "json.type": _("这一项的类型不对。对照接口说明改好。"),
    "json.unknown": _("没有这一项。检查拼写，或删掉它。"),
    "json.length": _("这一项太长或太短。对照接口说明改好。"),
    "json.range": _("这个数超出范围。对照接口说明改好。"),
    "json.instant": _("时间写成 2026-10-15T01:30:00Z 这样，写明时区。"),
    "json.choice": _("这一项只能取接口说明里列出的值。"),
}

"""Sentences of the demo week."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "demo.present": _("演示周已经载入。要重新载入，先运行 eventweek demo remove。"),
    "demo.absent": _("没有演示周可删除。"),
}

"""Sentences of the kernel."""

from flask_babel import lazy_gettext as _

SENTENCES = {
    "text.too_long": _("文字最多 %(longest)s 个字，现在是 %(length)s 个。改短后再试。"),
    "input.invalid": _("有几处要改，改好后再提交。"),
}

"""Words and signs of the door's answers."""

from flask_babel import lazy_gettext as _

from eventweek.checkin.enums import Override

WORDS = {
    ("in", "yes"): _("放行"),
    ("in", "ask"): _("请稍等"),
    ("in", "no"): _("不放行"),
    ("out", "yes"): _("已离场"),
    ("annul", "yes"): _("已撤回"),
    ("annul", "no"): _("撤不回"),
}
SIGNS = {
    "yes": '<circle cx="50" cy="50" r="44"/><path d="M28 52l16 16 30-34"/>',
    "ask": '<path d="M50 8L94 90H6z"/><path d="M50 38v24M50 75v1"/>',
    "no": '<path d="M32 6h36l26 26v36L68 94H32L6 68V32z"/><path d="M35 35l30 30M65 35L35 65"/>',
}
OVERRIDES = {
    Override.GUEST: _("嘉宾或陪同"),
    Override.SEATS: _("还有空位"),
    Override.MISTAKE: _("报错场次"),
    Override.HELPER: _("工作人员"),
    Override.RETURN: _("刚出去又回来"),
}

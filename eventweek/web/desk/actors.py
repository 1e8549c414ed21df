"""Names of who did something, for lists and histories."""

from collections.abc import Collection

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _

from eventweek.accounts.queries import map_names
from eventweek.programme.queries.keys import map_keys

OTHERS: dict[str, LazyString] = {
    "system": _("系统"),
    "demo": _("演示数据"),
    "visitor": _("访客"),
    "speaker": _("嘉宾本人"),
}


def name_actors(labels: Collection[str]) -> dict[str, str]:
    """Return the names of users, and words for those who are none, by the labels that the audit keeps."""
    keys = {
        label: gettext("密钥“%(key)s”（%(owner)s）", key=key, owner=owner)
        for label, (key, owner) in map_keys(labels).items()
    }
    return {label: str(word) for label, word in OTHERS.items()} | map_names(labels) | keys

"""Names of who did something, for lists and histories."""

from collections.abc import Collection

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from eventweek.accounts.queries import map_names

OTHERS: dict[str, LazyString] = {"system": _("系统"), "demo": _("演示数据"), "visitor": _("访客")}


def name_actors(labels: Collection[str]) -> dict[str, str]:
    """Return the names of users, and words for those who are none, by the labels that the audit keeps."""
    return {label: str(word) for label, word in OTHERS.items()} | map_names(labels)

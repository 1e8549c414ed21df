"""Where a sign-in leads: a path of ours or nothing."""

import re
from urllib.parse import urlsplit

_SAFE = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f-\xa0\u2000-\u202f\u2060-\u206f\ufeff\ud800-\udfff]*")


def onward(wanted: str) -> str:
    """Return `wanted` when it is a path on this site, else an empty text.

    Browsers read `//x`, `/\\x` and a path with tabs or line ends inside as another host: all are refused.
    """
    if len(wanted) > 2000 or not _SAFE.fullmatch(wanted):
        return ""
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return ""
    return "" if parts.scheme or parts.netloc or parts.path.endswith(("/sign-in", "/sign-out")) else wanted

"""Addresses of the web that people write into the programme (pure)."""

import unicodedata
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from eventweek.programme.rules.values import Schema, Wrong

LONGEST = 1000
_BREAKING = frozenset(' "<>\\^`{|}')


@dataclass(frozen=True)
class Url:
    """An http or https address without credentials, spaces or control characters; international names may stay so.

    Source: RFC 3986, 2 and 3; RFC 3987 for letters that are not ASCII.
    """

    longest: int = LONGEST
    required: bool = False
    default: str = ""

    def clean(self, value: object) -> str:
        """Raises: Wrong value.type, text.too_long, url.shape."""
        if value is None:
            return ""
        if not isinstance(value, str):
            raise Wrong("value.type")
        text = value.strip(" \t\r\n\u3000")
        if len(text) > self.longest:
            raise Wrong("text.too_long", longest=self.longest, length=len(text))
        if text and not _is_address(text):
            raise Wrong("url.shape")
        return unicodedata.normalize("NFC", text)

    def schema(self) -> Schema:
        """Describe an address."""
        return {
            "type": "string",
            "format": "iri",
            "pattern": "^([Hh][Tt]{2}[Pp][Ss]?://.+)?$",
            "maxLength": self.longest,
        }


def host_of(url: str) -> str:
    """Return the host of a clean address as readers know it, without `www.`."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _is_address(text: str) -> bool:
    if not text.isprintable() or not _BREAKING.isdisjoint(text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and "@" not in parts.netloc and _has_host(parts)
    except ValueError:
        return False


def _has_host(parts: SplitResult) -> bool:
    """Say whether host and port can be; ValueError where they cannot even be read."""
    host = parts.hostname or ""
    return bool(host) and (":" in host or bool(host.encode("idna"))) and parts.port != 0

"""The one place where text from outside is cleaned: the same answer on every database."""

import re
import unicodedata

import nh3
from markdown_it import MarkdownIt

from eventweek.kernel.errors import Refusal

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_MARKDOWN = MarkdownIt("commonmark", {"html": False})
_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "h1", "h2", "h3", "h4", "blockquote", "code", "pre", "hr"}


def clean_line(text: str, longest: int) -> str:
    """Return one line: NFC, forbidden characters and line ends gone, spaces folded.

    Raises: Refusal text.too_long with `longest` and `length` in characters.
    """
    return _within(" ".join(_clean(text).split()), longest)


def clean_text(text: str, longest: int) -> str:
    """Return several lines: NFC, LF line ends, forbidden characters gone, outer space trimmed.

    Raises: Refusal text.too_long.
    """
    return _within(_clean(text.replace("\r\n", "\n").replace("\r", "\n")).strip(), longest)


def search_key(text: str) -> str:
    """Return the form in which texts are searched: NFKC, case folded, spaces folded."""
    return " ".join(unicodedata.normalize("NFKC", _clean(text)).casefold().split())


def markdown_html(text: str) -> str:
    """Render CommonMark for a page of ours, which has its `h1` already; otherwise like `plain_html`."""
    return plain_html(text).replace("<h1>", "<h2>").replace("</h1>", "</h2>")


def plain_html(text: str) -> str:
    """Render CommonMark without raw HTML and sanitise the result to a short list of tags."""
    return nh3.clean(
        _MARKDOWN.render(text), tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}
    )


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", _FORBIDDEN.sub("", text))


def _within(text: str, longest: int) -> str:
    if len(text) > longest:
        raise Refusal("text.too_long", longest=longest, length=len(text))
    return text

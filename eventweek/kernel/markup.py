"""Turn the HTML of other systems into the Markdown that we keep, without losing a word."""

import re
from typing import Any

from bs4.element import NavigableString, Tag
from markdownify import MarkdownConverter

from eventweek.kernel.text import clean_text

_HTML = re.compile(
    r"</?(p|br|div|span|ul|ol|li|em|strong|b|i|u|a|h[1-6]|pre|code|blockquote|table|hr)(\s[^<>]*)?/?>", re.IGNORECASE
)


class _Converter(MarkdownConverter):
    """CommonMark with `#` headings; what Markdown cannot say keeps its words."""

    def convert_em(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Leave emphasis plain where CommonMark would not read its marks: a sign inside, a letter right outside."""
        return text if _unreadable(el, text) else str(super().convert_em(el, text, parent_tags))  # type: ignore[misc]

    convert_i = convert_em

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Keep what a picture says in words."""
        return str(el.get("alt") or "")


_CONVERTER = _Converter(heading_style="ATX", bullets="-", escape_misc=True, newline_style="BACKSLASH")


def markdown_of(text: str) -> str:
    """Return a text that may be HTML as Markdown; one without tags is taken for Markdown already."""
    text = clean_text(text, len(text))  # before: a line of zero-width characters would become a break
    return str(_CONVERTER.convert(text)).strip() if _HTML.search(text) else text


def _unreadable(el: Tag, text: str) -> bool:
    """Say whether a mark would stand between a letter and a sign (CommonMark 0.31, 6.2: flanking runs)."""
    before, after = _beside(el.previous_sibling, -1), _beside(el.next_sibling, 0)
    return (before.isalnum() and not text[:1].isalnum()) or (after.isalnum() and not text[-1:].isalnum())


def _beside(sibling: Any, at: int) -> str:
    return str(sibling)[at] if isinstance(sibling, NavigableString) and sibling else ""

"""Where a Chinese title may break on a page."""

from functools import lru_cache

from markupsafe import Markup, escape

from eventweek.language.wrapping import pieces_of


@lru_cache(maxsize=4096)
def with_breaks(text: str) -> Markup:
    """Return the text, escaped, with `<wbr>` between known words and a word joiner before a middle dot."""
    return Markup("<wbr>").join(escape(piece) for piece in pieces_of(text))

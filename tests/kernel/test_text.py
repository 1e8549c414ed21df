"""Text from outside is cleaned in one place."""

import pytest

from eventweek.kernel.errors import Refusal
from eventweek.kernel.text import clean_line, clean_text, markdown_html, search_key


@pytest.mark.parametrize(
    "raw,clean",
    [
        (" 全　角 \t 空格 ", "全 角 空格"),
        ("a\x00b\x1b\u202ec\u200bd\r\nX: y", "abcd X: y"),
        ("𠮷\ud83d野", "𠮷野"),
        ("e\u0301", "é"),
    ],
)
def test_clean_line(raw: str, clean: str) -> None:
    assert clean_line(raw, 40) == clean


def test_clean_text_keeps_lines_and_refuses_the_too_long() -> None:
    assert clean_text("一\r\n二\r", 10) == "一\n二"
    with pytest.raises(Refusal) as refusal:
        clean_text("x" * 100_000, 2000)
    assert (refusal.value.code, refusal.value.facts) == ("text.too_long", {"longest": 2000, "length": 100_000})


def test_search_key_folds_width_and_case() -> None:
    assert search_key("ＡＩ　路演") == "ai 路演"


def test_markdown_cannot_carry_script() -> None:
    html = markdown_html("**好** <script>x</script> [a](javascript:x) <img src=x onerror=y>")
    assert "<strong>好</strong>" in html
    assert "<script" not in html and "<img" not in html and 'href="javascript' not in html

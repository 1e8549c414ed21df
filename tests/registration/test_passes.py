"""Tokens are fixed for ever by vectors; reading forgives what people type."""

import pytest

from eventweek.kernel.tokens import derive
from eventweek.registration.passes import MANAGE, SHORT, TOKEN, digest, parse_short_code, parse_token

KEY, SEED = bytes(range(32)), bytes(range(16))


@pytest.mark.parametrize(
    ("domain", "epoch", "size", "token"),
    [
        (TOKEN, 1, 16, "0AK84QF2YEK594SX9647HTB9KK"),
        (TOKEN, 2, 16, "0AG1K3CHBBYQQ8HE3BVH3KPVZD"),
        (TOKEN, 2**32 - 1, 16, "21GTTVSYDV5CS05RNQ4SQP9R3T"),
        (SHORT, 1, 5, "QQ5CVT35"),
        (MANAGE, 1, 16, "5P0RS27BJ3WBVTCKZ3J55A7YZV"),
    ],
)
def test_vectors(domain: bytes, epoch: int, size: int, token: str) -> None:
    """Printed passes outlive releases of this software."""
    assert derive(KEY, domain, SEED, epoch, size) == token


@pytest.mark.parametrize(
    "text",
    [
        "7ZZZZZZZZZZZZZZZZZZZZZ0110",
        "7zzzzzzzzzzzzzzzzzzzzzoilo",
        " 7ZZZZ-ZZZZZ ZZZZZ-ZZZZZ-ZZ0110\n",
        "HTTPS://WEEK.EXAMPLE.CN/T/7ZZZZZZZZZZZZZZZZZZZZZ0110",
        "https://week.example.cn/t/7zzzzzzzzzzzzzzzzzzzzz0110?from=timeline#x",
    ],
)
def test_a_token_is_read_as_it_is_typed(text: str) -> None:
    assert parse_token(text) == "7ZZZZZZZZZZZZZZZZZZZZZ0110"


@pytest.mark.parametrize(
    "text",
    ["", "7ZZZ", "U" * 26, "0" * 25, "0" * 27, "\ud800" * 26, "０" * 26, "/T/", "https://x/T/" + "0" * 9000, "\0"],
)
def test_rubbish_is_no_token(text: str) -> None:
    assert parse_token(text) is None


def test_short_codes_and_digests() -> None:
    assert parse_short_code("abcd-efg o") == "ABCDEFG0"
    assert parse_short_code("abcd") is None
    assert len(digest("A")) == 64

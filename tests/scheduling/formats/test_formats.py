"""A file is read by what it is; what is none of the known formats is refused with the cure."""

import json

import pytest

from eventweek.kernel.errors import Refusal
from eventweek.programme.rules.documents import FORMAT, LARGEST
from eventweek.scheduling.formats import read_any

DOCUMENT = {"format": FORMAT, "source": "test", "rooms": [{"id": "hall"}]}


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b"\n "])
def test_our_own_json_is_recognised_whatever_its_name(start: bytes) -> None:
    reading = read_any(start + json.dumps(DOCUMENT).encode(), "photo.png")
    assert (reading.format, reading.document) == ("json", DOCUMENT)
    assert reading.locate("rooms[0].id").path == "rooms[0].id"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import.empty"),
        (b" \n\t", "import.empty"),
        (b"x" * (LARGEST + 1), "import.too_large"),
        (b"\x89PNG\r\n\x1a\n", "import.unknown_format"),
        (b"%PDF-1.7\n%%EOF", "import.unknown_format"),
        (b"{", "import.not_json"),
    ],
)
def test_other_files_are_refused_with_the_reason(content: bytes, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        read_any(content, "week.json")

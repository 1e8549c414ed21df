"""libical, which stands behind many desktop calendars, finds nothing to complain about in our feed."""

import ctypes

import pytest
from flask.testing import FlaskClient


@pytest.fixture
def libical() -> ctypes.CDLL:
    """Give the installed library with its restriction check (RFC 5546 tables)."""
    try:
        library = ctypes.CDLL("libical.so.3")
    except OSError:
        pytest.skip("needs libical: apt-get install libical3")
    library.icalparser_parse_string.restype = ctypes.c_void_p
    library.icalparser_parse_string.argtypes = [ctypes.c_char_p]
    for function in ("icalrestriction_check", "icalcomponent_count_errors", "icalcomponent_free"):
        getattr(library, function).argtypes = [ctypes.c_void_p]
    return library


def complaints(library: ctypes.CDLL, body: bytes) -> tuple[int, int]:
    component = library.icalparser_parse_string(body)
    assert component
    valid = library.icalrestriction_check(component)
    errors = library.icalcomponent_count_errors(component)
    library.icalcomponent_free(component)
    return valid, errors


def test_libical_accepts_the_feed(demo_client: FlaskClient, libical: ctypes.CDLL) -> None:
    for path in ("/w/jl2026/feed.ics", "/en/w/jl2026/feed.ics"):
        assert complaints(libical, demo_client.get(path).data) == (1, 0)


def test_the_check_bites(demo_client: FlaskClient, libical: ctypes.CDLL) -> None:
    body = demo_client.get("/w/jl2026/feed.ics").data
    assert complaints(libical, body.replace(b"DTSTART;TZID=Asia/Shanghai:", b"DTSTART;TZID=Asia/Shanghai:x"))[1] > 0

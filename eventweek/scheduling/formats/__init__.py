"""Formats of a programme's file: one table of readers, chosen by what the bytes are, never by the file's name alone."""

from collections.abc import Callable
from dataclasses import dataclass

from eventweek.kernel.errors import Refusal
from eventweek.kernel.tables import is_office, read_tables
from eventweek.programme.rules.documents import LARGEST, checked, load_json
from eventweek.scheduling.formats.conference.reader import read_json_schedule, read_xml_schedule
from eventweek.scheduling.formats.reading import Context, Fault, Place, Reading
from eventweek.scheduling.formats.sheets.reader import read_sheets

__all__ = ["Context", "Fault", "Place", "Reading", "read_any"]


@dataclass(frozen=True)
class Reader:
    """One format: `recognises` looks at the bytes and the name, `read` raises Refusal with the exact place."""

    recognises: Callable[[bytes, str], bool]
    read: Callable[[bytes, str, Context], Reading]


def read_any(content: bytes, name: str, context: Context | None = None) -> Reading:
    """Read a file of any known format.

    Raises: Refusal import.empty, import.too_large, import.unknown_format, or what the format's reader says.
    """
    if len(content) > LARGEST:
        raise Refusal("import.too_large", longest=LARGEST // 1_000_000)
    if not content.strip():
        raise Refusal("import.empty")
    for reader in READERS:
        if reader.recognises(content, name):
            return reader.read(content, name, context or Context())
    raise Refusal("import.unknown_format")


def begins_with(content: bytes, *starts: bytes) -> bool:
    """Say whether a text begins so, after a byte order mark and spaces."""
    return content[:400].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(starts)


def _is_json(content: bytes, _name: str) -> bool:
    return begins_with(content, b"{", b"[")


def _read_json(content: bytes, _name: str, context: Context) -> Reading:
    document = load_json(content)
    if isinstance(document, dict) and "schedule" in document:
        return read_json_schedule(document, context)
    return Reading("json", checked(document))


def _is_table(content: bytes, _name: str) -> bool:
    """Take office files, and what begins like a text; a picture or a PDF is neither."""
    marks = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")
    return (
        is_office(content)
        or content.startswith(marks)
        or (b"\0" not in content[:400:2] and content[:1] >= b"\t" and not content.startswith((b"\x89", b"%PDF-")))
    )


def _read_table(content: bytes, name: str, context: Context) -> Reading:
    return read_sheets(read_tables(content, name), context)


def _is_xml(content: bytes, _name: str) -> bool:
    return begins_with(content, b"<") or content[:2] in (b"<\0", b"\0<") or content[:3] in (b"\xff\xfe<", b"\xfe\xff\0")


def _read_xml(content: bytes, _name: str, context: Context) -> Reading:
    return read_xml_schedule(content, context)


READERS: tuple[Reader, ...] = (
    Reader(_is_xml, _read_xml),
    Reader(_is_json, _read_json),
    Reader(_is_table, _read_table),
)
"""The first that recognises a file reads it: put the narrower before the wider."""

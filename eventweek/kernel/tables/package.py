"""The zipped package of a workbook, looked through before anything parses it."""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass

from eventweek.kernel.errors import Refusal

MOST_PARTS = 2_000
LARGEST_UNPACKED = 128 * 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PARTS = re.compile(
    r"(\[Content_Types\]\.xml|_rels/\.rels|xl/[^/]+\.xml|xl/_rels/[^/]+|xl/worksheets/[^/]+\.xml)", re.I
)
_DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)")


@dataclass(frozen=True)
class Package:
    """The parts of a workbook that hold cells, unpacked and without entities; `packed` holds exactly these."""

    parts: dict[str, bytes]

    @property
    def packed(self) -> io.BytesIO:
        """Return the parts as a new package, so that nothing unchecked reaches a parser."""
        store = io.BytesIO()
        with zipfile.ZipFile(store, "w") as target:
            for name, content in self.parts.items():
                target.writestr(name, content)
        store.seek(0)
        return store


def is_office(content: bytes) -> bool:
    """Say whether this is a workbook, or something that looks like one and deserves its own refusal."""
    return content.startswith((b"PK\x03\x04", _OLE)) or (content.startswith(b"PK") and b"xl/" in content)


def open_package(content: bytes) -> Package:
    """Unpack the parts of a workbook within fixed limits.

    Raises: Refusal table.encrypted, table.old_format, table.broken, table.macros, table.other_office, table.unpacked,
        table.entities with `part`.
    """
    if content.startswith(_OLE):
        raise Refusal("table.encrypted" if _ENCRYPTED in content else "table.old_format")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_others(archive)
            return Package(_unpacked(archive))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
        raise Refusal("table.broken") from None


def _refuse_others(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = {entry.filename.lower() for entry in entries}
    if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise Refusal("table.unpacked", longest=LARGEST_UNPACKED // 1024 // 1024)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refusal("table.encrypted")
    if any(name.endswith("vbaproject.bin") for name in names):
        raise Refusal("table.macros")
    if "xl/workbook.xml" not in names:
        raise Refusal("table.other_office")


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    parts = {}
    for entry in archive.infolist():
        if not _PARTS.fullmatch(entry.filename):
            continue
        content = archive.read(entry)  # never more than the size that was added up above
        if _DECLARED.search(content):
            raise Refusal("table.entities", part=entry.filename[:80])
        parts[entry.filename] = content
    return parts

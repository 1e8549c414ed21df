"""Files from outside that are handed on as they are: told by their bytes, against a list of what may pass."""

import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import quote

from eventweek.kernel.errors import Refusal

LONGEST_NAME = 120
_OPEN = "application/vnd.oasis.opendocument."
_OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {
    "pdf": "application/pdf",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "odp": f"{_OPEN}presentation",
    "odt": f"{_OPEN}text",
    "ods": f"{_OPEN}spreadsheet",
    "txt": "text/plain; charset=utf-8",
}
"""What may pass -> its media type; the key is also the ending of the name under which it is saved."""
_FOLDERS = {"ppt/": "pptx", "word/": "docx", "xl/": "xlsx"}
_MOST_PARTS = 20_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8")


@dataclass(frozen=True)
class Recognised:
    """What a file is: the key of its type, and the name under which it may be saved."""

    kind: str
    name: str

    @property
    def content_type(self) -> str:
        """Return its media type."""
        return TYPES[self.kind]


def disposition(title: str) -> str:
    """Return the header that makes browsers save a file under a name in any script (RFC 6266, RFC 8187)."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_. ") else "_" for c in title)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(title, safe='')}"


def recognise(content: bytes, name: str, largest: int) -> Recognised:
    """Tell a file of at most `largest` bytes by its content; the name only lends its stem.

    Raises: Refusal upload.empty, upload.too_large with `longest` (MB), upload.picture, upload.old_office,
        upload.macros, upload.archive, upload.broken, upload.unknown.
    """
    if not content:
        raise Refusal("upload.empty")
    if len(content) > largest:
        raise Refusal("upload.too_large", longest=largest // 1_000_000)
    kind = _kind(content)
    return Recognised(kind, safe_name(name, kind))


def safe_name(name: str, kind: str) -> str:
    """Return a name that is one on every system: no path, no hidden sign, no second ending, the ending of its kind."""
    stem = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", stem)
    stem = "".join(c if c.isprintable() and c not in '<>:"|?*%' else " " for c in stem)
    stem = " ".join(stem.split()).strip(". ")[:LONGEST_NAME].strip(". ")
    return f"{stem or 'file'}.{kind}"


def _kind(content: bytes) -> str:
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    if content.startswith(b"PK"):
        return _package(content)
    if content.startswith(_OLE):
        raise Refusal("upload.old_office")
    if content.startswith(_PICTURES) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP"):
        raise Refusal("upload.picture")
    if content[:6] in (b"7z\xbc\xaf'\x1c", b"Rar!\x1a\x07") or content[:2] == b"\x1f\x8b":
        raise Refusal("upload.archive")
    return _text(content)


def _pdf(content: bytes) -> str:
    """Let a whole PDF pass (ISO 32000-1, 7.5.5: it ends with %%EOF)."""
    if b"%%EOF" not in content[-2048:]:
        raise Refusal("upload.broken")
    return "pdf"


def _package(content: bytes) -> str:
    """Tell an office document by what its archive lists; nothing is unpacked but the first word of OpenDocument."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if len(parts) > _MOST_PARTS:
                raise Refusal("upload.archive")
            if any(name.lower().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names):
                raise Refusal("upload.macros")
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                return _open_document(archive.read("mimetype"))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise Refusal("upload.broken") from error
    if "[Content_Types].xml" in names:
        for folder, kind in _FOLDERS.items():
            if any(name.startswith(folder) for name in names):
                return kind
    raise Refusal("upload.archive")


def _open_document(said: bytes) -> str:
    for kind, content_type in TYPES.items():
        if content_type.startswith(_OPEN) and said.strip() == content_type.encode():
            return kind
    raise Refusal("upload.archive")


def _text(content: bytes) -> str:
    """Let plain text in UTF-8 pass, but no page or drawing with markup."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal("upload.unknown") from None
    strange = any(unicodedata.category(c) == "Cc" and c not in "\t\n\r\f" for c in text)
    if strange or text.lstrip().startswith("<") or re.search(r"<(script|svg|html|iframe)[\s>]", text, re.I):
        raise Refusal("upload.unknown")
    return "txt"

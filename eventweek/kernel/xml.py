"""Read XML from outside: no document type, no entities, bounded size and depth, every fault with line and column."""

import codecs
import re
from dataclasses import dataclass, field
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, Locator

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import create_parser

from eventweek.kernel.errors import Refusal

DEEPEST = 40
MOST = 400_000
_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_CONFLICT = re.compile(r"^(<{7}|={7}|>{7})(?= |$)", re.MULTILINE)
_LEGACY = {"gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030", "big5": "big5", "us-ascii": "ascii"}
_LEGACY |= {name: name for name in ("iso-8859-1", "iso-8859-15", "windows-1252", "shift_jis", "euc-kr")}


@dataclass(slots=True)
class Node:
    """An element: its name, attributes, own text, children, and the line and column on which it begins."""

    name: str
    attributes: dict[str, str]
    line: int
    column: int
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def child(self, name: str) -> "Node | None":
        """Return the first child of this name."""
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str) -> list["Node"]:
        """Return the children of this name."""
        return [child for child in self.children if child.name == name]

    def said(self, name: str) -> str:
        """Return the trimmed text of the first child of this name, empty where there is none."""
        found = self.child(name)
        return found.text.strip() if found else ""


def read_xml(content: bytes) -> Node:
    """Return the root of a document.

    Raises: Refusal import.encoding, import.conflict, import.xml_type, import.not_xml, import.xml_deep, import.too_many,
        each with `line`.
    """
    text = decoded(content)
    if marker := _CONFLICT.search(text):
        raise Refusal("import.conflict", line=text.count("\n", 0, marker.start()) + 1)
    parser = create_parser(forbid_dtd=True)
    builder = _Builder(parser)
    parser.setContentHandler(builder)
    try:
        parser.feed(text)
        parser.close()
    except SAXParseException as error:
        raise Refusal("import.not_xml", line=error.getLineNumber(), column=(error.getColumnNumber() or 0) + 1) from None
    except DefusedXmlException:
        raise Refusal("import.xml_type", line=parser.getLineNumber()) from None
    if builder.root is None:
        raise Refusal("import.not_xml", line=1, column=1)
    return builder.root


def decoded(content: bytes) -> str:
    """Return the text by its byte-order mark, else by what its first line declares, else as UTF-8.

    A file that declares one encoding and is plainly another is refused: silently wrong letters are worse than none.
    Raises: Refusal import.encoding with `line`, `column` and the `encoding`.
    """
    encoding = _encoding(content)
    try:
        text = content.decode(encoding)
        if encoding in _LEGACY.values() and not content.isascii() and _is_utf8(content):
            raise UnicodeDecodeError(encoding, content, *_first_foreign(content), "is UTF-8")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        column = error.start - before.rfind(b"\n")
        raise Refusal("import.encoding", line=before.count(b"\n") + 1, column=column, encoding=encoding) from None
    return text.removeprefix("\ufeff").lstrip()


def _encoding(content: bytes) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return encoding
    if content[:2] in (b"<\0", b"\0<"):
        return "utf-16-le" if content[:1] == b"<" else "utf-16-be"
    found = _DECLARED.match(content)
    declared = found[1].decode("ascii").lower() if found else "utf-8"
    if declared != "utf-8" and declared not in _LEGACY:
        raise Refusal("import.encoding", line=1, column=1, encoding=declared)
    return _LEGACY.get(declared, "utf-8")


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _first_foreign(content: bytes) -> tuple[int, int]:
    at = next(n for n, byte in enumerate(content) if byte > 127)
    return at, at + 1


class _Builder(ContentHandler):
    """Builds the tree; texts of an element are joined, children keep their own."""

    def __init__(self, locator: Locator) -> None:
        super().__init__()
        self.locator = locator
        self.root: Node | None = None
        self.open: list[Node] = []
        self.parts: list[list[str]] = []
        self.count = 0

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802
        line, column = self.locator.getLineNumber() or 0, (self.locator.getColumnNumber() or 0) + 1
        self.count += 1
        if len(self.open) >= DEEPEST:
            raise Refusal("import.xml_deep", line=line)
        if self.count > MOST:
            raise Refusal("import.too_many", line=line, most=MOST)
        node = Node(name, dict(attrs), line, column)
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
        self.open.append(node)
        self.parts.append([])

    def endElement(self, name: str) -> None:  # noqa: N802
        self.open.pop().text = "".join(self.parts.pop())

    def characters(self, content: str) -> None:
        if self.parts:
            self.parts[-1].append(content)

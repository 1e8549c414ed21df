"""Files are told by their bytes, and their names are made safe on every system."""

import zipfile
from io import BytesIO

import pytest

from eventweek.kernel.errors import Refusal
from eventweek.kernel.uploads import recognise, safe_name

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
LARGEST = 1_000_000


def package(*names: str, mimetype: str = "") -> bytes:
    """Return an archive with these parts, an OpenDocument's first word where one is given."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


PPTX = package("[Content_Types].xml", "ppt/presentation.xml")
ODP = package("content.xml", mimetype="application/vnd.oasis.opendocument.presentation")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "pdf"),
        (PPTX, "pptx"),
        (package("[Content_Types].xml", "word/document.xml"), "docx"),
        (package("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
        (ODP, "odp"),
        (package(mimetype="application/vnd.oasis.opendocument.text"), "odt"),
        ("议程\n09:30 开幕 𠮷林\n".encode(), "txt"),
        (b"\xef\xbb\xbfa,b\r\n1,2\r\n", "txt"),
        (b"if a < b and b > c: print('<3')", "txt"),
    ],
)
def test_what_may_pass_is_told_by_its_bytes(content: bytes, kind: str) -> None:
    for name in ("幻灯片", "幻灯片.exe", "幻灯片.pdf"):
        known = recognise(content, name, LARGEST)
        assert (known.kind, known.name) == (kind, f"幻灯片.{kind}")
        assert "/" in known.content_type


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "upload.empty"),
        (b"%PDF-1.7" + b"x" * LARGEST, "upload.too_large"),
        (PDF[:-10], "upload.broken"),
        (PPTX[:-30], "upload.broken"),
        (b"PK\x03\x04" + b"\x00" * 60, "upload.broken"),
        (package("[Content_Types].xml", "ppt/presentation.xml", "ppt/vbaProject.bin"), "upload.macros"),
        (package("[Content_Types].xml", "xl/workbook.xml", "xl/VBAPROJECT.BIN"), "upload.macros"),
        (
            package("content.xml", "Basic/Standard/M.xml", mimetype="application/vnd.oasis.opendocument.text"),
            "upload.macros",
        ),
        (package("a.exe"), "upload.archive"),
        (package("index.html", mimetype="application/epub+zip"), "upload.archive"),
        (b"Rar!\x1a\x07\x00 ...", "upload.archive"),
        (b"\x1f\x8b\x08\x00...", "upload.archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 60, "upload.old_office"),
        (b"\x89PNG\r\n\x1a\n...", "upload.picture"),
        (b"\xff\xd8\xff\xe0...", "upload.picture"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "upload.unknown"),
        (b"\x7fELF\x02\x01\x01", "upload.unknown"),
        (b"<!doctype html><p>", "upload.unknown"),
        (b"\xef\xbb\xbf  <svg onload=alert(1)>", "upload.unknown"),
        (b"hello <script>alert(1)</script>", "upload.unknown"),
        ("中文".encode("gbk"), "upload.unknown"),
        ("中文".encode("utf-16"), "upload.unknown"),
        (b"a\x00b", "upload.unknown"),
        (b"\x1b[31mred", "upload.unknown"),
    ],
)
def test_everything_else_is_refused_with_its_cure(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        recognise(content, "a.pdf", LARGEST)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("讲义（最终版）.pdf", "讲义（最终版）.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\li\\slides.pptx", "slides.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie x=1.pdf"),
        ("\u202efdp.exe", "fdp.pdf"),
        ("invoice.pdf.exe", "invoice.pdf.pdf"),
        ('q"uo<te>|?*.pdf', "q uo te.pdf"),
        ("  .hidden. .pdf", "hidden.pdf"),
        (".pdf", "file.pdf"),
        ("", "file.pdf"),
        ("\x00\x07", "file.pdf"),
        ("长" * 500 + ".pdf", "长" * 120 + ".pdf"),
        ("e\u0301t\u00e9.pdf", "\u00e9t\u00e9.pdf"),
        ("100%.pdf", "100.pdf"),
    ],
)
def test_names_are_safe_everywhere(name: str, safe: str) -> None:
    assert safe_name(name, "pdf") == safe

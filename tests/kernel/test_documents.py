"""Papers are set from plain values: fonts inside, cut down, and whatever people wrote printed as they wrote it."""

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdf
import pytest
from fontTools.ttLib import TTFont

from eventweek.kernel import documents
from eventweek.kernel.documents import Unset, count_pages, set_pdf
from eventweek.kernel.typesetting import FONTS

AT = datetime(2027, 4, 1, 4, 30, tzinfo=UTC)
PAGE = """#let given = json(bytes(sys.inputs.values))
#set text(font: ("Noto Sans SC", "Noto Emoji", "DejaVu Sans Mono"), lang: "zh")
#for text in given.texts [#heading(text) #text #pagebreak(weak: true)]
"""
HOSTILE = [
    '#set page(fill: red) #panic("x") #read("/etc/passwd")',
    r"$x^2$ \alpha *粗* _斜_ `码` <标签> @引用 [c] // 注 /* 注 */ --- ~",
    '#{let a = 1} #import "@preview/x:1.0.0": * \\u{1F600} \'单\' "双"',
    "㛃𬱖鿫䶮 生僻字",
]


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """Give a template in a folder of its own, beside a file that is none of its business."""
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "page.typ").write_text(PAGE, encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret")
    return folder / "page.typ"


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def squeezed(text: str) -> str:
    return "".join(text.split()).replace("\u200b", "")


def fonts_in(reader: pypdf.PdfReader) -> dict[str, Any]:
    """Return the descriptors of the fonts of a file by their names."""
    found = {}
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            below = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            found[str(font["/BaseFont"])] = below["/FontDescriptor"]
    return found


def test_text_is_data_and_never_markup(template: Path) -> None:
    reader = read(set_pdf(template, {"texts": HOSTILE}, AT))
    assert len(reader.pages) == len(HOSTILE)
    for page, text in zip(reader.pages, HOSTILE, strict=True):
        assert squeezed(page.extract_text()).count(squeezed(text)) == 2


def test_fonts_are_inside_and_cut_down(template: Path) -> None:
    pdf = set_pdf(template, {"texts": ["双创活动周 🎉 مرحبا"]}, AT)
    found = fonts_in(read(pdf))
    assert {name.partition("+")[2].partition("-")[0] for name in found} == {"NotoSansSC", "NotoEmoji", "DejaVuSansMono"}
    for name, descriptor in found.items():
        assert name[7] == "+" and name[1:7].isupper()  # the mark of a subset (ISO 32000-1, 9.6.4)
        assert any(key in descriptor for key in ("/FontFile2", "/FontFile3"))
    assert len(pdf) < 100_000


def test_the_same_values_make_the_same_bytes(template: Path) -> None:
    one, two = (set_pdf(template, {"texts": ["甲", "乙"]}, AT) for _ in range(2))
    assert one == two and count_pages(one) == 2 and count_pages(b"nothing") == 0
    assert read(one).metadata.creation_date == AT  # type: ignore[union-attr]


def test_a_template_reads_nothing_beside_its_folder(template: Path) -> None:
    for path in ("../secret.txt", "/../secret.txt", str(template.parent.parent / "secret.txt")):
        template.write_text(f'#read("{path}")')
        with pytest.raises(Unset):
            set_pdf(template, {}, AT)


def test_a_fault_is_told_in_the_words_of_typst(template: Path) -> None:
    template.write_text("#let a = ", encoding="utf-8")
    with pytest.raises(Unset, match="expected expression"):
        set_pdf(template, {}, AT)


def test_a_paper_without_end_is_given_up(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template.write_text("#for a in range(9000000) { for b in range(9000000) {} }")
    monkeypatch.setattr(documents, "LONGEST", 0.8)
    with pytest.raises(TimeoutError):
        set_pdf(template, {}, AT)


@pytest.mark.parametrize(("weight", "codec"), [("Regular", "gbk"), ("Bold", "gb2312")])
def test_the_type_has_what_chinese_needs(weight: str, codec: str) -> None:
    own = TTFont(FONTS / f"NotoSansSC-{weight}.ttf").getBestCmap()
    usual = {c for c in map(chr, range(0x4E00, 0xA000)) if _is_in(codec, c)}
    assert len(usual) > 6700 and {c for c in usual if ord(c) not in own} == set()
    assert all(ord(c) in own for c in "，。、；：？！“”‘’（）《》—…·" + "éüñÅß€")
    if weight == "Regular":
        assert all(ord(c) in own for c in "㛃𬱖鿫䶮㙍鿍")


def _is_in(codec: str, character: str) -> bool:
    try:
        return bool(character.encode(codec))
    except UnicodeEncodeError:
        return False


def test_the_fonts_are_not_heavy() -> None:
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 12_000_000

"""Pictures are recognised by their bytes, measured before they are opened, and keep nothing but their pixels."""

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageDraw

from eventweek.kernel.errors import Refusal
from eventweek.kernel.images import LARGEST, PAPER, PIXELS, for_paper, render


def picture(mode: str = "RGB", size: tuple[int, int] = (800, 600), **how: Any) -> bytes:
    """Return a picture, red at the left and blue at the right, in a format (default: JPEG)."""
    image = Image.new("RGB", size, "blue")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2 - 1, size[1]), fill="red")
    buffer = BytesIO()
    image.convert(mode).save(buffer, **{"format": "JPEG"} | how)
    return buffer.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def sizes(content: bytes) -> list[tuple[int, int]]:
    return [(r.width, r.height) for r in render(content)]


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, rows: bytes = b"") -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def test_sizes_are_stated_and_nothing_is_enlarged() -> None:
    assert sizes(picture(size=(2000, 1000))) == [(320, 160), (640, 320), (1280, 640)]
    assert sizes(picture(size=(700, 350))) == [(320, 160), (640, 320), (700, 350)]
    assert sizes(picture(size=(50, 40))) == [(50, 40)]
    assert sizes(picture(size=(640, 20_000), format="PNG")) == [(31, 960), (61, 1920)]
    for rendition in render(picture()):
        image = opened(rendition.content)
        assert image.format == "WEBP" and image.size == (rendition.width, rendition.height)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_four_formats_are_read_whatever_they_are_called(form: str) -> None:
    image = opened(render(picture(format=form))[0].content).convert("RGB")
    left, right = image.getpixel((40, 40)), image.getpixel((300, 40))
    assert left[0] > 200 > 60 > left[2] and right[2] > 200 > 60 > right[0]  # type: ignore[index, operator]


def _with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned to the right
    exif[0x010E] = "SECRET-DESCRIPTION"
    exif[0x8825] = {1: "N", 2: (43.0, 53.0, 12.0), 3: "E", 4: (125.0, 19.0, 3.0), 29: "2026:10:15-GPSDATE"}
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return picture(exif=exif, icc_profile=profile, comment=b"SECRET-COMMENT")


def test_place_comment_and_profile_are_gone_and_the_picture_stands_upright() -> None:
    content = _with_exif()
    for mark in (b"SECRET-DESCRIPTION", b"GPSDATE", b"SECRET-COMMENT", b"Exif", b"ICC_PROFILE"):
        assert mark in content
    for rendition in render(content):
        for mark in (b"SECRET", b"GPS", b"Exif", b"EXIF", b"ICCP", b"ICC_", b"XMP", b"lcms"):
            assert mark not in rendition.content
        image = opened(rendition.content)
        assert not image.getexif() and "icc_profile" not in image.info
    upright = opened(render(content)[0].content).convert("RGB")
    assert upright.size == (320, 427)
    top, bottom = upright.getpixel((160, 40)), upright.getpixel((160, 400))
    assert top[0] > 200 and bottom[2] > 200  # type: ignore[index, operator]


def test_text_of_a_png_and_of_a_gif_is_gone() -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Author", "SECRET-NAME")
    for content in (picture(format="PNG", pnginfo=info), picture(format="GIF", comment=b"SECRET-NAME")):
        assert b"SECRET-NAME" in content
        assert all(b"SECRET-NAME" not in rendition.content for rendition in render(content))


@pytest.mark.parametrize("mode", ["CMYK", "L", "1"])
def test_printers_and_grey_pictures_become_rgb(mode: str) -> None:
    content = picture(mode, format="PNG" if mode == "1" else "JPEG")
    assert opened(render(content)[0].content).mode == "RGB"


def test_sixteen_bits_keep_their_shades() -> None:
    buffer = BytesIO()
    grey = Image.new("I;16", (400, 300), 0x8000)
    grey.save(buffer, "PNG")
    value = opened(render(buffer.getvalue())[0].content).convert("L").getpixel((100, 100))
    assert isinstance(value, int | float) and abs(value - 128) < 3


def test_what_shows_through_still_does() -> None:
    logo = Image.new("RGBA", (400, 300), (255, 0, 0, 0))
    buffer = BytesIO()
    logo.save(buffer, "PNG")
    for content in (buffer.getvalue(), _palette_with_a_hole()):
        image = opened(render(content)[0].content)
        assert image.mode == "RGBA" and image.getpixel((5, 5))[3] == 0  # type: ignore[index]


def _palette_with_a_hole() -> bytes:
    buffer = BytesIO()
    Image.new("P", (400, 300), 0).save(buffer, "GIF", transparency=0)
    return buffer.getvalue()


def test_for_paper_a_picture_is_a_jpeg_on_white_that_is_not_too_large() -> None:
    clear = BytesIO()
    Image.new("RGBA", (3000, 1500), (255, 0, 0, 0)).save(clear, "PNG")
    made = for_paper(clear.getvalue())
    assert (made.width, made.height) == (PAPER, PAPER // 2) and made.content.startswith(b"\xff\xd8\xff")
    assert Image.open(BytesIO(made.content)).getpixel((9, 9)) == (255, 255, 255)
    small = for_paper(render(picture(size=(300, 200)))[-1].content)
    assert (small.width, small.height) == (300, 200)
    with pytest.raises(Refusal) as refusal:
        for_paper(b"%PDF-1.7")
    assert refusal.value.code == "image.unknown"


def test_of_an_animation_the_first_frame_stays() -> None:
    frames = [Image.new("RGB", (400, 300), colour) for colour in ("red", "blue", "green")]
    buffer = BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:] * 500, duration=20)
    image = opened(render(buffer.getvalue())[0].content)
    assert getattr(image, "n_frames", 1) == 1
    assert image.convert("RGB").getpixel((100, 100))[0] > 200  # type: ignore[index, operator]


HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 200


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "image.empty"),
        (b"\xff\xd8\xff" + b"\x00" * LARGEST, "image.too_large"),
        (HEIC, "image.heic"),
        (b"%PDF-1.7\n", "image.unknown"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "image.unknown"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><svg/>", "image.unknown"),
        (b"<html><script>alert(1)</script>", "image.unknown"),
        (b"BM" + b"\x00" * 60, "image.unknown"),
        (b"GIF89a/*" + b"\x00" * 20 + b"*/=1;<script>alert(1)</script>", "image.active"),
        (b"GIF89a" + b"\xff" * 40, "image.broken"),
        (picture() + b"<HTML><body>", "image.active"),
        (picture(comment=b"<sCript>alert(1)</script>"), "image.active"),
        (picture(size=(1600, 1200))[:9000], "image.broken"),
        (picture(format="PNG", size=(1600, 1200))[:-400], "image.broken"),
        (picture(format="WEBP")[:-300], "image.broken"),
        (b"\xff\xd8\xff\xe0", "image.broken"),
        (b"\x89PNG\r\n\x1a\n", "image.broken"),
        (png(50_000, 50_000), "image.too_many_pixels"),
        (png(10_000, PIXELS // 10_000 + 1), "image.too_many_pixels"),
        (png(2**31 - 1, 2**31 - 1), "image.too_many_pixels"),
        (png(0, 10), "image.broken"),
        (png(300, 300, b"\x00" * 20), "image.broken"),
        (picture(format="PNG").replace(b"IDAT", b"IDAT"[::-1]), "image.broken"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_picture_is_refused_with_its_reason(content: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        render(content)
    assert refusal.value.code == code


def test_any_bytes_cut_anywhere_are_a_picture_or_a_refusal() -> None:
    for content in (picture(), picture(format="PNG"), picture(format="GIF"), picture(format="WEBP")):
        for cut in range(0, len(content), max(1, len(content) // 40)):
            for damaged in (content[:cut], content[:cut] + b"\xff\x00\xff" + content[cut + 3 :]):
                try:
                    assert render(damaged)
                except Refusal as refusal:
                    assert refusal.code.startswith("image.")

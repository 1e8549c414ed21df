"""Pictures from outside: recognised by their bytes, decoded whole, stripped of everything but pixels, written anew.

Nothing of the sender's file survives: no EXIF, no place, no comment, no colour profile, no second frame, no tail.
"""

import threading
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from eventweek.kernel.errors import Refusal

LARGEST = 10_000_000
PIXELS = 50_000_000
WIDTHS = (320, 640, 1280)
PAPER = 1400
"""Pixels of the longer side of a picture in a PDF: some 150 to the inch across a sheet of A3."""
_TALLEST = 3
"""A rendition is at most so many times as high as its width allows, so that no strip grows without end."""
_QUALITY = 82
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_ACTIVE = (b"<script", b"<html", b"<!doctype html", b"<svg xmlns", b"<?php")
_HEIF = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"}
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Rendition:
    """One size of a picture, as WebP, or as JPEG for a PDF; width and height in pixels."""

    width: int
    height: int
    content: bytes


def render(content: bytes) -> list[Rendition]:
    """Return the picture in each of `WIDTHS` that it fills, the smallest first; never enlarged, always at least one.

    Raises: Refusal image.empty, image.too_large with `longest` (MB), image.heic, image.unknown, image.active,
        image.too_many_pixels with `longest` (millions), image.broken.
    """
    _refuse(content)
    with _one_at_a_time:  # a decoded picture takes some 200 MB
        return _renditions(_decode(content))


def for_paper(content: bytes) -> Rendition:
    """Return a picture as JPEG on white, at most `PAPER` pixels a side; a PDF holds it as it is.

    Raises: what `render` raises.
    """
    from PIL import Image  # heavy

    _refuse(content)
    with _one_at_a_time:
        image = _decode(content)
        image.thumbnail((PAPER, PAPER))
        if image.mode == "RGBA":
            ground = Image.new("RGB", image.size, "white")
            ground.paste(image, mask=image.getchannel("A"))
            image = ground
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=_QUALITY, optimize=True)
    return Rendition(image.width, image.height, buffer.getvalue())


def _refuse(content: bytes) -> None:
    """Refuse by the bytes alone what need not be opened."""
    if not content:
        raise Refusal("image.empty")
    if len(content) > LARGEST:
        raise Refusal("image.too_large", longest=LARGEST // 1_000_000)
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF:
        raise Refusal("image.heic")
    if not _is_known(content):
        raise Refusal("image.unknown")
    small = content.lower()
    if any(mark in small for mark in _ACTIVE):
        raise Refusal("image.active")


def _is_known(content: bytes) -> bool:
    webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    return webp or content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a"))


def _decode(content: bytes) -> Any:
    """Return the first frame, upright, in sRGB, 8 bits a channel; only its header is read before its size is known."""
    from PIL import Image, ImageOps  # heavy

    Image.MAX_IMAGE_PIXELS = PIXELS
    try:
        image = Image.open(BytesIO(content), formats=_FORMATS)
        if image.width * image.height > PIXELS:
            raise Image.DecompressionBombError
        image.draft("RGB", (2 * WIDTHS[-1], 2 * WIDTHS[-1]))
        image.load()
        return _plain(ImageOps.exif_transpose(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refusal("image.too_many_pixels", longest=PIXELS // 1_000_000) from None
    except Exception as error:  # decoders raise whatever comes to hand on hostile bytes
        raise Refusal("image.broken") from error


def _plain(image: Any) -> Any:
    """Return the pixels alone, as RGB, or RGBA where something shows through."""
    if image.mode.startswith("I"):  # 16 bits a channel; a plain conversion would cut them off at 255
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    through = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    image = image.convert("RGBA") if through else _in_srgb(image)
    plain = image.copy()
    plain.info.clear()
    return plain


def _in_srgb(image: Any) -> Any:
    """Return the colours as screens show them; a profile that cannot be read is left aside."""
    from PIL import ImageCms  # heavy

    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "CMYK"):
        try:
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            return ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return image.convert("RGB")


def _renditions(image: Any) -> list[Rendition]:
    wanted = sorted({min(image.width, width) for width in WIDTHS})
    return [_rendition(image, width) for width in wanted]


def _rendition(image: Any, width: int) -> Rendition:
    own = image.copy()
    own.thumbnail((width, _TALLEST * width))
    buffer = BytesIO()
    own.save(buffer, "WEBP", quality=_QUALITY, method=4)
    return Rendition(own.width, own.height, buffer.getvalue())

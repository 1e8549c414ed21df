"""A pass's QR is small, crisp and read by a foreign decoder."""

from io import BytesIO
from xml.etree import ElementTree

import pytest
import zxingcpp
from PIL import Image

from eventweek.ticketing.qr import matrix, pass_address, pass_png, svg

PRINTED = "0AK84QF2YEK594SX9647HTB9KK"


@pytest.mark.parametrize(
    ("host", "modules"), [("w.cn", 29), ("h" * 21 + ".cn", 29), ("h" * 22 + ".cn", 33), ("h" * 40 + ".cn", 33)]
)
def test_the_size_follows_the_host(host: str, modules: int) -> None:
    """Version 3 up to 24 characters of host, version 4 above; both at level M."""
    address = pass_address(f"https://{host}", PRINTED)
    assert len(matrix(address)) == modules


def test_a_foreign_decoder_reads_the_picture() -> None:
    picture = Image.open(BytesIO(pass_png(pass_address("https://week.example.cn", PRINTED))))
    [found] = zxingcpp.read_barcodes(picture.convert("L"))
    assert found.text == f"HTTPS://WEEK.EXAMPLE.CN/T/{PRINTED}"
    assert found.ec_level == "M"
    assert picture.mode == "1" and picture.size == ((29 + 8) * 12,) * 2
    edge = 4 * 12
    assert picture.crop((0, 0, picture.width, edge)).getextrema() == (255, 255)


def test_the_drawing_has_the_same_modules() -> None:
    address = pass_address("https://week.example.cn", PRINTED)
    root = ElementTree.fromstring(svg(address))
    assert root.attrib["viewBox"] == "0 0 37 37"
    assert str(root[1].attrib["d"]).count("M") == sum(map(sum, matrix(address)))

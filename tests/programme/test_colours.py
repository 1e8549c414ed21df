"""Colours of a week: what can be read, and what is offered instead."""

import pytest

from eventweek.programme.rules.colours import GROUND, LEAST, PALETTE, Colour, contrast, mixed, nearest
from eventweek.programme.rules.values import Wrong


def test_contrast_is_that_of_wcag() -> None:
    """Black on white is 21, a colour on itself 1, and #777777 on white the well-known 4.48."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#123456", "#123456") == 1
    assert contrast("#777777", "#ffffff") == contrast("#ffffff", "#777777") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("colour", PALETTE)
def test_what_we_propose_can_be_read(colour: str) -> None:
    assert Colour().clean(colour.upper()) == colour


@pytest.mark.parametrize("colour", ["#ffffff", "#ffcc00", "#7fb2f5", "#e0bd4f", "#888888"])
def test_what_cannot_be_read_is_refused_with_the_nearest_that_can(colour: str) -> None:
    with pytest.raises(Wrong) as found:
        Colour().clean(colour)
    facts = found.value.error.facts
    assert found.value.error.code == "colour.contrast" and float(facts["ratio"]) < LEAST
    assert Colour().clean(facts["nearest"]) == facts["nearest"] == nearest(colour)
    assert contrast(facts["nearest"], GROUND) < LEAST + 0.4


@pytest.mark.parametrize(
    "text", ["red", "red;}body{", "#12345", "#1234567", "#12345g", "url(x)", "#0a4d68}", "#0a4d68\n;", "＃0a4d68"]
)
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(Wrong) as found:
        Colour().clean(text)
    assert found.value.error.code == "colour.shape"


def test_shades() -> None:
    assert mixed("#000000", "#ffffff", 0.5) == "#808080" and mixed("#102030", "#ffffff", 0) == "#102030"

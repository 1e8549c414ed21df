"""Colours that organisers choose, and whether people can read them (pure; WCAG 2.1, contrast ratio)."""

import re
from dataclasses import dataclass

from eventweek.programme.rules.values import Schema, Wrong

GROUND = "#f2f5f5"
"""The darkest ground on which links stand: what can be read there can be read on white, and white on it."""
LEAST = 4.5
PALETTE = ("#0a4d68", "#17603a", "#9c1c1c", "#1f3a8a", "#5b2181", "#7a4100")
_HEX = r"#[0-9a-f]{6}"
Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class Colour:
    """A colour `#rrggbb` that can be read on our ground and under white words; empty for the usual one."""

    required: bool = False
    default: str = ""

    def clean(self, value: object) -> str:
        """Raises: Wrong value.type, colour.shape, colour.contrast with the ratio and the nearest that can be read."""
        if value is None or value == "":
            return ""
        if not isinstance(value, str):
            raise Wrong("value.type")
        colour = value.strip().lower()
        if not re.fullmatch(_HEX, colour):
            raise Wrong("colour.shape")
        ratio = contrast(colour, GROUND)
        if ratio < LEAST:
            raise Wrong("colour.contrast", ratio=f"{ratio:.1f}", nearest=nearest(colour))
        return colour

    def schema(self) -> Schema:
        """Describe a colour."""
        return {"type": "string", "pattern": f"^({_HEX})?$"}


def contrast(one: str, two: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((_luminance(_rgb(one)), _luminance(_rgb(two))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def nearest(colour: str) -> str:
    """Return the lightest shade of a colour that can be read."""
    shades = (mixed(colour, "#000000", share / 100) for share in range(101))
    return next(shade for shade in shades if contrast(shade, GROUND) >= LEAST)


def mixed(colour: str, other: str, share: float) -> str:
    """Return a colour with a share (0 to 1) of another."""
    pairs = zip(_rgb(colour), _rgb(other), strict=True)
    return "#" + "".join(f"{round(own * (1 - share) + theirs * share):02x}" for own, theirs in pairs)


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(rgb: Rgb) -> float:
    parts = [part / 255 for part in rgb]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

"""The files that a snapshot shows, by the names in their addresses (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from eventweek.kernel.uploads import TYPES
from eventweek.programme.enums import Visibility

Facts = dict[str, Any]
WEBP = "image/webp"


@dataclass(frozen=True)
class ShownFile:
    """A kept file with its name in addresses, its type and, for one to download, the name it is saved under."""

    name: str
    sha256: str
    content_type: str
    title: str = ""


def picture_name(sha256: str) -> str:
    """Return the name under which a size of a picture is public: its content, so that it never changes."""
    return f"{sha256}.webp"


def attachment_name(own: Facts) -> str:
    """Return the name under which a file beside a session is public: its code, which is never given anew."""
    return f"{own['code']}.{own['type']}"


def digest_in(name: str) -> str:
    """Return the SHA-256 in the name of a picture; empty where the name is none."""
    return name.removesuffix(".webp") if name.endswith(".webp") else ""


def shown_files(facts: Facts) -> list[ShownFile]:
    """Return the files that the public may have because this snapshot shows them; each name once."""
    if facts["visibility"] != Visibility.PUBLIC:
        return []
    sizes = [size for picture in _pictures(facts) for size in picture["sizes"]]
    found = [ShownFile(picture_name(size["file"]), size["file"], WEBP) for size in sizes]
    found += [
        ShownFile(attachment_name(own), own["file"], TYPES[own["type"]], own["name"])
        for own in facts.get("attachments", [])
    ]
    return list({each.name: each for each in found}.values())


def files_of(facts: Facts) -> set[str]:
    """Return the digests of all files that a snapshot names, whoever may know of it."""
    sizes = {size["file"] for picture in _pictures(facts) for size in picture["sizes"]}
    return sizes | {own["file"] for own in facts.get("attachments", [])}


def _pictures(facts: Facts) -> Iterator[Facts]:
    holders = [(facts, "poster"), (facts["venue"], "photo"), (facts["venue"], "floor_plan")]
    holders += [(person, "portrait") for person in facts["people"]]
    holders += [(organisation, "logo") for organisation in facts["organisations"]]
    return (holder[name] for holder, name in holders if name in holder)

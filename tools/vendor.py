"""Re-pack the vendored files from npm, as each vendor.json says; a test proves that nothing else lies beside it.

`python tools/vendor.py` needs npm and its ordinary registry; nothing else of eventweek needs either. A font with
`characters` is cut down to those of that codec and the ones in `and`, so that it can be carried.
"""

import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (ROOT / "static" / "vendor", ROOT / "tests" / "vendor", ROOT / "eventweek" / "kernel" / "fonts")


def listed(folder: Path) -> list[dict[str, Any]]:
    """Return the packages of vendor.json: name, version, licence and the files with their SHA-256."""
    packages: list[dict[str, Any]] = json.loads((folder / "vendor.json").read_text(encoding="utf-8"))["packages"]
    return packages


def digest(content: bytes) -> str:
    """Return the SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def fetch(package: dict[str, Any]) -> dict[str, bytes]:
    """Return the wanted files of a package by their name here; stops when one is not the pinned one."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = f"{package['name']}@{package['version']}"
        subprocess.run(["npm", "pack", "--silent", "--pack-destination", folder, wanted], check=True)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            found = {each["file"]: _cut(_read(archive, f"package/{each['from']}"), each) for each in package["files"]}
    for each in package["files"]:
        if digest(found[each["file"]]) != each["sha256"]:
            sys.exit(f"{each['file']} is not the file that vendor.json names")
    return found


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(name)
    if member is None:
        sys.exit(f"{name} is not in the package")
    return member.read()


def _cut(content: bytes, wish: dict[str, Any]) -> bytes:
    """Return a font with the wished characters alone, without hints for screens; anything else as it came."""
    if "characters" not in wish:
        return content
    from fontTools import subset  # heavy

    options = subset.Options(
        hinting=False, drop_tables=["vhea", "vmtx", "DSIG"], layout_features=["kern", "mark", "ccmp"]
    )
    font = subset.load_font(io.BytesIO(content), options)
    wanted = {code for code in font.getBestCmap() if _is_in(wish["characters"], chr(code))}
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted | set(map(ord, wish.get("and", ""))) | set(range(0x20000, 0x30000)))
    cutter.subset(font)
    kept = io.BytesIO()
    font.save(kept)
    return kept.getvalue()


def _is_in(codec: str, character: str) -> bool:
    try:
        return bool(character.encode(codec))
    except UnicodeEncodeError:
        return False


if __name__ == "__main__":
    for folder in FOLDERS:
        for each in listed(folder):
            for name, content in fetch(each).items():
                (folder / name).write_bytes(content)
                print(name, len(content))

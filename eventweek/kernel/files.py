"""Files by content: each lies once, under the SHA-256 of its bytes, in a folder installed by the application.

A file is complete or absent: it is written beside its place, synced and moved there. Who may read one is asked by the
rooms; nothing here is served by itself.
"""

import contextlib
import errno
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from eventweek.kernel.errors import Refusal

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_ASIDE = ".aside"
_root: Path | None = None


def install(root: Path) -> None:
    """Set the folder of this process; it is made when the first file is kept."""
    global _root
    _root = root


def keep(data: bytes) -> str:
    """Keep the bytes and return their SHA-256 as 64 hexadecimal digits; the same bytes are kept once.

    A file that is there already counts as new again, so that no sweep of old ones takes it from its new owner.
    Raises: Refusal file.disk_full.
    """
    digest = hashlib.sha256(data).hexdigest()
    path = path_of(digest)
    try:
        try:
            os.utime(path)
        except FileNotFoundError:
            _write(path, data)
    except OSError as error:
        if error.errno in _FULL:
            raise Refusal("file.disk_full") from error
        raise
    return digest


def read(digest: str) -> bytes:
    """Return the bytes of a kept file.

    Raises: Refusal file.not_found.
    """
    try:
        return path_of(digest).read_bytes()
    except FileNotFoundError:
        raise Refusal("file.not_found") from None


def is_kept(digest: str) -> bool:
    """Say whether the file of that digest is there."""
    return path_of(digest).is_file()


def path_of(digest: str) -> Path:
    """Return where a file of that digest lies or would lie.

    Raises: Refusal file.not_found where it is no digest, so that no other path can be named.
    """
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise Refusal("file.not_found")
    if _root is None:
        raise RuntimeError("no folder of files is configured")
    return _root / digest[:2] / digest[2:]


def drop(digest: str) -> None:
    """Remove a file; one that is gone already is no fault."""
    path_of(digest).unlink(missing_ok=True)


def list_old(before: float) -> Iterator[list[str]]:
    """Yield the digests of files last kept before that time (seconds since 1970), folder by folder.

    What a killed process left half written is removed on the way, what it left aside is put back.
    """
    if _root is None or not _root.is_dir():
        return
    for folder in sorted(_root.iterdir()):
        old = [path for path in folder.iterdir() if path.stat().st_mtime < before]
        for path in old:
            if path.suffix == _ASIDE:
                os.replace(path, path.with_suffix(""))
            elif path.name.startswith("."):
                path.unlink(missing_ok=True)
        yield [folder.name + path.name for path in old if "." not in path.name]


def drop_old(digest: str, before: float) -> bool:
    """Remove a file unless it was kept again since that time; say whether it went.

    It is put aside first: who keeps it from then on writes it anew, and who was just before is seen by its time.
    """
    path = path_of(digest)
    aside = path.with_suffix(_ASIDE)
    try:
        os.replace(path, aside)
    except FileNotFoundError:
        return False
    if aside.stat().st_mtime >= before:
        os.replace(aside, path)
        return False
    aside.unlink(missing_ok=True)
    return True


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Make the new name itself survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

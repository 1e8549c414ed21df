"""Files are kept once, whole, under the digest of their content."""

import errno
import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eventweek.kernel import files
from eventweek.kernel.errors import Refusal


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Give the folder of files of this test."""
    before = files._root
    files.install(tmp_path / "files")
    yield tmp_path / "files"
    files._root = before


def _lying(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_same_bytes_lie_once_and_come_back(folder: Path) -> None:
    digest = files.keep(b"a poster")
    assert digest == hashlib.sha256(b"a poster").hexdigest() == files.keep(b"a poster")
    assert _lying(folder) == [f"{digest[:2]}/{digest[2:]}"]
    assert files.read(digest) == b"a poster" == files.path_of(digest).read_bytes()


def test_a_file_kept_again_counts_as_new(folder: Path) -> None:
    path = files.path_of(files.keep(b"x"))
    os.utime(path, (1000, 1000))
    files.keep(b"x")
    assert path.stat().st_mtime > 1_000_000


def test_a_dropped_file_is_gone_and_can_be_dropped_again(folder: Path) -> None:
    digest = files.keep(b"")
    files.drop(digest)
    files.drop(digest)
    assert _lying(folder) == []
    with pytest.raises(Refusal, match=r"^file\.not_found$"):
        files.read(digest)


@pytest.mark.parametrize("name", ["../../secret_key", "a" * 63, "A" * 64, "a" * 64 + "\n", "/etc/passwd", ""])
def test_what_is_no_digest_names_no_file(folder: Path, name: str) -> None:
    for ask in (files.read, files.path_of, files.drop):
        with pytest.raises(Refusal, match=r"^file\.not_found$"):
            ask(name)


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_a_full_disk_is_said_and_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def full(*_given: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    class Full:
        """A file that takes nothing."""

        def __init__(self, descriptor: int, _mode: str) -> None:
            self.descriptor = descriptor

        def __enter__(self) -> "Full":
            return self

        def __exit__(self, *_error: Any) -> None:
            os.close(self.descriptor)

        write = full

    monkeypatch.setattr(os, "fdopen" if step == "write" else step, Full if step == "write" else full)
    with pytest.raises(Refusal, match=r"^file\.disk_full$"):
        files.keep(b"a poster")
    assert _lying(folder) == []


def test_many_keep_the_same_at_once(folder: Path) -> None:
    kept: list[str] = []
    threads = [threading.Thread(target=lambda: kept.append(files.keep(b"x" * 200_000))) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) == 8 and len(set(kept)) == 1
    assert len(_lying(folder)) == 1 and files.read(kept[0]) == b"x" * 200_000

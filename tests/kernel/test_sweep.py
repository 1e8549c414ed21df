"""Files that no row names go after some days; one that is named, or was just kept, stays."""

import os
import time
from collections.abc import Callable

import pytest
from flask import Flask

from eventweek.audit.actors import SYSTEM
from eventweek.kernel import files
from eventweek.kernel.actions import SWEPT_AFTER, list_missing_files, sweep_files
from eventweek.programme.actions.pictures import add_picture
from tests.kernel.test_images import picture

OLD = time.time() - SWEPT_AFTER.total_seconds() - 60


def _aged(digest: str) -> str:
    os.utime(files.path_of(digest), (OLD, OLD))
    return digest


@pytest.mark.database
def test_only_old_files_without_a_row_go(app: Flask) -> None:
    shown = add_picture(picture(), {}, actor=SYSTEM)
    named = [_aged(each.sha256) for each in shown.renditions]
    orphan, fresh = _aged(files.keep(b"nobody")), files.keep(b"just uploaded")
    assert sweep_files() == 1
    assert [files.path_of(d).exists() for d in (*named, orphan, fresh)] == [True, True, True, False, True]
    assert sweep_files() == 0


def test_a_file_kept_while_the_sweep_looks_at_it_stays(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = _aged(files.keep(b"uploaded again"))
    asides: list[str] = []
    replace: Callable[..., None] = os.replace

    def keep_before(one: object, two: object) -> None:
        if not asides:
            asides.append(str(two))
            files.keep(b"uploaded again")
        replace(one, two)

    monkeypatch.setattr(os, "replace", keep_before)
    assert sweep_files() == 0 and asides and files.read(digest) == b"uploaded again"


def test_a_file_kept_after_it_was_put_aside_is_written_anew(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = _aged(files.keep(b"uploaded again"))
    stat = type(files.path_of(digest)).stat
    again: list[str] = []

    def keep_then(path: object, **how: object) -> object:
        if str(path).endswith(".aside") and not again:
            again.append("kept")
            files.keep(b"uploaded again")
        return stat(path, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(type(files.path_of(digest)), "stat", keep_then)
    sweep_files()
    assert again and files.read(digest) == b"uploaded again"


def test_what_a_killed_process_left_is_cleared(app: Flask) -> None:
    path = files.path_of(files.keep(b"whole"))
    half, aside = path.with_name(".tmp1"), path.with_suffix(".aside")
    half.write_bytes(b"ha")
    path.rename(aside)
    for each in (half, aside):
        os.utime(each, (OLD, OLD))
    assert sweep_files() == 0 and path.exists() and not half.exists() and not aside.exists()
    assert sweep_files() == 1 and not path.exists()


@pytest.mark.database
def test_a_file_that_is_named_and_not_there_is_reported(app: Flask) -> None:
    shown = add_picture(picture(size=(100, 100)), {}, actor=SYSTEM)
    assert list_missing_files() == []
    files.path_of(shown.renditions[0].sha256).unlink()
    assert list_missing_files() == [
        {"table": "picture_rendition", "column": "sha256", "file": shown.renditions[0].sha256}
    ]

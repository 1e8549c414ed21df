"""What others wrote and we carry is what vendor.json says, with its licence, and nothing else."""

from pathlib import Path

import pytest

from tools.vendor import FOLDERS, digest, listed


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.parent.name))
def test_vendored_files_are_the_pinned_ones(folder: Path) -> None:
    pinned = {each["file"]: each["sha256"] for package in listed(folder) for each in package["files"]}
    lying = {path.name: digest(path.read_bytes()) for path in folder.iterdir() if path.name != "vendor.json"}
    assert lying == pinned


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.parent.name))
def test_each_package_brings_its_licence(folder: Path) -> None:
    for package in listed(folder):
        assert package["licence"] and any("LICENSE" in each["file"] for each in package["files"])

"""What others wrote and we ship is what vendor.json says, with its licence, and nothing else."""

from tools.vendor import VENDOR, digest, listed


def test_vendored_files_are_the_pinned_ones() -> None:
    pinned = {each["file"]: each["sha256"] for package in listed() for each in package["files"]}
    lying = {path.name: digest(path.read_bytes()) for path in VENDOR.iterdir() if path.name != "vendor.json"}
    assert lying == pinned


def test_each_package_brings_its_licence() -> None:
    for package in listed():
        assert package["licence"] and any("LICENSE" in each["file"] for each in package["files"])

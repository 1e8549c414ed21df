"""Compare the licence of every installed distribution with what we may use; an unknown one is an error."""

import re
import sys
from importlib.metadata import Distribution, distributions

PERMISSIVE = {
    "0bsd", "3-clause bsd license", "apache 2", "apache 2.0", "apache software license", "apache-2.0",
    "apache-2.0 with llvm-exception", "bsd", "bsd 2-clause license", "bsd license",
    "bsd-2-clause", "bsd-3-clause", "cc0-1.0", "isc", "mit", "mit license", "mit-0", "mit-cmu", "psf-2.0",
    "python software foundation license",
    "the unlicense (unlicense)", "unlicense", "mpl-2.0", "mozilla public license 2.0 (mpl 2.0)", "zlib",
}  # fmt: skip
LINKED = {"psycopg": "LGPL-3.0-only", "psycopg-binary": "LGPL-3.0-only"}
"""Used as libraries that anybody can exchange; that is all the LGPL asks."""
ONLY_IN_TESTS = {"urwid": "LGPL-2.1-only", "pyxdg": "GNU Lesser General Public License v2 (LGPLv2)"}
UNDECLARED = {"huey": "MIT", "qrcode": "BSD-3-Clause"}
"""Read in the package's own licence file, because its metadata says nothing or too much."""


def licences(distribution: Distribution) -> list[str]:
    """Return what a distribution says: its expression, else its classifiers, else the first line of its licence."""
    data = distribution.metadata
    if distribution.name.lower() in UNDECLARED:
        return [UNDECLARED[distribution.name.lower()]]
    if data["License-Expression"]:
        return re.split(r" AND ", data["License-Expression"])
    named = [text.split(" :: ")[-1] for text in data.get_all("Classifier") or [] if text.startswith("License ::")]
    return named or [(data["License"] or "nothing said").splitlines()[0]]


def is_allowed(name: str, licence: str) -> bool:
    """Say whether we may use this: an alternative is permissive, or the package stands in a list with its reason."""
    if {**LINKED, **ONLY_IN_TESTS}.get(name.lower()) == licence:
        return True
    return any(choice.strip().lower() in PERMISSIVE for choice in [licence, *licence.split(" OR ")])


def complaints() -> list[str]:
    """Return a line for each distribution that may not be used."""
    found = [(one.name, licence) for one in distributions() for licence in licences(one)]
    return sorted(f"{name}: {licence}" for name, licence in found if not is_allowed(name, licence))


if __name__ == "__main__":
    wrong = complaints()
    print("\n".join(wrong) or "licences: all allowed")
    sys.exit(bool(wrong))

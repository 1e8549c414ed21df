"""The passwords of the demo users: made once per machine, kept for its owner's eyes."""

import json
import secrets
from pathlib import Path

from eventweek.demo.actions_staff import STAFF


def demo_passwords(var: Path) -> dict[str, str]:
    """Return the password of each demo user by name, kept in `demo_sign_ins` (mode 0600) under `var`."""
    path = var / "demo_sign_ins"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    if set(kept) != set(STAFF):
        kept = {name: kept.get(name) or secrets.token_urlsafe(12) for name in STAFF}
        path.touch(mode=0o600)
        path.write_text(json.dumps(kept, indent=1) + "\n")
    return kept

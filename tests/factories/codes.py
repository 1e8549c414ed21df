"""Somebody who receives codes, and a browser that works."""

import base64
import json
import re
from typing import Any

from sqlalchemy import select

from eventweek.kernel.db import db
from eventweek.kernel.work import derive_key, new_challenge
from eventweek.outbox.models import Message
from eventweek.registration.actions import CodeWish, prove_contact, request_code


def last_code() -> str:
    """Return the code of the newest message that holds one."""
    db.session.rollback()
    newest = select(Message).where(Message.template == "registration/code").order_by(Message.id.desc())
    return re.sub(r"[^0-9]", "", str(db.session.scalars(newest).first().context["secret_code"]))  # type: ignore[union-attr]


def asked(week_id: int, value: str, **more: str) -> str:
    """Ask for a code to a normalised contact; return the secret under which it is typed."""
    kind = "email" if "@" in value else "phone"
    return request_code(
        CodeWish(**{"week_id": week_id, "kind": kind, "value": value, "locale": "zh-CN"}, device="", address="", **more)  # type: ignore[arg-type]
    )


def proven(week_id: int, value: str) -> str:
    """Prove a normalised contact; return the proof."""
    ref = asked(week_id, value)
    prove_contact(ref, last_code())
    return ref


def solved(challenge: dict[str, Any] | None = None) -> str:
    """Do the work of a challenge and return what the widget would send."""
    challenge = challenge or new_challenge()
    own = challenge["parameters"]
    nonce, salt = bytes.fromhex(own["nonce"]), bytes.fromhex(own["salt"])
    keys = ((counter, derive_key(nonce, salt, counter, own["cost"])) for counter in range(1000))
    counter, key = next((counter, key) for counter, key in keys if key.hex().startswith(own["keyPrefix"]))
    return packed(challenge, {"counter": counter, "derivedKey": key.hex(), "time": 1.5})


def packed(challenge: Any, solution: Any) -> str:
    """Return a payload as the widget writes it."""
    return base64.b64encode(json.dumps({"challenge": challenge, "solution": solution}).encode()).decode()

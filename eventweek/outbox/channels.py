"""Ways out of the house for a short message: a provider that speaks our JSON over HTTP, or files in a folder.

The protocol, and how a provider with words of its own is bridged, stands in docs/channels.md.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path
from threading import Timer
from time import time
from typing import Any, Protocol
from urllib.parse import urlsplit

from eventweek.outbox.transport import DeadAddress, Undeliverable

TIMEOUT_S = 10.0
LONGEST_ANSWER = 64 * 1024
_OURS = frozenset({401, 403, 404, 405, 408, 425, 429})
"""Statuses that speak of our settings or of the hour, not of this message."""


class Unanswered(Exception):
    """The provider could not say what became of a message; it is asked again later."""


@dataclass(frozen=True)
class Provider:
    """Where short messages of one channel go, and who we are there."""

    url: str = ""
    key_id: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Note:
    """A short message: `to` is an E.164 number or an openid; `reference` is the same at each try.

    `template` and `fields` are for providers that take approved templates only; `sign` is the 签名 without brackets;
    `page` is the address that a WeChat message opens.
    """

    reference: str
    to: str
    text: str
    sign: str = ""
    template: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    locale: str = "zh-CN"
    page: str = ""


@dataclass(frozen=True)
class Receipt:
    """What the provider said: its own number of the message, and whether it has reached the person already."""

    reference: str = ""
    delivered: bool = False


class Channel(Protocol):
    """Takes a short message over, or raises."""

    def deliver(self, note: Note) -> Receipt:
        """Hand the message over.

        Raises: Undeliverable when trying again is useless; Unanswered, OSError or HTTPException otherwise.
        """


class NoteFolder:
    """Each message is a file; a second try overwrites the first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def deliver(self, note: Note) -> Receipt:
        """Write the file in one step."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self.folder / f".{note.reference}.part"
        part.write_text(json.dumps(body_of(note), ensure_ascii=False, indent=1), encoding="utf-8")
        os.replace(part, self.folder / f"{note.reference}.json")
        return Receipt()


class HttpChannel:
    """A provider behind `http(s)://`; redirections are not followed, an answer has `timeout` seconds in all."""

    def __init__(self, provider: Provider, timeout: float = TIMEOUT_S) -> None:
        self.provider, self.timeout = provider, timeout

    def deliver(self, note: Note) -> Receipt:
        """Post one message and read what became of it."""
        parts = urlsplit(self.provider.url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=self.timeout)
        body = json.dumps(body_of(note), ensure_ascii=False).encode()
        cut = Timer(self.timeout, _cut, (connection,))
        cut.daemon = True
        cut.start()
        try:
            connection.request("POST", parts.path or "/", body, self._headers(body))
            answer = connection.getresponse()
            return _read(answer.status, _body(answer))
        finally:
            cut.cancel()
            connection.close()

    def _headers(self, body: bytes) -> dict[str, str]:
        stamp = str(int(time()))
        return {
            "Content-Type": "application/json",
            "X-Eventweek-Key": self.provider.key_id,
            "X-Eventweek-Time": stamp,
            "X-Eventweek-Signature": signature(self.provider.secret, stamp, body),
        }


def body_of(note: Note) -> dict[str, Any]:
    """Return the JSON of a message as the protocol writes it."""
    return {
        "reference": note.reference,
        "to": note.to,
        "sign": note.sign,
        "text": note.text,
        "template": note.template,
        "fields": dict(note.fields),
        "locale": note.locale,
        "page": note.page,
    }


def signature(secret: str, stamp: str, body: bytes) -> str:
    """Return HMAC-SHA256 of `stamp`, a full stop and the body, as 64 hexadecimal digits."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _cut(connection: HTTPConnection) -> None:
    """End a conversation that drips; the reader then fails like one whose line was cut."""
    if connection.sock is not None:
        connection.sock.settimeout(0)
        connection.sock.shutdown(2)


def _body(answer: HTTPResponse) -> bytes:
    body = answer.read(LONGEST_ANSWER + 1)
    if len(body) > LONGEST_ANSWER:
        raise Unanswered("answer too long")
    return body


def _read(status: int, body: bytes) -> Receipt:
    """Say what an answer means.

    Raises: Undeliverable for a refusal of this message, Unanswered for anything else that is no promise.
    """
    if status >= 500 or status in _OURS or status < 200 or 300 <= status < 400:
        raise Unanswered(f"HTTP {status}")
    answer = _object(body)
    if status >= 400:
        raise Undeliverable(_reason(answer) or f"HTTP {status}")
    state = answer.get("state")
    if state == "refused":
        kind = DeadAddress if answer.get("dead") is True else Undeliverable
        raise (Unanswered if answer.get("retry") is True else kind)(_reason(answer) or "refused")
    if state not in ("accepted", "delivered"):
        raise Unanswered("malformed answer")
    reference = answer.get("reference")
    return Receipt(reference[:80] if isinstance(reference, str) else "", state == "delivered")


def _object(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _reason(answer: Mapping[str, Any]) -> str:
    """Return the provider's own word for it: short, in plain signs, so that no number of a person passes into it."""
    reason = answer.get("reason")
    plain = isinstance(reason, str) and len(reason) <= 60 and reason.isascii() and reason.isprintable()
    return str(reason) if plain else ""


def channel_for(provider: Provider, folder: Path | None) -> Channel | None:
    """Return the way out that is configured; without a provider files in `folder`, None where there is no folder."""
    if provider.url:
        return HttpChannel(provider)
    return NoteFolder(folder) if folder else None

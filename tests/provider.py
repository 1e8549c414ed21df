"""A small provider of short messages for tests: our JSON over a real socket, and told to misbehave."""

import json
import threading
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from eventweek.outbox.channels import Provider, signature
from tests.smtp import running

SECRET = "a secret of tests only"
ANSWERS: dict[str, tuple[int, bytes]] = {
    "good": (200, b'{"state": "accepted", "reference": "p-1"}'),
    "delivered": (202, b'{"state": "delivered", "reference": "p-2"}'),
    "refusing": (200, b'{"state": "refused", "reason": "no such number"}'),
    "rejecting": (422, b'{"state": "refused", "reason": "template not approved"}'),
    "asking for patience": (200, b'{"state": "refused", "reason": "too fast", "retry": true}'),
    "ill": (503, b"<html>down</html>"),
    "locked": (401, b'{"reason": "signature"}'),
    "elsewhere": (302, b""),
    "malformed": (200, b'["accepted"]'),
    "nested": (200, b"[" * 20_000),
    "endless": (200, b'{"state": "' + b"a" * 70_000 + b'"}'),
}


class ProviderServer(ThreadingHTTPServer):
    """Takes messages over; `mood` is a name of ANSWERS, or `silent`, `dripping`."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Conversation)
        self.mood = "good"
        self.taken: list[dict[str, Any]] = []
        self.signed: list[bool] = []
        self.over = threading.Event()

    @property
    def provider(self) -> Provider:
        """Return what the settings would say of this server."""
        return Provider(f"http://127.0.0.1:{self.server_address[1]}/messages", "key-1", SECRET)


class _Conversation(BaseHTTPRequestHandler):
    server: ProviderServer

    def do_POST(self) -> None:
        """Read one message, check its signature, answer as the mood is."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        stamp = self.headers["X-Eventweek-Time"]
        right = signature(SECRET, stamp, body) == self.headers["X-Eventweek-Signature"]
        self.server.signed.append(right and self.headers["X-Eventweek-Key"] == "key-1")
        mood = self.server.mood
        if mood == "silent":
            self.server.over.wait(30)
            return
        if mood == "dripping":
            self._drip()
            return
        status, answer = ANSWERS[mood]
        if status in (200, 202) and mood in ("good", "delivered"):
            self.server.taken.append(json.loads(body))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _drip(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        try:
            while not self.server.over.wait(0.05):
                self.wfile.write(b"X-More: 1\r\n")
        except OSError:
            pass

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def provider_server(port: int = 0) -> AbstractContextManager[ProviderServer]:
    """Run a provider for the length of the block."""
    return running(ProviderServer(port))

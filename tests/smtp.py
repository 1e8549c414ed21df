"""A small mail server for tests that speaks SMTP over a real socket and can be told to misbehave."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any, TypeVar


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mail over; `mood` is `good`, `busy` (450), `refusing` (550) or `stalling` (says nothing after DATA)."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Conversation)
        self.mood = "good"
        self.taken: list[Message] = []
        self.reached_data = threading.Event()
        self.over = threading.Event()

    @property
    def url(self) -> str:
        """Return the address for EVENTWEEK_SMTP_URL."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        """Answer line by line (RFC 5321)."""
        self._say("220 test")
        while line := self.rfile.readline():
            word = line.split(b" ")[0].strip().upper()
            if word == b"QUIT":
                return self._say("221 bye")
            if word == b"DATA":
                self._data()
            elif word == b"RCPT" and self.server.mood in {"busy", "refusing"}:
                self._say("450 later" if self.server.mood == "busy" else "550 nobody here")
            else:
                self._say("250 ok")
        return None

    def _data(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line[1:] if line.startswith(b".") else line)
        self.server.reached_data.set()
        if self.server.mood == "stalling":
            self.server.over.wait(30)
            return
        self.server.taken.append(message_from_bytes(b"".join(lines), policy=default))
        self._say("250 taken")

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


def mail_server(port: int = 0) -> AbstractContextManager[MailServer]:
    """Run a server for the length of the block."""
    return running(MailServer(port))


Server = TypeVar("Server", bound=Any)


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """Let a server answer for the length of the block; at its end `over` is set."""
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()

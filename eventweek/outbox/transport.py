"""Ways out of the house for a finished mail: SMTP, or files in a folder."""

import os
import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT_S = 20.0


class Undeliverable(Exception):
    """The server says for good that it will not take this mail."""


class DeadAddress(Undeliverable):
    """The server says that nothing sent to this address will ever arrive."""


class Transport(Protocol):
    """Takes a mail over, or raises."""

    def deliver(self, mail: EmailMessage, name: str) -> None:
        """Hand the mail over; `name` is the same at each try.

        Raises: Undeliverable when trying again is useless; OSError or smtplib.SMTPException otherwise.
        """


class Folder:
    """Each mail is a file; a second try overwrites the first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def deliver(self, mail: EmailMessage, name: str) -> None:
        """Write the file in one step."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self.folder / f".{name}.part"
        part.write_bytes(mail.as_bytes(policy=SMTP_POLICY))
        os.replace(part, self.folder / f"{name}.eml")


class Smtp:
    """A server at `smtp://`, `smtp+starttls://` or `smtps://`, with user and password where it wants them."""

    def __init__(self, url: str, timeout: float = TIMEOUT_S) -> None:
        self.parts, self.timeout = urlsplit(url), timeout

    def deliver(self, mail: EmailMessage, name: str) -> None:
        """Hand the mail over in a conversation of its own."""
        with self._connect() as server:
            if self.parts.scheme == "smtp+starttls":
                server.starttls(context=ssl.create_default_context())
            if self.parts.username:
                server.login(unquote(self.parts.username), unquote(self.parts.password or ""))
            try:
                server.send_message(mail)
            except smtplib.SMTPRecipientsRefused as refused:
                codes = [code for code, _words in refused.recipients.values()]
                if all(code >= 500 for code in codes):
                    raise DeadAddress(f"refused with {codes[0]}") from refused
                raise

    def _connect(self) -> smtplib.SMTP:
        host, secure = self.parts.hostname or "", self.parts.scheme == "smtps"
        port = self.parts.port or (465 if secure else 587 if self.parts.scheme == "smtp+starttls" else 25)
        if secure:
            return smtplib.SMTP_SSL(host, port, timeout=self.timeout, context=ssl.create_default_context())
        return smtplib.SMTP(host, port, timeout=self.timeout)


def transport_for(smtp_url: str, folder: Path) -> Transport:
    """Return the way out that is configured."""
    return Smtp(smtp_url) if smtp_url else Folder(folder)

"""Files that answer questions: told by their bytes, kept by content, and known by a receipt until somebody registers.

A receipt is signed, so that nobody can name a file that they did not send; no row is written before the registration.
"""

import base64
import hmac
import json
from dataclasses import asdict

from eventweek.kernel import files, images, uploads
from eventweek.kernel.errors import Refusal
from eventweek.kernel.keys import contact_hash
from eventweek.registration.forms import Sent

LARGEST = 10_000_000
"""Bytes of one file."""
_DOMAIN = "eventweek/answer-file/1/"
_PICTURE = "webp"
TYPES = {**uploads.TYPES, _PICTURE: "image/webp"}
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8")


def take_file(content: bytes, name: str) -> Sent:
    """Take in a document as it is, or a picture written anew; nothing of its sender but the stem of its name stays.

    Raises: Refusal upload.*, image.*, file.disk_full.
    """
    if len(content) > LARGEST:
        raise Refusal("upload.too_large", longest=LARGEST // 1_000_000)
    if _is_picture(content):
        content = images.render(content)[-1].content
        known = uploads.Recognised(_PICTURE, uploads.safe_name(name, _PICTURE))
    else:
        known = uploads.recognise(content, name, LARGEST)
    return Sent(files.keep(content), known.name, known.kind, len(content))


def receipt_of(sent: Sent) -> str:
    """Return what stands for a file in a form or a request."""
    body = base64.urlsafe_b64encode(json.dumps(asdict(sent)).encode()).decode()
    return f"{body}.{contact_hash((_DOMAIN + body).encode())}"


def open_receipt(text: str) -> Sent:
    """Return the file that a receipt stands for.

    Raises: Refusal answer.file_unknown where it is no receipt of ours, or the file is there no more.
    """
    body, _, mark = text.rpartition(".")
    if not hmac.compare_digest(
        contact_hash((_DOMAIN + body).encode("utf-8", "replace")).encode(), mark.encode("utf-8", "replace")
    ):
        raise Refusal("answer.file_unknown")
    sent = Sent(**json.loads(base64.urlsafe_b64decode(body)))
    if not files.is_kept(sent.sha256):
        raise Refusal("answer.file_unknown")
    return sent


def _is_picture(content: bytes) -> bool:
    return content.startswith(_MAGIC) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP")

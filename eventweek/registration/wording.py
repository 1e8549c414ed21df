"""From the words of a kind and the facts of one person to what is sent (pure); no template engine reads stored text."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from eventweek.programme.rules.placeholders import fill, unknown
from eventweek.registration.kinds import Wording

LONGEST_SMS = 300
"""Characters with the signature; providers refuse or cut what is longer."""
LONGEST_WECHAT = 20
"""Characters of one field of a WeChat subscription message."""
_UNCUT = ("link", "cancel_link", "answer_link", "code")
_NAMED = re.compile(r"\{([^{}]*)\}")
_FIELD = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]{0,29})\s*[=＝:：]\s*(.+)")


@dataclass(frozen=True)
class Composed:
    """What one person is sent: the mail's subject and text, the short text, the fields of templates."""

    subject: str
    body: str
    sms: str
    sms_fields: Mapping[str, str]
    wechat_fields: Mapping[str, str]


def compose(words: Wording, facts: Mapping[str, str], sign: str = "") -> Composed:
    """Fill the words of a kind with the facts of one person.

    A paragraph of the mail is left out when all that it names is empty. The SMS, `sign` before it, is one line of at
    most LONGEST_SMS characters: the longest facts are shortened, links and codes never.
    """
    plain = {name: inert(fact) if name == "name" else fact for name, fact in facts.items()}
    lines = {name: " ".join(fact.split()) for name, fact in plain.items()}
    named = dict.fromkeys(name for name in _NAMED.findall(words.sms) if name in lines)
    return Composed(
        subject=" ".join(fill(words.subject, lines).split()),
        body=_filled(words.body, plain),
        sms=_short(words.sms, lines, sign),
        sms_fields={name: lines[name] for name in named},
        wechat_fields={name: _cut(fill(text, lines), LONGEST_WECHAT) for name, text in wechat_fields(words.wechat)},
    )


def inert(name: str) -> str:
    """Return a person's name as nothing that a phone or a mail program makes a link or a signature of."""
    return " ".join(re.sub(r"[^\w\s·'’.\-]|(?<=\w)\.(?=\w)|[_\d]", " ", name).split())[:50]


def list_unknown(texts: Iterable[str], names: Iterable[str]) -> list[str]:
    """Return what stands in braces in any of the texts and is no name, each once."""
    known = list(names)
    return list(dict.fromkeys(found for text in texts for found in unknown(text, known)))


def list_missing(text: str, must: Iterable[str]) -> list[str]:
    """Return the names that a text has to hold in braces and does not."""
    named = set(_NAMED.findall(text))
    return [name for name in must if name not in named]


def wechat_fields(text: str) -> list[tuple[str, str]]:
    """Return the fields of a WeChat message, one a line: `thing1={session}`."""
    return [(found[1], found[2].strip()) for line in text.splitlines() if (found := _FIELD.fullmatch(line))]


def list_bad_fields(text: str) -> list[str]:
    """Return the lines that are no field of a WeChat message."""
    return [line.strip()[:40] for line in text.splitlines() if line.strip() and not _FIELD.fullmatch(line)]


def _filled(text: str, facts: Mapping[str, str]) -> str:
    kept = []
    for part in re.split(r"\n\s*\n", text.strip()):
        named = [name for name in _NAMED.findall(part) if name in facts]
        if not named or any(facts[name] for name in named):
            kept.append(fill(part, facts).strip())
    return "\n\n".join(kept)


def _short(text: str, facts: Mapping[str, str], sign: str) -> str:
    mark = f"【{sign}】" if sign else ""
    room, own = LONGEST_SMS - len(mark), dict(facts)
    line = " ".join(fill(text, own).split())
    for limit in (60, 30, 15, 6):
        if len(line) <= room:
            break
        own = {name: fact if name in _UNCUT else _cut(fact, limit) for name, fact in facts.items()}
        line = " ".join(fill(text, own).split())
    return mark + _cut(line, room)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"

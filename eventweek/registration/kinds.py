"""Every kind of message that registration sends: its name, what its text may name, how it behaves (pure).

A new kind is one line here and its usual words in texts/KIND.zh.md and texts/KIND.en.md: the subject after `# `, the
body, a line of three dashes, the text of the SMS, another such line, the fields of a WeChat message as `name=text`.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from eventweek.kernel.db import Bilingual
from eventweek.programme.rules.placeholders import NAMES as OF_THE_WEEK

TEXTS = Path(__file__).parent / "texts"
SESSIONS = ("sessions", "session", "when", "where", "seats")


@dataclass(frozen=True)
class Kind:
    """A kind of message. `names`: what its text may name beside the week and the person; `must`: what it has to name.

    `asked`: it answers what the person has just done, so that no quiet hour and no bounced address holds it.
    """

    code: str
    word: Bilingual
    names: tuple[str, ...] = SESSIONS
    must: tuple[str, ...] = ()
    asked: bool = False

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Return every name that its text may hold in braces."""
        return ("name", "link", *self.names, *OF_THE_WEEK)


KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("confirmed", Bilingual("报名成功", "Registered"), (*SESSIONS, "waiting", "applied", "note"), asked=True),
        Kind(
            "waitlisted", Bilingual("进入候补", "On the waiting list"), (*SESSIONS, "position", "applied"), asked=True
        ),
        Kind("applied", Bilingual("收到申请", "Application received"), asked=True),
        Kind("approved", Bilingual("审核通过", "Application approved"), (*SESSIONS, "outcome", "note")),
        Kind("returned", Bilingual("退回补正", "Application returned"), (*SESSIONS, "reason")),
        Kind("rejected", Bilingual("审核未通过", "Application rejected"), (*SESSIONS, "reason")),
        Kind("offered", Bilingual("名额等您确认", "A seat is offered"), (*SESSIONS, "until"), ("until",)),
        Kind("lapsed", Bilingual("名额过期", "Offer lapsed"), (*SESSIONS, "outcome")),
        Kind("promoted", Bilingual("候补成功", "A seat came free"), (*SESSIONS, "note")),
        Kind("cancelled", Bilingual("报名已取消", "Registration cancelled"), (*SESSIONS, "reason")),
        Kind("moved", Bilingual("改到另一场", "Moved to another session"), (*SESSIONS, "note")),
        Kind("handed_over", Bilingual("名额转给他人", "Handed over")),
        Kind("changed", Bilingual("安排有变", "Session changed"), (*SESSIONS, "changes", "answer_link")),
        Kind("session_cancelled", Bilingual("活动取消", "Session cancelled"), (*SESSIONS, "reason", "answer_link")),
        Kind("reminder", Bilingual("活动提醒", "Reminder"), (*SESSIONS, "day", "cancel_link"), ("cancel_link",)),
        Kind("invited", Bilingual("邀请", "Invitation"), (*SESSIONS, "until"), ("link",)),
        Kind("group", Bilingual("团体报名", "Group registration"), (*SESSIONS, "until"), ("link",), asked=True),
        Kind("no_show", Bilingual("没有到场", "Did not come"), (*SESSIONS, "rule")),
        Kind("no_show_decided", Bilingual("没有到场的处理结果", "No-show decided"), (*SESSIONS, "decision", "reason")),
        Kind("code", Bilingual("验证码", "One-time code"), ("code", "minutes"), ("code",), asked=True),
    )
}


@dataclass(frozen=True)
class Wording:
    """The words of a kind in one language. `wechat` holds one field a line, `name=text`."""

    subject: str
    body: str
    sms: str
    wechat: str = ""
    sms_template: str = ""
    wechat_template: str = ""


@cache
def usual_wording(kind: str, language: str) -> Wording:
    """Return the words that a kind has while nobody has written others; `language` is `zh` or `en`."""
    text = (TEXTS / f"{kind}.{language}.md").read_text(encoding="utf-8")
    mail, sms, wechat = (*text.split("\n---\n"), "", "")[:3]
    subject, _line, body = mail.partition("\n")
    return Wording(subject.removeprefix("# ").strip(), body.strip(), sms.strip(), wechat.strip())

"""The words of a week's messages, its hours and channels, and the facts that fill the words for one person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from eventweek.kernel.db import Bilingual, db
from eventweek.outbox.enums import Channel
from eventweek.programme.models import Week
from eventweek.programme.queries.facts import facts_of_week
from eventweek.registration.enums import EndReason, StrikeEffect
from eventweek.registration.kinds import KINDS, Wording, usual_wording
from eventweek.registration.models import MessageSettings, MessageText
from eventweek.registration.strikes import say_rule

USUAL_CHANNELS = (Channel.EMAIL, Channel.SMS)
TEXT_FIELDS = ("subject", "body", "sms", "sms_template", "wechat", "wechat_template")
SETTINGS = ("quiet_from", "quiet_until", "remind", "remind_days", "remind_at", "sms_sign")
LISTS = ("confirmed", "offered", "sessions", "ended", "waitlisted", "applied")
"""Under which names a context may hold sessions; the first that is filled is what the message is about."""
_BESIDE = {"waitlisted": "waiting", "applied": "applied"}
_OUTCOMES = {
    "confirmed": Bilingual(
        "已为您确认名额，入场时出示二维码。", "Your seat is confirmed; show the code at the entrance."
    ),
    "online": Bilingual(
        "已为您确认，线上参加，不用到现场。", "You are confirmed to take part on line; there is no need to come."
    ),
    "waitlisted": Bilingual("现在已满，您在候补，有名额会通知您。", "It is full now: you are on the waiting list."),
    "waiting": Bilingual("您仍在候补，有名额会再通知您。", "You stay on the waiting list."),
    "ended": Bilingual("这个报名已经结束。", "This registration has ended."),
}
_ENDED = {
    "person": Bilingual("您的报名已取消，名额已释放。", "Your registration is cancelled and the seat is free again."),
    "unclaimed": Bilingual(
        "活动已经开始，您还没有到场，席位让给了现场候补的人。",
        "It has begun without you, and the seat went to somebody who waited at the door.",
    ),
    "": Bilingual("主办方取消了您的报名。有疑问请联系主办方。", "The organiser has cancelled your registration."),
}


@dataclass(frozen=True)
class Hours:
    """When a week writes to people, as stored in MessageSettings or as usual; `version` 0 where nothing is stored."""

    quiet_from: str = "22:00"
    quiet_until: str = "08:00"
    remind: bool = True
    remind_days: int = 1
    remind_at: str = "18:00"
    sms_sign: str = ""
    version: int = 0


def hours_of(week_id: int) -> Hours:
    """Return when a week writes to people."""
    row = db.session.scalar(select(MessageSettings).where(MessageSettings.week_id == week_id))
    return Hours(**{name: getattr(row, name) for name in SETTINGS}, version=row.version) if row else Hours()


def find_text(week_id: int, kind: str) -> MessageText | None:
    """Return what organisers wrote for a kind of message, None while it is as usual."""
    return db.session.scalar(select(MessageText).where(MessageText.week_id == week_id, MessageText.kind == kind))


def map_texts(week_id: int) -> dict[str, MessageText]:
    """Return what organisers wrote, by kind."""
    return {row.kind: row for row in db.session.scalars(select(MessageText).where(MessageText.week_id == week_id))}


def values_of_text(row: MessageText | None) -> dict[str, Any]:
    """Return the stored values of a text as plain JSON, all empty while it is as usual."""
    names = [f"{name}_{language}" for name in TEXT_FIELDS for language in ("zh", "en")]
    return {"channels": row.channels if row else ""} | {name: getattr(row, name) if row else "" for name in names}


def wording_of(row: MessageText | None, kind: str, locale: str) -> Wording:
    """Return the words in use: those written, else the usual ones; `locale` is `zh-CN` or `en`."""
    language = "en" if locale == "en" else "zh"
    usual, own = usual_wording(kind, language), values_of_text(row)

    def said(name: str) -> str:
        return str(own[f"{name}_{language}"] or getattr(usual, name))

    return Wording(*(said(name) for name in ("subject", "body", "sms", "wechat", "sms_template", "wechat_template")))


def list_wechat_templates(week_id: int, locale: str) -> list[str]:
    """Return the templates of the messages that a week sends by WeChat to readers of a language, each once."""
    rows = [row for row in map_texts(week_id).values() if Channel.WECHAT in channels_of(row)]
    found = (row.wechat_template.best(locale)[0] for row in sorted(rows, key=lambda row: row.kind))
    return list(dict.fromkeys(code for code in found if code))


def channels_of(row: MessageText | None) -> tuple[Channel, ...]:
    """Return by which channels a kind goes out, the first choice first."""
    stored = row.channels if row else ""
    return tuple(Channel(name) for name in stored.split(",")) if stored else USUAL_CHANNELS


def facts_of(week: Week, context: Mapping[str, Any], locale: str, links: Mapping[str, str]) -> dict[str, str]:
    """Return the fact of each name that the words of a message may hold, from what the message was written with."""
    every = {name for kind in KINDS.values() for name in kind.placeholders}
    plain = {name: str(value) for name, value in context.items() if name in every and isinstance(value, str | int)}
    if "secret_code" in context:
        plain["code"] = str(context["secret_code"])
    facts = dict.fromkeys(every, "") | plain | _of_sessions(context, locale) | facts_of_week(week, locale) | dict(links)
    if context.get("ended") and "reason" in context:
        facts["reason"] = _why_ended(str(context["reason"]), locale)
    return facts


def _of_sessions(context: Mapping[str, Any], locale: str) -> dict[str, str]:
    own = next((name for name in LISTS if context.get(name)), "")
    if not own:
        return {}
    entries: Sequence[Mapping[str, Any]] = context[own]
    first = entries[0]
    beside = {
        fact: _lines(context[name], locale) for name, fact in _BESIDE.items() if name != own and context.get(name)
    }
    waits = own == "ended" and context.get("waiting") is True
    from_home = own == "confirmed" and all(entry.get("online") for entry in entries)
    outcome = _OUTCOMES.get("waiting" if waits else "online" if from_home else own)
    return beside | {
        "sessions": _lines(entries, locale),
        "session": first["title"],
        "when": first["when"],
        "where": first["where"],
        "seats": str(first["seats"]),
        "position": str(first.get("position") or ""),
        "outcome": outcome.best(locale)[0] if outcome else "",
        "waiting": beside.get("waiting", ""),
    }


def _lines(entries: Sequence[Mapping[str, Any]], locale: str) -> str:
    return "\n".join(_line(entry, locale == "en") for entry in entries)


def _line(entry: Mapping[str, Any], english: bool) -> str:
    parts = [f"- {entry['title']}", f"  {entry['when']}", f"  {entry['where']}"]
    if entry["seats"] > 1:
        parts.append(f"  {entry['seats']} people" if english else f"  {entry['seats']} 人")
    if entry.get("position"):
        place = entry["position"]
        parts.append(f"  Waiting list, no. {place}" if english else f"  候补第 {place} 位")
    return "\n".join(parts)


def _why_ended(reason: str, locale: str) -> str:
    """Return who ended a registration; a sentence that an organiser wrote stays as it is."""
    if reason and reason not in set(EndReason):
        return reason
    own = EndReason.PERSON if reason == EndReason.DECLINED else reason
    return _ENDED.get(own, _ENDED[""]).best(locale)[0]


def sample_facts(week: Week, kind: str, locale: str) -> dict[str, str]:
    """Return facts of nobody, to show how a message will read."""
    english = locale == "en"
    name, title = ("Wang Min", "Opening ceremony") if english else ("王敏", "开幕式")
    when = "Thu 15 Oct, 9:30–11:00" if english else "10月15日（周四）9:30–11:00"
    entry = {"title": title, "when": when, "where": "A301", "seats": 2, "position": 3}
    lists = {"cancelled": "ended", "session_cancelled": "ended", "lapsed": "ended", "handed_over": "ended"}
    lists |= {"waitlisted": "waitlisted", "applied": "applied", "offered": "offered"}
    own = lists.get(kind, "confirmed")
    shown = entry if own == "waitlisted" else entry | {"position": 0}
    reason = {"cancelled": "person"}.get(kind, "The speaker cannot come." if english else "讲者因故不能到场。")
    context = {"name": name, own: [shown], "reason": reason, "code": "041952", "minutes": 10}
    context |= {"until": "18:00, Wed 14 Oct" if english else "10月14日 18:00", "day": "tomorrow" if english else "明天"}
    context |= {"note": week.confirmation.best(locale)[0], "changes": "14:00 → 15:00"}
    context |= {"rule": say_rule(2, StrikeEffect.BEHIND).best(locale)[0]}
    context |= {"decision": "It no longer counts." if english else "这一次不再计入。"}
    links = dict.fromkeys(("link", "cancel_link", "answer_link"), "https://…")
    return facts_of(week, context, locale, links)

"""What people are told: values for the outbox, in the person's language; one function per kind of `kinds`.

A context names the pass by its code; whoever delivers derives the owner's link from it, so no secret is stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from eventweek.kernel.clock import now
from eventweek.kernel.db import Bilingual
from eventweek.outbox.actions import About, Draft, send, send_all
from eventweek.outbox.addresses import Way
from eventweek.outbox.enums import Channel
from eventweek.programme.models import Week
from eventweek.programme.queries.facts import facts_of_week
from eventweek.programme.rules.placeholders import fill
from eventweek.registration.enums import PoolClass, State, StrikeState
from eventweek.registration.guests import Guest
from eventweek.registration.models import Attendee, OfferingInvitation, Pass, Registration, RegistrationGroup, Strike
from eventweek.registration.queries.offerings import OpenOffering

_WEEKDAYS = "一二三四五六日"
_DECIDED = {
    StrikeState.LIFTED: Bilingual("这一次不再计入。", "It no longer counts."),
    StrikeState.UPHELD: Bilingual("申诉没有通过，这一次仍然计入。", "Your appeal was not accepted: it still counts."),
}
SOON = timedelta(hours=12)
"""What begins within this time is told at night too."""


@dataclass(frozen=True)
class Change:
    """What changed of a registration, in both languages; `mark`: by what it is known, so that nobody is told twice.

    `starts`: the first moment that the change is about, before it or after.
    """

    said: Bilingual
    mark: str
    starts: datetime


Became = Sequence[tuple[OpenOffering, Registration, int]]
"""What became of a basket: each registration with its place in the queue, 0 where it has none."""


def tell_registered(week: Week, own: Pass, rows: Became) -> None:
    """Say what became of a basket: what is confirmed, and where one waits at which place."""
    _send(_registered(week, own, rows))


def tell_all_registered(week: Week, people: Sequence[tuple[Pass, Became]]) -> None:
    """Say it to many at once, to each what became of theirs, in one statement."""
    drafts = [_registered(week, own, rows) for own, rows in people]
    send_all([draft for draft in drafts if draft])


def _registered(week: Week, own: Pass, rows: Became) -> Draft | None:
    language = own.attendee.locale
    entries = [
        (row.state, _entry(week, offering, row, language) | {"position": place}) for offering, row, place in rows
    ]
    confirmed = [entry for state, entry in entries if state == State.CONFIRMED]
    waiting = [entry for state, entry in entries if state == State.WAITLISTED]
    applied = [entry for state, entry in entries if state == State.APPLIED]
    template = "confirmed" if confirmed else "waitlisted" if waiting else "applied"
    facts = {"confirmed": confirmed, "waitlisted": waiting, "applied": applied}
    return _draft(week, own, template, rows[0][1].code, facts)


def tell_promoted(week: Week, own: Pass, offering: OpenOffering, row: Registration) -> None:
    """Say that a seat has come free and is theirs."""
    facts = {"confirmed": [_entry(week, offering, row, own.attendee.locale)]}
    _tell(week, own, "promoted", row.code, facts, offering.starts)


def tell_offered(week: Week, own: Pass, offering: OpenOffering, row: Registration) -> None:
    """Say that a seat is held for them, and until when they must answer."""
    entry = _entry(week, offering, row, own.attendee.locale)
    facts = {"offered": [entry], "until": _until(week, row, own.attendee.locale)}
    _tell(week, own, "offered", f"{row.code}:{row.offers}", facts, row.offer_expires_at)


def tell_lapsed(week: Week, own: Pass, offering: OpenOffering, row: Registration) -> None:
    """Say that an offer has passed without an answer, and whether they wait on."""
    entry = _entry(week, offering, row, own.attendee.locale)
    facts = {"ended": [entry], "waiting": row.state == State.WAITLISTED}
    _tell(week, own, "lapsed", f"{row.code}:{row.offers}", facts)


def tell_reviewed(week: Week, own: Pass, offering: OpenOffering, row: Registration) -> None:
    """Say what became of an application: in, waiting, to be corrected, refused; the last two with the reason."""
    entry = _entry(week, offering, row, own.attendee.locale)
    lists = {State.CONFIRMED: "confirmed", State.WAITLISTED: "waitlisted"}
    facts = {"confirmed": [], "waitlisted": [], lists.get(State(row.state), "applied"): [entry], "reason": row.answer}
    template = {State.RETURNED: "returned", State.REJECTED: "rejected"}.get(State(row.state), "approved")
    _tell(week, own, template, f"{row.code}:{row.version}", facts)


def tell_moved(week: Week, own: Pass, offering: OpenOffering, row: Registration) -> None:
    """Say that a registration now stands for something else."""
    entry = _entry(week, offering, row, own.attendee.locale)
    _tell(week, own, "moved", f"{row.code}:{row.version}", {"confirmed": [entry]})


def tell_cancelled(week: Week, own: Pass, offering: OpenOffering, row: Registration) -> None:
    """Say that a registration has ended, and by whom."""
    facts = {"ended": [_entry(week, offering, row, own.attendee.locale)], "reason": row.end_reason}
    _tell(week, own, "cancelled", row.code, facts)


def tell_session_cancelled(week: Week, own: Pass, offering: OpenOffering, row: Registration) -> None:
    """Say that the organiser has cancelled the session, with the published reason."""
    facts = facts_of_cancelled(week, offering, row, own.attendee.locale) | {"answer": f"{own.code}:{row.code}"}
    _tell(week, own, "session_cancelled", row.code, facts, offering.starts)


def facts_of_cancelled(week: Week, offering: OpenOffering, row: Registration, language: str) -> dict[str, Any]:
    """Return what the message of a cancelled session says in that language; its links are not in it."""
    reasons = [session.facts.get("reason") or {"zh": "", "en": ""} for session in offering.sessions]
    return {"ended": [_entry(week, offering, row, language)], "reason": _said(Bilingual(**reasons[0]), language)}


def tell_changed(week: Week, own: Pass, offering: OpenOffering, row: Registration, change: Change) -> None:
    """Say what the organiser changed of what they registered for, with a link to keep, change or cancel."""
    facts = facts_of_changed(week, offering, row, change.said, own.attendee.locale)
    facts |= {"answer": f"{own.code}:{row.code}"}
    _tell(week, own, "changed", f"{row.code}:{change.mark}", facts, change.starts)


def facts_of_changed(
    week: Week, offering: OpenOffering, row: Registration, said: Bilingual, language: str
) -> dict[str, Any]:
    """Return what the message of a change says in that language; its links are not in it."""
    return {"sessions": [_entry(week, offering, row, language)], "changes": _said(said, language)}


def tell_handed_over(week: Week, own: Pass, offering: OpenOffering, row: Registration) -> None:
    """Say to whoever held a place that it is another person's now; that person's name is not repeated in a mail."""
    _tell(week, own, "handed_over", row.code, {"ended": [_entry(week, offering, row, own.attendee.locale)]})


def tell_no_show(week: Week, own: Pass, offering: OpenOffering, row: Registration, rule: Bilingual) -> None:
    """Say that they did not come, what follows by the week's rule, and that they can appeal."""
    language = own.attendee.locale
    facts = {"sessions": [_entry(week, offering, row, language)], "rule": _said(rule, language)}
    _tell(week, own, "no_show", row.code, facts)


def tell_no_show_decided(
    week: Week, own: Pass, offering: OpenOffering, row: Registration, strike: Strike, reason: str
) -> None:
    """Say whether a no-show still counts, with the organiser's reason."""
    language = own.attendee.locale
    facts = {"sessions": [_entry(week, offering, row, language)], "reason": reason}
    facts["decision"] = _said(_DECIDED[StrikeState(strike.state)], language)
    _tell(week, own, "no_show_decided", f"{row.code}:{strike.version}", facts)


def tell_invited(week: Week, offering: OpenOffering, row: OfferingInvitation, guest: Guest, language: str) -> bool:
    """Send somebody their invitation; the context names it by its own code, which opens nothing."""
    ways = [(str(channel), to) for channel, to in ((Channel.EMAIL, guest.email), (Channel.SMS, guest.phone)) if to]
    if not ways:
        return False
    sessions = [_stop(week, offering, language) | {"seats": 1}]
    until = _moment(row.expires_at, week, language)
    context = {"invitation": row.code, "name": guest.name, "until": until, "sessions": sessions}
    (channel, address), *others = ways
    about = About(week.code, others=others)
    return send("registration/invited", address, language, context, f"invited:{row.code}", (), channel, about)


def tell_leader(week: Week, offering: OpenOffering, group: RegistrationGroup) -> bool:
    """Send the leader of a group the link to its list; the context names it by its code, which opens nothing."""
    leader = group.leader
    ways = ways_to(leader) if leader else []
    if leader is None or not ways:
        return False
    language = leader.locale
    sessions = [_stop(week, offering, language) | {"seats": 1}]
    until = _moment(group.cut_off, week, language)
    context = {"group": group.code, "name": leader.name, "sessions": sessions, "until": until}
    (channel, address), *others = ways
    about = About(week.code, others=others, urgent=True)
    return send("registration/group", address, language, context, f"group:{group.code}", (), channel, about)


def tell_code(kind: str, recipient: str, locale: str, code: str, minutes: int, number: int) -> None:
    """Send a one-time code to a phone or an e-mail address; it is forgotten once it has gone out."""
    context = {"secret_code": code, "minutes": minutes}
    channel = "sms" if kind == "phone" else "email"
    send("registration/code", recipient, locale, context, f"code:{number}", channel=channel)


Held = Sequence[tuple[OpenOffering, Registration]]
"""What somebody is reminded of."""


def tell_reminders(week: Week, people: Sequence[tuple[Pass, Held]], day: date) -> int:
    """Remind people of their sessions of one day, with a link to cancel; return how many messages are new."""
    drafts = [_reminder(week, own, rows, day) for own, rows in people]
    return send_all([draft for draft in drafts if draft])


def _reminder(week: Week, own: Pass, rows: Held, day: date) -> Draft | None:
    language = own.attendee.locale
    facts = {
        "sessions": [_entry(week, offering, row, language) for offering, row in rows],
        "day": _day(day, language),
        "reminder": f"{own.code}:{day.isoformat()}",
    }
    return _draft(week, own, "reminder", day.isoformat(), facts)


def _tell(
    week: Week, own: Pass, template: str, subject: str, facts: dict[str, Any], starts: datetime | None = None
) -> None:
    _send(_draft(week, own, template, subject, facts, starts))


def _send(draft: Draft | None) -> None:
    if draft:
        send(**vars(draft))


def _draft(
    week: Week, own: Pass, template: str, subject: str, facts: dict[str, Any], starts: datetime | None = None
) -> Draft | None:
    """Make one message by whatever way the person gave; no night is disturbed unless it `starts`, or ends, soon."""
    ways = ways_to(own.attendee)
    if not ways:
        return None
    language = own.attendee.locale
    context = {"pass": own.code, "name": own.attendee.name, **facts}
    if facts.get("confirmed"):
        note = week.confirmation.best(language)[0]
        context["note"] = fill(note, facts_of_week(week, language)) if note else ""
    references = [f"pass.png:{own.code}"] if facts.get("confirmed") else []
    channel, address = ways[0]
    urgent = starts is not None and is_soon(starts)
    return Draft(
        f"registration/{template}",
        address,
        language,
        context,
        f"{template}:{own.code}:{subject}",
        [*references, f"ics:{own.code}"],
        channel,
        About(week.code, own.code, others=ways[1:], urgent=urgent),
    )


def is_soon(starts: datetime) -> bool:
    """Say whether what begins then is told at night too."""
    return starts - now() <= SOON


def ways_to(attendee: Attendee) -> list[Way]:
    """Return by what a person can be reached: what they gave when they registered."""
    ways = ((Channel.EMAIL, attendee.email), (Channel.SMS, attendee.phone_e164))
    return [(str(channel), address) for channel, address in ways if address]


def _entry(week: Week, offering: OpenOffering, row: Registration, language: str) -> dict[str, Any]:
    there = {"where": _on_line(offering, language), "online": True} if row.cls == PoolClass.ONLINE else {}
    return _stop(week, offering, language) | {"seats": row.seats} | there


def _on_line(offering: OpenOffering, language: str) -> str:
    """Say where the way in will be, never the way itself: a mail is forwarded."""
    minutes = offering.online_before_min
    if language == "en":
        return f"On line: the way in opens in “My week” {minutes} minutes before the start"
    return f"线上参加，开始前 {minutes} 分钟起从“我的一周”进入"


def _stop(week: Week, offering: OpenOffering, language: str) -> dict[str, Any]:
    first = offering.sessions[0]
    name = offering.offering.name if len(offering.sessions) > 1 else first.title
    room, venue = first.facts["room"], first.facts["venue"]
    ends = offering.offering.slot_end or first.end
    return {
        "title": _said(name, language),
        "when": span(offering.starts, ends, ZoneInfo(week.timezone), language),
        "where": " ".join(_said(Bilingual(place["zh"], place["en"]), language) for place in (venue, room)),
    }


def _until(week: Week, row: Registration, language: str) -> str:
    """Return the end of an offer as a local day with the time."""
    assert row.offer_expires_at is not None
    return _moment(row.offer_expires_at, week, language)


def _moment(instant: datetime, week: Week, language: str) -> str:
    at = instant.astimezone(ZoneInfo(week.timezone))
    return f"{at.month}月{at.day}日 {at:%H:%M}" if language != "en" else f"{at:%H:%M}, {at:%a} {at.day} {at:%b}"


def span(start: datetime, end: datetime, zone: ZoneInfo, language: str) -> str:
    """Return a local day with the hours: `10月15日（周四）9:30–11:00`, in English `Thu 15 Oct, 9:30–11:00`."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    hours = f"{first.hour}:{first:%M}–{last.hour}:{last:%M}"
    if language == "en":
        return f"{first:%a} {first.day} {first:%b}, {hours}"
    return f"{first.month}月{first.day}日（周{_WEEKDAYS[first.weekday()]}）{hours}"


def _day(day: date, language: str) -> str:
    if language == "en":
        return f"{day:%a} {day.day} {day:%b}"
    return f"{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


def _said(text: Bilingual, language: str) -> str:
    return text.best(language)[0]

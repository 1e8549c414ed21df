"""What a history is about: a record that is or was, its revisions, and how one of its fields is put back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from flask import abort, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import can, require
from eventweek.audit.actors import Actor
from eventweek.audit.histories import Stretch, stretch_of, stretch_of_gone
from eventweek.audit.models import Revision
from eventweek.checkin.actions.devices import edit_gate, stop_gate
from eventweek.checkin.queries.gates import list_gates
from eventweek.checkin.rules import GATE
from eventweek.kernel.errors import Refusal
from eventweek.programme.actions.places import set_holiday, set_travel_time
from eventweek.programme.actions.weeks import edit_week
from eventweek.programme.models import TravelTime, Week
from eventweek.programme.queries import find_newest_week, find_week
from eventweek.programme.queries.calendar import find_holiday, list_all_travel_times
from eventweek.programme.queries.masters import list_cities
from eventweek.programme.queries.proposals import get_proposal
from eventweek.programme.queries.values import values_of
from eventweek.programme.rules.calendar import day_number, pair_number
from eventweek.programme.rules.checks import is_locked
from eventweek.programme.rules.subjects import HOLIDAY, SESSION, WEEK
from eventweek.programme.rules.values import plain
from eventweek.registration import actions as registration
from eventweek.registration.actions.message_texts import edit_message_text
from eventweek.registration.kinds import KINDS
from eventweek.registration.queries.desk import find_offering, list_offering_ids
from eventweek.registration.queries.message_texts import find_text, values_of_text
from eventweek.registration.queries.settings import FIELDS, setting_of
from eventweek.scheduling.actions.placements import place_session, unplace_session
from eventweek.scheduling.actions.sessions import edit_planned
from eventweek.scheduling.worklist import Planned, find_planned
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import edition
from eventweek.web.desk.records import HUNG, Record
from eventweek.web.desk.rights import rights_of
from eventweek.web.frame import best

ONES: dict[str, LazyString] = {
    "session": _("场次"),
    "placement": _("排期"),
    "offering": _("报名项"),
    "gate": _("门口"),
    "message_text": _("消息的文字"),
    "proposal": _("申报"),
    "week": _("届次"),
    "holiday": _("节假日"),
    "travel_time": _("路程"),
}
OF_A_WEEK = ("session", "offering", "gate", "message_text", "proposal")
PLACE = ("start", "room")
SEATS = ("room_cap", "class_cap", "overbook")
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Holder:
    """What holds fields now: their values as plain JSON, its version, and the edit that takes new ones.

    `put(values, version=..., actor=..., override=...)` is the ordinary edit; `fields` are those it takes.
    """

    values: Values
    version: int | None
    put: Callable[..., Any]
    fields: frozenset[str]
    locked: bool = False


@dataclass(frozen=True)
class Kept:
    """A record with its history; `holders` by the subject of the revisions, empty where nothing can be put back.

    `parts` names the rows of a history of several, whose holders go by `subject:row id`.
    """

    noun: str
    code: str
    week: Week | None
    title: str
    one: str
    back: str
    stretch: Stretch
    gone: bool = False
    holders: Mapping[str, Holder] = field(default_factory=dict)
    parts: Mapping[int, str] = field(default_factory=dict)

    def holder(self, row: Revision) -> Holder | None:
        """Return what holds the fields of a revision now."""
        return self.holders.get(row.subject) or self.holders.get(f"{row.subject}:{row.row_id}")

    def address(self, ending: str = "history", **values: Any) -> str:
        """Return the address of the history, or of the page that puts a value back (`value`)."""
        values |= {"noun": self.noun, "code": self.code}
        if not is_weekly(self.noun):
            return url_for(f"desk.master_{ending}", **values)
        return url_for(f"desk.week_{ending}", week=self.week and self.week.code, **values)


def is_weekly(noun: str) -> bool:
    """Say whether records of that kind belong to a week."""
    return noun in OF_A_WEEK or (noun in HUNG and HUNG[noun].weekly)


def find_kept(noun: str, code: str, week: str) -> Kept:
    """Return the record of an address, also a deleted one for who may read the audit; unknown ones answer 404."""
    if (noun not in HUNG and noun not in ONES) or noun == "placement" or is_weekly(noun) != bool(week):
        abort(404)
    finders: dict[str, Callable[[Week, str], Kept | None]] = {
        "session": _session,
        "offering": _offering,
        "gate": _gate,
        "message_text": _message_text,
        "proposal": _proposal,
    }
    if noun in ("week", "holiday", "travel_time"):
        alone = {"week": _week, "holiday": _holiday, "travel_time": _travel_time}[noun]
        return alone(code) or _gone(noun, find_newest_week(), code) or abort(404)
    own = edition(week) if week else find_newest_week()
    if noun in finders and own:
        found = finders[noun](own, code)
    else:
        found = _record(HUNG[noun], own, code)
    return found or _gone(noun, own, code) or abort(404)


def _record(record: Record, week: Week | None, code: str) -> Kept | None:
    row = record.find(week, code)
    if row is None:
        return None
    scope = record.scope(week)
    holders = {}
    if can(at_work(), record.verb, *scope):
        holders[record.name] = Holder(
            plain(values_of(record.subject, row)),
            row.version,
            partial(_put_record, record, scope, code),
            frozenset(record.subject.fields) - {"code"},
        )
    name = best(getattr(row, "title", None) or row.name)
    back = record.address("", week, code=code)
    return Kept(record.name, code, week, name, str(record.one), back, stretch_of(record.name, row.id), holders=holders)


def _put_record(
    record: Record, scope: list[int], code: str, wanted: Values, *, version: int | None, actor: Actor, override: str
) -> None:
    record.verbs.edit(*scope, code, wanted, version=version, actor=actor)


def _holiday(code: str) -> Kept | None:
    row = find_holiday(code)
    if row is None:
        return None
    values, holders = plain(values_of(HOLIDAY, row)), {}
    if can(at_work(), Verb.MASTERS_EDIT):
        put = partial(_put_holiday, values)
        holders["holiday"] = Holder(values, row.version, put, frozenset(HOLIDAY.fields) - {"day"})
    title = f"{code} {best(row.name)}".strip()
    back = url_for("desk.holiday_list", month=code[:7], day=code)
    stretch = Stretch((("holiday", day_number(row.day)),))
    return Kept("holiday", code, find_newest_week(), title, str(ONES["holiday"]), back, stretch, holders=holders)


def _put_holiday(values: Values, wanted: Values, *, version: int | None, actor: Actor, override: str) -> None:
    set_holiday({**values, **wanted}, version=version, actor=actor)


def _travel_time(code: str) -> Kept | None:
    """Return the history of one pair of cities, `220100-220200`, or of the whole table, `all`."""
    every = list_all_travel_times()
    pairs = [(a, b, row) for a, b, row in every if code in ("all", f"{a}-{b}", f"{b}-{a}")]
    if not pairs:
        return None
    names = {city.code: best(city.name) for away in (False, True) for city in list_cities(archived=away)}
    own = {pair_number(row.from_id, row.to_id): (one, two, row) for one, two, row in pairs}
    parts = {number: f"{names[one]} — {names[two]}" for number, (one, two, _row) in own.items()}
    editable = can(at_work(), Verb.MASTERS_EDIT)
    holders = {f"travel_time:{number}": _minutes(*pair) for number, pair in own.items()} if editable else {}
    title = str(_("路程")) if code == "all" else next(iter(parts.values()))
    return Kept(
        "travel_time",
        code,
        find_newest_week(),
        title,
        str(_("分钟")),
        url_for("desk.travel_time_list"),
        Stretch(tuple(("travel_time", number) for number in own)),
        holders=holders,
        parts=parts,
    )


def _minutes(one: str, two: str, row: TravelTime) -> Holder:
    def put(wanted: Values, *, version: int | None, actor: Actor, override: str) -> None:
        set_travel_time(one, two, wanted["minutes"], version=version, actor=actor)

    return Holder({"minutes": row.minutes}, row.version, put, frozenset({"minutes"}))


def _week(code: str) -> Kept | None:
    if find_week(code) is None:
        return None
    own, holders = edition(code), {}
    if can(at_work(), Verb.WEEK_EDIT, own.id):
        put = partial(_put_week, code)
        holders["week"] = Holder(plain(values_of(WEEK, own)), own.version, put, frozenset(WEEK.fields) - {"code"})
    stretch, back = stretch_of("week", own.id), url_for("desk.week", code=code)
    return Kept("week", code, own, best(own.title), str(ONES["week"]), back, stretch, holders=holders)


def _put_week(code: str, wanted: Values, *, version: int | None, actor: Actor, override: str) -> None:
    edit_week(code, wanted, version=version, actor=actor)


def _session(week: Week, code: str) -> Kept | None:
    planned = find_planned(week.id, code)
    if planned is None:
        return None
    session = planned.session
    seats = [("offering", number) for number in list_offering_ids(session.id)]
    stretch = stretch_of("session", session.id, ("placement", session.id), *seats)
    holders = {}
    rights, locked = rights_of(planned), is_locked(session.permit_status)
    if rights.edit:
        put = partial(edit_planned, code)
        holders["session"] = Holder(
            plain(values_of(SESSION, session)), session.version, put, frozenset(SESSION.fields), locked
        )
    if rights.move:
        holders["placement"] = _placement(planned, locked)
    back = url_for("desk.session", week=week.code, code=code)
    return Kept("session", code, week, best(session.title), str(ONES["session"]), back, stretch, holders=holders)


def _placement(planned: Planned, locked: bool) -> Holder:
    own, code = planned.placement, planned.session.code
    values = {"start": own.start.isoformat(), "room": own.room.code} if own else {}

    def put(wanted: Values, *, version: int | None, actor: Actor, override: str) -> Any:
        if None in wanted.values():
            return unplace_session(code, version=version, actor=actor, override=override)
        start, room = (wanted.get(part) or values.get(part, "") for part in PLACE)
        return place_session(code, start, room, version=version, actor=actor, override=override)

    return Holder(values, own.version if own else None, put, frozenset(PLACE), locked)


def _offering(week: Week, code: str) -> Kept | None:
    require(at_work(), Verb.REGISTRATIONS_READ, week.id)
    found = find_offering(week.id, code, actor=at_work())
    if found is None:
        return None
    own = found.offering
    values = {name: plain(setting_of(own, name)) for name in (*FIELDS, *SEATS)}
    holders = {}
    if can(at_work(), Verb.REGISTRATIONS_EDIT, week.id):
        holders["offering"] = Holder(values, own.version, partial(_put_offering, code), frozenset((*FIELDS, *SEATS)))
    title = best(own.name) or best(found.sessions[0].title)
    back = url_for("desk.offering", week=week.code, code=code)
    return Kept(
        "offering", code, week, title, str(ONES["offering"]), back, stretch_of("offering", own.id), holders=holders
    )


def _put_offering(code: str, wanted: Values, *, version: int | None, actor: Actor, override: str) -> Any:
    moments = {n: datetime.fromisoformat(wanted[n]) for n in ("opens_at", "closes_at") if wanted.get(n)}
    return registration.edit_offering(code, {**wanted, **moments}, version=version or 0, actor=actor)


def _message_text(week: Week, code: str) -> Kept | None:
    require(at_work(), Verb.MESSAGES_EDIT, week.id)
    own = find_text(week.id, code)
    if own is None or code not in KINDS:
        return None
    values, title = values_of_text(own), best(KINDS[code].word)
    put = partial(_put_message_text, week.id, code)
    holders = {"message_text": Holder(values, own.version, put, frozenset(values))}
    back, one = url_for("desk.message_text", week=week.code, kind=code), str(ONES["message_text"])
    return Kept("message_text", code, week, title, one, back, stretch_of("message_text", own.id), holders=holders)


def _proposal(week: Week, code: str) -> Kept | None:
    """Return the history of a proposal that concerns who looks; its fields are put back by its owner's form."""
    try:
        own = get_proposal(week.id, code, at_work())
    except Refusal:
        return None
    back, one = url_for("desk.proposal", week=week.code, code=code), str(ONES["proposal"])
    return Kept("proposal", code, week, best(own.title), one, back, stretch_of("proposal", own.id))


def _put_message_text(
    week_id: int, code: str, wanted: Values, *, version: int | None, actor: Actor, override: str
) -> Any:
    return edit_message_text(week_id, code, wanted, version=version, actor=actor)


def _gate(week: Week, code: str) -> Kept | None:
    require(at_work(), Verb.DOOR_MANAGE, week.id)
    own = next((gate for gate in list_gates(week.id) if gate.code == code), None)
    if own is None:
        return None
    title = f"{best(own.venue.name)} · {best(own.name)}"
    back = url_for("desk.gate_list", week=week.code, _anchor="gates")
    names = (*GATE.fields, "stopped")
    holder = Holder({n: getattr(own, n) for n in names}, own.version, partial(_put_gate, code), frozenset(names))
    holders = {"gate": holder}
    return Kept("gate", code, week, title, str(ONES["gate"]), back, stretch_of("gate", own.id), holders=holders)


def _put_gate(code: str, wanted: Values, *, version: int | None, actor: Actor, override: str) -> Any:
    if "stopped" in wanted:
        return stop_gate(code, stopped=wanted["stopped"], version=version, actor=actor)
    return edit_gate(code, wanted, version=version, actor=actor)


def _gone(noun: str, week: Week | None, code: str) -> Kept | None:
    """Return what is left of a deleted record."""
    weekly = is_weekly(noun)
    if not can(at_work(), Verb.AUDIT_READ, week.id if week and weekly else None):
        return None
    stretch = stretch_of_gone(noun, week.id if week and weekly else None, code)
    if stretch is None:
        return None
    one = str(HUNG[noun].one) if noun in HUNG else str(ONES[noun])
    return Kept(noun, code, week, code, one, url_for("desk.audit_list", q=code), stretch, gone=True)


def wanted(holder: Holder, subject: str, name: str, pairs: Values) -> Values:
    """Return what is sent to put a value back: a place comes back whole where the session has none now."""
    old = pairs[name][0]
    if subject == "placement" and not holder.values and old is not None:
        return {part: pair[0] for part, pair in pairs.items() if part in PLACE}
    return {name: old}

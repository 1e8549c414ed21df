"""What makes sense of a subject's values as a whole (pure): each check returns every fault it finds."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from eventweek.kernel.errors import FieldError
from eventweek.programme.enums import LinkKind, PermitStatus
from eventweek.programme.rules.placeholders import NAMES, unknown
from eventweek.programme.rules.subjects import Subject
from eventweek.programme.rules.values import Wrong, shown

Values = Mapping[str, Any]
LONGEST_RUN = 62
_WATCHED = (LinkKind.LIVE, LinkKind.REPLAY)


def cleaned(subject: Subject, given: Mapping[str, object]) -> tuple[dict[str, Any], list[FieldError]]:
    """Return the clean values of the fields that are given, and what is wrong with the others."""
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name, value in given.items():
        type_ = subject.fields.get(name)
        if type_ is None:
            errors.append(FieldError(shown(name), "field.unknown", {"name": shown(name)}))
            continue
        try:
            values[name] = type_.clean(value)
        except Wrong as wrong:
            own = wrong.error
            errors.append(FieldError(f"{name}.{own.field}" if own.field else name, own.code, own.facts))
    return values, errors


def defaults(subject: Subject) -> dict[str, Any]:
    """Return what every field holds when nothing is said."""
    own = {name: type_.default for name, type_ in subject.fields.items()}
    return {name: str(value) if isinstance(value, str) else value for name, value in own.items()}


def incomplete(subject: Subject, whole: Values) -> list[FieldError]:
    """Name the required fields that are empty, and the texts that are in neither language."""
    errors = [
        FieldError(name, "field.required")
        for name, type_ in subject.fields.items()
        if type_.required and whole.get(name) in (None, "")
    ]
    for stem in subject.named:
        if not whole.get(f"{stem}_zh") and not whole.get(f"{stem}_en"):
            errors.append(FieldError(f"{stem}_zh", "field.one_language"))
    return errors


def senseless(subject: Subject, whole: Values) -> list[FieldError]:
    """Name what contradicts itself inside one subject's own values."""
    errors: list[FieldError] = []
    for field in ("hours", "availability"):
        errors += _spans(field, whole.get(field) or ())
    if whole.get("earliest") and whole.get("latest_end") and whole["earliest"] >= whole["latest_end"]:
        errors.append(FieldError("latest_end", "hours.order"))
    if subject.name == "venue" and (whole["latitude"] is None) != (whole["longitude"] is None):
        errors.append(FieldError("longitude", "position.half"))
    if subject.name == "week":
        errors += _week(whole)
    if subject.name == "session":
        errors += _links(whole.get("links") or ())
    if subject.name == "notice":
        errors += _notice(whole)
    return errors


def _notice(whole: Values) -> list[FieldError]:
    scopes = [name for name in ("session", "venue", "city") if whole[name]]
    errors = [FieldError(name, "notice.one_scope") for name in scopes[1:]]
    if whole["shown_from"] and whole["shown_until"] and whole["shown_from"] >= whole["shown_until"]:
        errors.append(FieldError("shown_until", "hours.order"))
    return errors


def _links(rows: Iterable[Values]) -> list[FieldError]:
    """Ask for the address of a link, which only words may replace, such as the name of a chat room."""
    return [
        FieldError(f"links.{n}.url", "field.required")
        for n, row in enumerate(rows)
        if not row["url"] and (row["kind"] in _WATCHED or not (row["title_zh"] or row["title_en"]))
    ]


def _spans(field: str, rows: Iterable[Values]) -> list[FieldError]:
    errors = []
    last: dict[date | None, str] = {}
    for n, row in sorted(enumerate(rows), key=lambda pair: (str(pair[1]["day"] or ""), pair[1]["opens"])):
        if row["opens"] >= row["closes"]:
            errors.append(FieldError(f"{field}.{n}.closes", "hours.order"))
        elif row["opens"] < last.get(row["day"], ""):
            errors.append(FieldError(f"{field}.{n}.opens", "hours.overlap"))
        last[row["day"]] = max(last.get(row["day"], ""), row["closes"])
    return errors


def _week(whole: Values) -> list[FieldError]:
    first, last = whole["first_day"], whole["last_day"]
    errors = _placeholders(whole)
    if whole["timezone"] not in available_timezones():
        errors.append(FieldError("timezone", "timezone.unknown"))
    if not first <= last:
        return [*errors, FieldError("last_day", "days.order")]
    if (last - first).days >= LONGEST_RUN:
        errors.append(FieldError("last_day", "days.too_many", {"longest": LONGEST_RUN}))
    for n, row in enumerate(whole["days"]):
        inside = first <= row["day"] <= last
        if inside != (row["phase"] == "main") or abs((row["day"] - first).days) > LONGEST_RUN:
            errors.append(FieldError(f"days.{n}.day", "days.phase"))
    for one, two in (("day_start", "day_end"), ("lunch_start", "lunch_end")):
        if bool(whole[one]) != bool(whole[two]) or (whole[one] and whole[one] >= whole[two]):
            errors.append(FieldError(two, "hours.order"))
    return errors


def _placeholders(whole: Values) -> list[FieldError]:
    names = [f"{stem}_{language}" for stem in ("confirmation", "consent") for language in ("zh", "en")]
    found = [(name, unknown(whole[name])) for name in names]
    known = "、".join(f"{{{name}}}" for name in NAMES)
    return [
        FieldError(name, "placeholder.unknown", {"name": wrong[0][:40], "known": known})
        for name, wrong in found
        if wrong
    ]


def window(week_days: Iterable[date], first: date, last: date) -> set[date]:
    """Return the days on which sessions may lie: those that are set, else the whole run."""
    own = set(week_days)
    return own or {date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)}


def misplaced(whole: Values, allowed: set[date], zone: str) -> list[FieldError]:
    """Name the days and the fixed start of a session that lie outside its edition or its own hours."""
    errors = [
        FieldError(f"days.{n}", "day.outside_week", {"day": day.isoformat()})
        for n, day in enumerate(whole["days"])
        if day not in allowed
    ]
    start = whole["fixed_start"]
    errors += hours_too_short(whole)
    if start is not None:
        local = start.astimezone(ZoneInfo(zone))
        if local.date() not in (set(whole["days"]) or allowed):
            errors.append(FieldError("fixed_start", "day.outside_week", {"day": local.date().isoformat()}))
    for name in ("duration_min", "visibility", "registration"):
        if whole[name] in (None, ""):
            errors.append(FieldError(name, "field.required"))
    if whole["permit_status"] and not whole["permit_required"]:
        errors.append(FieldError("permit_status", "permit.not_required"))
    return errors


def hours_too_short(whole: Values) -> list[FieldError]:
    """Say where the hours between which something may lie do not hold its duration."""
    if not (whole["earliest"] and whole["latest_end"]):
        return []
    room = _minutes(whole["latest_end"]) - _minutes(whole["earliest"])
    short = bool(whole["duration_min"]) and room < whole["duration_min"]
    return [FieldError("duration_min", "hours.too_short", {"minutes": room})] if short else []


def localised(value: datetime | None, zone: str) -> datetime | None:
    """Put a time without an offset on the clock of the zone."""
    return value if value is None or value.tzinfo else value.replace(tzinfo=ZoneInfo(zone))


def crowded(tags: Iterable[tuple[str, bool]]) -> list[FieldError]:
    """Name the single tag sets of which a session has more than one tag; `tags` are (set, single)."""
    seen: set[str] = set()
    errors = []
    for name, single in tags:
        if single and name in seen:
            errors.append(FieldError("tags", "tags.single", {"set": name}))
        seen.add(name)
    return errors


def ring(after: Iterable[tuple[int, int]], together: Iterable[tuple[int, int]] = ()) -> list[int]:
    """Return sessions that wait for each other, empty where none do.

    `after`: (session, the one it follows); `together`: pairs that start at once and so count as one.
    """
    leader: dict[int, int] = {}

    def lead(one: int) -> int:
        while leader.get(one, one) != one:
            one = leader[one]
        return one

    for one, two in together:
        leader[lead(one)] = lead(two)
    follows: dict[int, set[int]] = {}
    for one, two in after:
        follows.setdefault(lead(one), set()).add(lead(two))
    left = set(follows) | {two for others in follows.values() for two in others}
    while free := {one for one in left if not follows.get(one, set()) & left}:
        left -= free
    return sorted(left)


def is_locked(permit_status: str) -> bool:
    """Say whether a session has its safety permit, so that it may neither move nor grow freely."""
    return permit_status == PermitStatus.APPROVED


def outgrown(old: Values, new: Values) -> list[str]:
    """Name the fields by which an edit would move a session or make it larger; what neither names stays."""
    places = ("city", "venues", "fixed_start", "fixed_room", "days")
    moved = [name for name in places if old.get(name) != new.get(name)]
    return moved + [name for name in ("duration_min", "expected") if (new.get(name) or 0) > (old.get(name) or 0)]


def _minutes(hour: str) -> int:
    return int(hour[:2]) * 60 + int(hour[3:])

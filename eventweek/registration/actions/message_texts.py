"""Word the messages of a week, choose their channels and hours."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.audit.revisions import Thread, differing, revise
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_line, clean_text
from eventweek.outbox.enums import Channel
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.actions.writing import refuse_stale
from eventweek.registration.kinds import KINDS, Kind, usual_wording
from eventweek.registration.models import MessageSettings, MessageText
from eventweek.registration.queries.message_texts import (
    SETTINGS,
    TEXT_FIELDS,
    channels_of,
    find_text,
    hours_of,
    values_of_text,
)
from eventweek.registration.wording import list_bad_fields, list_missing, list_unknown

LONGEST = {"subject": 200, "body": 4000, "sms": 300, "sms_template": 64, "wechat": 500, "wechat_template": 64}
_WORDS = ("subject", "body", "sms", "wechat")


def edit_message_text(
    week_id: int, kind: str, values: Mapping[str, Any], *, version: int | None, actor: Actor
) -> MessageText:
    """Write the words of a kind in a week; what says the same as the usual ones is stored as empty.

    `values`: `subject_zh` ..., `channels` as a list or joined by commas; what is left out stays. `version`: the one
    that was seen, 0 while it is as usual, None for whatever stands.
    Raises: Refusal permission.denied, week.not_found, week.archived, message_kind.not_found, version.stale; Invalid
    message.unknown_names, message.missing_names, message.bad_fields, message.channels, text.too_long.
    """
    with transaction():
        require(actor, Verb.MESSAGES_EDIT, week_id)
        week, own = editable_week(week_id), _kind(kind)
        row = find_text(week_id, kind)
        _refuse_stale(row, version)
        old = values_of_text(row)
        new = old | _checked(own, values)
        if row is None:
            row = MessageText(week_id=week_id, kind=kind)
            db.session.add(row)
        for name, value in new.items():
            setattr(row, name, value)
        db.session.flush()
        changes = differing(old, new)
        if changes:
            revise(actor, "edit", Thread("message_text", row.id, kind, week.id, row.version), changes)
            record(actor, "message_text.edit", "message_text", kind, week_id=week_id, fields=sorted(changes))
    return row


def look_over(kind: str, values: Mapping[str, Any]) -> None:
    """Say what is wrong with the words of a kind before anybody keeps them; `values` as in edit_message_text.

    Raises: Refusal message_kind.not_found; Invalid as edit_message_text.
    """
    _checked(_kind(kind), values)


def reset_message_text(week_id: int, kind: str, *, version: int | None, actor: Actor) -> MessageText | None:
    """Go back to the usual words and channels; what was written stays in the history.

    Raises: Refusal permission.denied, week.not_found, week.archived, message_kind.not_found, version.stale.
    """
    with transaction():
        require(actor, Verb.MESSAGES_EDIT, week_id)
        editable_week(week_id)
        _kind(kind)
        row = find_text(week_id, kind)
        _refuse_stale(row, version)
        changes = differing(values_of_text(row), values_of_text(None))
        if row is not None and changes:
            for name in values_of_text(None):
                setattr(row, name, "")
            db.session.flush()
            revise(actor, "edit", Thread("message_text", row.id, kind, week_id, row.version), changes)
            record(actor, "message_text.reset", "message_text", kind, week_id=week_id)
    return row


def edit_message_settings(week_id: int, values: Mapping[str, Any], *, version: int | None, actor: Actor) -> None:
    """Set quiet hours, reminder and 签名 of a week; what is left out stays.

    Raises: Refusal permission.denied, week.not_found, week.archived, version.stale; Invalid message.clock,
    message.days, text.too_long.
    """
    with transaction():
        require(actor, Verb.MESSAGES_EDIT, week_id)
        week = editable_week(week_id)
        old = hours_of(week_id)
        if version is not None and version != old.version:
            raise Refusal("version.stale", fields=[], version=old.version)
        before = {name: getattr(old, name) for name in SETTINGS}
        new = before | _checked_settings(values)
        row = db.session.scalar(select(MessageSettings).where(MessageSettings.week_id == week_id))
        if row is None:
            row = MessageSettings(week_id=week_id)
            db.session.add(row)
        for name, value in new.items():
            setattr(row, name, value)
        db.session.flush()
        changes = differing(before, new)
        if changes:
            record(actor, "message_settings.edit", "week", week.code, week_id=week_id, **changes)


def _kind(code: str) -> Kind:
    if code not in KINDS:
        raise Refusal("message_kind.not_found")
    return KINDS[code]


def _refuse_stale(row: MessageText | None, version: int | None) -> None:
    if row is not None:
        refuse_stale(row, version)
    elif version:
        raise Refusal("version.stale", fields=[], version=0)


def _checked(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    errors: list[FieldError] = []
    checked: dict[str, Any] = {}
    for name in TEXT_FIELDS:
        for language in ("zh", "en"):
            field = f"{name}_{language}"
            if field in values:
                text = _cleaned(field, values[field], LONGEST[name], name in ("body", "wechat"), errors)
                checked[field] = "" if text == getattr(usual_wording(kind.code, language), name) else text
                if name in _WORDS:
                    errors += _why_not(kind, name, field, checked[field])
    if "channels" in values:
        checked["channels"] = _channels(values["channels"], errors)
    if errors:
        raise Invalid(errors)
    return checked


def _why_not(kind: Kind, name: str, field: str, text: str) -> list[FieldError]:
    """Say what is wrong with a text: names that nobody knows, names that are missing, lines that are no field."""
    unknown = list_unknown([text], kind.placeholders)
    missing = list_missing(text, kind.must) if text and name in ("body", "sms") else []
    bad = list_bad_fields(text) if name == "wechat" else []
    found = (("message.unknown_names", unknown), ("message.missing_names", missing))
    errors = [
        FieldError(field, code, {"names": "、".join(f"{{{n[:30]}}}" for n in names)}) for code, names in found if names
    ]
    return errors + [FieldError(field, "message.bad_fields", {"line": line}) for line in bad[:1]]


def _cleaned(field: str, value: Any, longest: int, lines: bool, errors: list[FieldError]) -> str:
    if not isinstance(value, str):
        errors.append(FieldError(field, "json.type"))
        return ""
    try:
        return clean_text(value, longest) if lines else clean_line(value, longest)
    except Refusal as refusal:
        errors.append(FieldError(field, refusal.code, refusal.facts))
        return ""


def _channels(value: Any, errors: list[FieldError]) -> str:
    names = value.split(",") if isinstance(value, str) else value
    known = {str(channel) for channel in Channel}
    good = isinstance(names, list) and all(isinstance(name, str) and name in known for name in names)
    if value in ("", []) or (good and tuple(names) == tuple(channels_of(None))):
        return ""
    if not good or len(set(names)) < len(names):
        errors.append(FieldError("channels", "message.channels"))
        return ""
    return ",".join(names)


def _checked_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    errors: list[FieldError] = []
    checked = {name: values[name] for name in SETTINGS if name in values}
    for name in ("quiet_from", "quiet_until", "remind_at"):
        if name in checked and not _is_clock(checked[name]):
            errors.append(FieldError(name, "message.clock"))
    days = checked.get("remind_days", 1)
    if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= 14:
        errors.append(FieldError("remind_days", "message.days"))
    if not isinstance(checked.get("remind", True), bool):
        errors.append(FieldError("remind", "json.type"))
    if "sms_sign" in checked:
        checked["sms_sign"] = _cleaned("sms_sign", checked["sms_sign"], 20, False, errors).strip("【】 ")
    if errors:
        raise Invalid(errors)
    return checked


def _is_clock(value: Any) -> bool:
    plain = isinstance(value, str) and len(value) == 5 and value[2] == ":" and value.isascii()
    return plain and value[:2].isdigit() and value[3:].isdigit() and int(value[:2]) < 24 and int(value[3:]) < 60

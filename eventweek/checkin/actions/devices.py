"""Gates and devices: create, enrol by a link, revoke."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actions import record
from eventweek.audit.actors import VISITOR, Actor
from eventweek.audit.revisions import Thread, revise
from eventweek.checkin.enums import Profile
from eventweek.checkin.models import Device, DeviceGate, Gate
from eventweek.checkin.queries.gates import find_enrolment
from eventweek.checkin.rules import GATE
from eventweek.kernel.clock import now
from eventweek.kernel.db import Bilingual, db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.kernel.text import clean_line
from eventweek.kernel.tokens import is_code, random_token, token_hash
from eventweek.programme.actions.verbs import editable_week
from eventweek.programme.actions.writing import refuse_stale
from eventweek.programme.models import Venue
from eventweek.programme.queries import refuse_archived
from eventweek.programme.rules.checks import cleaned, incomplete
from eventweek.programme.rules.scopes import reaches

LINK_VALID = timedelta(minutes=15)


@dataclass(frozen=True)
class Enrolment:
    """What a device is to be: a profile, the codes of its gates (none = all), and until when it works."""

    name: str
    profile: str
    valid_to: datetime
    gates: tuple[str, ...] = field(default=())


def create_gate(week_id: int, venue_code: str, name: Bilingual, *, actor: Actor) -> Gate:
    """Add an entrance to a venue.

    Raises: Refusal permission.denied, week.not_found, week.archived; Invalid with gate.venue, gate.name, gate.taken.
    """
    with transaction():
        require(actor, Verb.DOOR_MANAGE, week_id)
        week = editable_week(week_id)
        venue = db.session.scalar(select(Venue).where(Venue.code == venue_code)) if is_code(venue_code) else None
        name = Bilingual(clean_line(name.zh, 60), clean_line(name.en, 60))
        if venue is None:
            raise Invalid([FieldError("venue", "gate.venue")])
        if not (name.zh or name.en):
            raise Invalid([FieldError("name", "gate.name")])
        _require_reach(actor, week_id, {venue.code})
        gate = Gate(week_id=week_id, venue_id=venue.id, name=name)
        db.session.add(gate)
        _flush_named(gate)
        first = {"name_zh": ["", name.zh], "name_en": ["", name.en], "venue": [None, venue.code]}
        _keep(actor, "create", gate, first)
        record(actor, "gate.create", "gate", gate.code, week_id=week.id, venue=venue.code)
    return gate


def edit_gate(code: str, values: Mapping[str, object], *, actor: Actor, version: int | None = None) -> Gate:
    """Change name, early opening and the answer to unknown codes of a gate.

    Raises: Refusal gate.not_found, permission.denied, week.archived, version.stale; Invalid.
    """
    with transaction():
        gate = _gate(code, actor)
        new, errors = cleaned(GATE, values)
        old = {name: getattr(gate, name) for name in GATE.fields}
        changes = {name: [old[name], value] for name, value in new.items() if value != old[name]}
        if errors := errors or incomplete(GATE, old | new):
            raise Invalid(errors)
        if version is not None and version != gate.version:
            fields = [{"field": name, "mine": mine, "theirs": theirs} for name, (theirs, mine) in changes.items()]
            raise Refusal("version.stale", fields=fields, version=gate.version)
        for name, (_old, value) in changes.items():
            setattr(gate, name, value)
        _flush_named(gate)
        if changes:
            _keep(actor, "edit", gate, changes)
            record(actor, "gate.edit", "gate", gate.code, week_id=gate.week_id, **changes)
    return gate


def stop_gate(code: str, *, stopped: bool, actor: Actor, version: int | None = None) -> Gate:
    """Stop letting people in at a gate, or go on; a second call changes nothing.

    Raises: Refusal gate.not_found, permission.denied, week.archived, version.stale.
    """
    with transaction():
        gate = _gate(code, actor)
        refuse_stale(gate, version)
        if gate.stopped != stopped:
            gate.stopped = stopped
            db.session.flush()
            verb = "stop" if stopped else "go_on"
            _keep(actor, verb, gate, {"stopped": [not stopped, stopped]})
            record(actor, f"gate.{verb}", "gate", gate.code, week_id=gate.week_id)
    return gate


def enrol_device(week_id: int, wanted: Enrolment, *, actor: Actor) -> tuple[Device, str]:
    """Make a device and the secret of its enrolment link, which works once and for 15 minutes.

    Raises: Refusal permission.denied, week.not_found, week.archived; Invalid with device.name, device.profile,
    device.valid_to, device.gates.
    """
    with transaction():
        require(actor, Verb.DOOR_MANAGE, week_id)
        week, at, token = editable_week(week_id), now(), random_token()
        device = Device(
            week_id=week.id,
            name=_name(wanted.name),
            profile=_profile(wanted.profile),
            valid_from=at,
            valid_to=_end(wanted.valid_to, at),
            enrol_hash=token_hash(token),
            enrol_expires_at=at + LINK_VALID,
            created_at=at,
            gates=_gates(week_id, wanted.gates),
        )
        db.session.add(device)
        db.session.flush()
        _require_reach(actor, week_id, _venues(device))
        gates = sorted(wanted.gates)
        record(actor, "device.enrol", "device", device.code, week_id=week.id, profile=device.profile, gates=gates)
    return device, token


def renew_link(code: str, *, actor: Actor) -> tuple[Device, str]:
    """Make a new enrolment link for a device; the key that it had ends at once.

    Raises: Refusal device.not_found, permission.denied, week.archived, device.revoked.
    """
    with transaction():
        device, token = _device(code, actor), random_token()
        refuse_archived(device.week_id)
        if device.revoked_at:
            raise Refusal("device.revoked")
        device.key_hash, device.enrol_hash, device.enrol_expires_at = None, token_hash(token), now() + LINK_VALID
        record(actor, "device.renew", "device", device.code, week_id=device.week_id)
    return device, token


def revoke_device(code: str, *, actor: Actor) -> Device:
    """End a device at once, also of an archived week: a lost phone must never open it again. Twice is once.

    Raises: Refusal device.not_found, permission.denied.
    """
    with transaction():
        device = _device(code, actor)
        if device.revoked_at is None:
            device.revoked_at, device.enrol_hash = now(), None
            record(actor, "device.revoke", "device", device.code, week_id=device.week_id)
    return device


def accept_enrolment(token: str, name: str, *, actor: Actor = VISITOR) -> tuple[Device, str]:
    """Exchange an enrolment link for the device's key; the link is used up.

    Raises: Refusal device.link_dead, week.archived; Invalid with device.name.
    """
    with transaction():
        found = find_enrolment(token)
        device = db.session.get(Device, found.id, with_for_update=True, populate_existing=True) if found else None
        if device is None or device.enrol_hash is None:
            raise Refusal("device.link_dead")
        refuse_archived(device.week_id)
        key, at = random_token(), now()
        device.name = _name(name or device.name)
        device.key_hash, device.enrol_hash, device.enrol_expires_at = token_hash(key), None, None
        device.enrolled_at = device.last_seen_at = at
        record(actor, "device.accept", "device", device.code, week_id=device.week_id)
    return device, key


def _flush_named(gate: Gate) -> None:
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Invalid([FieldError("name", "gate.taken")]) from error


def _gate(code: str, actor: Actor) -> Gate:
    gate = db.session.scalar(select(Gate).where(Gate.code == code).with_for_update())
    if gate is None:
        raise Refusal("gate.not_found")
    _require_reach(actor, gate.week_id, {gate.venue.code})
    editable_week(gate.week_id)
    return gate


def _keep(actor: Actor, verb: str, gate: Gate, changes: dict[str, Any]) -> None:
    revise(actor, verb, Thread("gate", gate.id, gate.code, gate.week_id, gate.version), changes)


def _device(code: str, actor: Actor) -> Device:
    device = db.session.scalar(select(Device).where(Device.code == code).with_for_update())
    if device is None:
        raise Refusal("device.not_found")
    _require_reach(actor, device.week_id, _venues(device))
    return device


def _venues(device: Device) -> set[str]:
    query = select(Venue.code).join(Gate, Gate.venue_id == Venue.id).join(DeviceGate, DeviceGate.gate_id == Gate.id)
    return set(db.session.scalars(query.where(DeviceGate.device_id == device.id)))


def _require_reach(actor: Actor, week_id: int, venues: Collection[str]) -> None:
    """Let those go on whose role covers these venues; what works at every gate needs a role in the whole week.

    Raises: Refusal permission.denied.
    """
    require(actor, Verb.DOOR_MANAGE, week_id)
    if not all(reaches(actor, Verb.DOOR_MANAGE, week_id, city="", track="", venue=code) for code in venues or ("",)):
        raise Refusal("permission.denied", verb=str(Verb.DOOR_MANAGE))


def _name(text: str) -> str:
    name = clean_line(text, 60)
    if not name:
        raise Invalid([FieldError("name", "device.name")])
    return name


def _profile(text: str) -> str:
    if text not in set(Profile):
        raise Invalid([FieldError("profile", "device.profile")])
    return text


def _end(wanted: datetime, at: datetime) -> datetime:
    if wanted <= at or wanted > at + timedelta(days=60):
        raise Invalid([FieldError("valid_to", "device.valid_to")])
    return wanted


def _gates(week_id: int, codes: tuple[str, ...]) -> list[DeviceGate]:
    query = select(Gate).where(Gate.week_id == week_id, Gate.code.in_(codes), Gate.archived_at.is_(None))
    gates = list(db.session.scalars(query)) if codes else []
    if len(gates) != len(set(codes)):
        raise Invalid([FieldError("gates", "device.gates")])
    return [DeviceGate(week_id=week_id, gate_id=gate.id) for gate in gates]

"""Gates and devices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from eventweek.audit.actors import Actor
from eventweek.checkin.models import Device, DeviceGate, Gate
from eventweek.kernel.clock import now
from eventweek.kernel.db import db
from eventweek.kernel.errors import Refusal
from eventweek.kernel.tokens import is_code, token_hash
from eventweek.programme.models import Venue, Week

LONGEST_KEY = 64


@dataclass(frozen=True)
class DeviceFacts:
    """A device that may work now, as a value; `gates` are ids, empty = all of the week."""

    id: int
    code: str
    name: str
    week_id: int
    profile: str
    gates: frozenset[int]

    @property
    def actor(self) -> Actor:
        """Return the device as the one who acts."""
        return Actor(label=f"device:{self.code}")


def get_device(key: str) -> DeviceFacts:
    """Return the device of a key.

    Raises: Refusal device.unknown, device.revoked, device.expired with `end`.
    """
    device = db.session.scalar(_devices().where(Device.key_hash == token_hash(key[:LONGEST_KEY]))) if key else None
    if device is None:
        raise Refusal("device.unknown")
    why = why_no_device(device, now())
    if why:
        raise why
    gates = frozenset(row.gate_id for row in device.gates)
    return DeviceFacts(device.id, device.code, device.name, device.week_id, device.profile, gates)


def get_week_of(device: DeviceFacts) -> Week:
    """Return the week in which a device works."""
    return db.session.get_one(Week, device.week_id)


def why_no_device(device: Device, at: datetime) -> Refusal | None:
    """Return why a device may not work at that moment, None when it may."""
    if device.revoked_at is not None:
        return Refusal("device.revoked")
    if at < device.valid_from or at >= device.valid_to:
        return Refusal("device.expired")
    return None


def find_enrolment(token: str) -> Device | None:
    """Return the device that an enrolment link is for, None when the link is unknown, used or older than 15 minutes."""
    device = db.session.scalar(select(Device).where(Device.enrol_hash == token_hash(token[:LONGEST_KEY])))
    if device is None or device.revoked_at or device.enrol_expires_at is None or device.enrol_expires_at <= now():
        return None
    return device


def list_devices(week_id: int) -> Sequence[Device]:
    """Return the devices of a week with their gates, the working ones first."""
    order = (Device.revoked_at.is_not(None), Device.name, Device.id)
    return db.session.scalars(_devices().where(Device.week_id == week_id).order_by(*order)).all()


def list_gates(week_id: int) -> Sequence[Gate]:
    """Return the gates of a week that are in use, with their venues."""
    query = select(Gate).join(Gate.venue).where(Gate.week_id == week_id, Gate.archived_at.is_(None))
    return db.session.scalars(query.order_by(Venue.code, Gate.id).options(selectinload(Gate.venue))).all()


def find_gate(device: DeviceFacts, code: str) -> Gate | None:
    """Return a gate at which this device may stand."""
    if not is_code(code):
        return None
    query = select(Gate).where(Gate.week_id == device.week_id, Gate.code == code, Gate.archived_at.is_(None))
    gate = db.session.scalar(query.options(selectinload(Gate.venue)))
    return gate if gate and (not device.gates or gate.id in device.gates) else None


def list_own_gates(device: DeviceFacts) -> list[Gate]:
    """Return the gates at which this device may stand."""
    return [gate for gate in list_gates(device.week_id) if not device.gates or gate.id in device.gates]


def _devices() -> Select[Device]:
    return select(Device).options(selectinload(Device.gates).joinedload(DeviceGate.gate).joinedload(Gate.venue))

"""Record a scan: once per (device, number), with the verdict of the rule table, under the lock of device and pass."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.checkin.actions.answers import ScanAnswer, answer_now
from eventweek.checkin.admission import Facts, Verdict, verdict
from eventweek.checkin.enums import Colour, Override, Profile, ScanKind
from eventweek.checkin.models import Attendance, Device, Gate, Scan
from eventweek.checkin.queries.gates import DeviceFacts, find_gate, why_no_device
from eventweek.checkin.queries.holders import (
    Entitlement,
    Holder,
    find_entitlement,
    find_holder,
    find_holder_of_pass,
)
from eventweek.checkin.queries.scans import (
    chain_values,
    find_last_scan,
    find_scan,
    list_scans_of,
    presence_of,
)
from eventweek.checkin.queries.sessions import DoorSession, count_turnout, find_session
from eventweek.checkin.rules import GENESIS, Presence, link
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.queries import refuse_archived
from eventweek.registration.models import Pass

HIGHEST_SEQ = 2_000_000_000
YEARS = (1970, 2100)


@dataclass(frozen=True)
class ScanRequest:
    """What a device sends. `code`: the scanned or typed text; `pass_code`: a person found by name instead.

    `annuls`: the number of the scan to take back. `override`: why the lead lets in on yellow, empty = no override.
    `device_time`: the device's own clock, None = not told. `prev_hash`: the link that the device was given for its scan
    before, empty = it keeps no chain.
    """

    seq: int
    gate: str
    session: str
    kind: str = ScanKind.IN
    code: str = ""
    pass_code: str = ""
    annuls: int | None = None
    override: str = ""
    rehearsal: bool = False
    device_time: datetime | None = None
    prev_hash: str = ""


@dataclass(frozen=True)
class _Case:
    """All that one scan is decided by."""

    device: DeviceFacts
    request: ScanRequest
    gate: Gate
    session: DoorSession
    holder: Holder
    entitlement: Entitlement
    scans: list[Scan]
    presence: Presence
    target: Scan | None
    at: datetime


def record_scan(device: DeviceFacts, request: ScanRequest, *, actor: Actor) -> ScanAnswer:
    """Keep a scan and return the verdict; the same number again returns the first verdict and changes nothing.

    Raises: Refusal device.revoked, device.expired, week.archived, gate.not_found, door.session_not_found,
    device.profile_denied, scan.seq_used with `next`, scan.chain; Invalid with scan.seq, scan.kind, scan.time,
    scan.override.
    """
    _check(device, request)
    with transaction():
        _lock_device(device)
        refuse_archived(device.week_id)
        earlier = find_scan(device.id, request.seq)
        if earlier is not None:
            _check_chain(request, earlier.prev_hash)
            return _again(device, request, earlier)
        last = find_last_scan(device.id)
        if last is not None and last.device_seq > request.seq:
            raise Refusal("scan.seq_used", next=last.device_seq + 1)
        prev_hash = link(last.prev_hash, chain_values(last)) if last else GENESIS
        _check_chain(request, prev_hash)
        case = _case(device, request)
        decided = verdict(_facts(case))
        scan = _scan(case, decided, prev_hash)
        db.session.add(scan)
        db.session.flush()
        if not request.rehearsal and scan.holder:
            _fold_attendance(case, scan)
        if decided.overridden:
            record(actor, "scan.override", "device", device.code, week_id=device.week_id, seq=scan.device_seq)
        return answer_now(scan, decided, case.session, case.holder, case.entitlement, case.scans)


def _check(device: DeviceFacts, request: ScanRequest) -> None:
    errors = []
    if not 0 < request.seq <= HIGHEST_SEQ:
        errors.append(FieldError("seq", "scan.seq"))
    if request.kind not in set(ScanKind) or (request.kind == ScanKind.ANNUL) != (request.annuls is not None):
        errors.append(FieldError("kind", "scan.kind"))
    if request.override and request.override not in set(Override):
        errors.append(FieldError("override", "scan.override"))
    if request.device_time and not YEARS[0] <= request.device_time.year < YEARS[1]:
        errors.append(FieldError("device_time", "scan.time"))
    if errors:
        raise Invalid(errors)
    needs_lead = bool(request.override)
    needs_find = bool(request.pass_code) or request.kind == ScanKind.WALK_IN
    if (needs_lead and device.profile != Profile.LEAD) or (needs_find and device.profile == Profile.SCAN):
        raise Refusal("device.profile_denied")


def _check_chain(request: ScanRequest, prev_hash: str) -> None:
    if request.prev_hash and request.prev_hash != prev_hash:
        raise Refusal("scan.chain")


def _lock_device(device: DeviceFacts) -> None:
    row = db.session.get(Device, device.id, with_for_update=True, populate_existing=True)
    why = why_no_device(row, now()) if row else Refusal("device.unknown")
    if why or row is None:
        raise why or Refusal("device.unknown")
    row.last_seen_at = now()


def _again(device: DeviceFacts, request: ScanRequest, earlier: Scan) -> ScanAnswer:
    holder = _holder(device, request, None)
    session = find_session(device.week_id, request.session)
    same = (earlier.kind, earlier.session_id, earlier.annuls_seq) == (
        request.kind,
        session.id if session else None,
        request.annuls,
    )
    by_code = request.kind in (ScanKind.IN, ScanKind.OUT)
    same_person = (earlier.holder, earlier.token_hash) == (holder.pass_code, holder.token_hash)
    if session is None or not same or (by_code and not same_person):
        last = find_last_scan(device.id)
        raise Refusal("scan.seq_used", next=(last.device_seq if last else 0) + 1)
    if request.kind == ScanKind.ANNUL:
        holder = find_holder_of_pass(device.week_id, earlier.holder)
    entitlement = find_entitlement(device.week_id, holder.attendee_id, session.id)
    scans = list_scans_of(session.id, earlier.holder, rehearsal=earlier.rehearsal) if earlier.holder else []
    before = [s for s in scans if s.id < earlier.id]
    decided = Verdict(Colour(earlier.door_verdict), earlier.door_reason, earlier.repeat, earlier.overridden)
    return answer_now(earlier, decided, session, holder, entitlement, before)


def _case(device: DeviceFacts, request: ScanRequest) -> _Case:
    gate = find_gate(device, request.gate)
    if gate is None:
        raise Refusal("gate.not_found")
    session = find_session(device.week_id, request.session)
    if session is None or session.venue_code != gate.venue.code:
        raise Refusal("door.session_not_found")
    target = find_scan(device.id, request.annuls) if request.annuls else None
    if target is not None and (target.session_id != session.id or target.rehearsal != request.rehearsal):
        target = None
    holder = _holder(device, request, target)
    _lock_pass(holder)
    entitlement = find_entitlement(device.week_id, holder.attendee_id, session.id)
    scans = list(list_scans_of(session.id, holder.pass_code, rehearsal=request.rehearsal)) if holder.pass_code else []
    return _Case(
        device, request, gate, session, holder, entitlement, scans, presence_of(scans), target, _instant(now())
    )


def _holder(device: DeviceFacts, request: ScanRequest, target: Scan | None) -> Holder:
    if request.kind == ScanKind.WALK_IN:
        return Holder("valid", pass_code=f"w-{device.code}-{request.seq}")
    if request.kind == ScanKind.ANNUL:
        held = target.holder if target else ""
        known = find_holder_of_pass(device.week_id, held) if held else Holder("unknown")
        return known if known.pass_code else Holder("valid", pass_code=held)
    if request.pass_code:
        return find_holder_of_pass(device.week_id, request.pass_code)
    return find_holder(device.week_id, request.code)


def _lock_pass(holder: Holder) -> None:
    """Let scans of one pass queue, so that two doors cannot both say "first in"."""
    if holder.pass_id is not None:
        db.session.execute(select(Pass.id).where(Pass.id == holder.pass_id).with_for_update(key_share=True))


def _facts(case: _Case) -> Facts:
    window = timedelta(minutes=case.gate.opens_before_min)
    turnout = count_turnout(case.session.id)
    entitlement, session = case.entitlement, case.session
    places = -1 if session.capacity is None or case.request.rehearsal else max(0, session.capacity - turnout.inside)
    facts = Facts(
        kind=case.request.kind,
        at=_ms(case.at),
        rehearsal=case.request.rehearsal,
        token=case.holder.token,
        unknown_policy=case.gate.unknown,
        session="cancelled" if session.cancelled else "on",
        open_entry=session.open_entry,
        entitlement=entitlement.state,
        opens=_ms(session.start - window),
        closes=_ms(session.end),
        slot_opens=_ms(entitlement.slot_start),
        slot_closes=_ms(entitlement.slot_end),
        stopped=case.gate.stopped,
        places=places,
        party=entitlement.party,
        inside=case.presence.inside,
        entries=case.presence.entries,
        override=bool(case.request.override),
    )
    return replace(facts, **_previous(case), **_annul(case))


def _previous(case: _Case) -> dict[str, Any]:
    own = [s for s in case.scans if s.device_id == case.device.id]
    if not own or case.request.kind != own[-1].kind or case.request.kind == ScanKind.ANNUL:
        return {}
    last = [s for s in own if not s.repeat][-1]
    return {
        "previous_code": last.door_reason,
        "previous_colour": last.door_verdict,
        "previous_at": _ms(last.received_at),
    }


def _annul(case: _Case) -> dict[str, Any]:
    target = case.target
    if target is None or target.kind == ScanKind.ANNUL or target.door_verdict != Colour.YES or target.repeat:
        return {"annul": "none"}
    done = any(
        s.kind == ScanKind.ANNUL
        and s.annuls_seq == target.device_seq
        and s.device_id == target.device_id
        and s.door_verdict == Colour.YES
        for s in case.scans
    )
    return {"annul": "done" if done else "ok", "annul_at": _ms(target.received_at)}


def _scan(case: _Case, decided: Verdict, prev_hash: str) -> Scan:
    request, device_time = case.request, _instant(case.request.device_time or case.at)
    return Scan(
        week_id=case.device.week_id,
        device_id=case.device.id,
        device_seq=request.seq,
        gate_id=case.gate.id,
        session_id=case.session.id,
        kind=request.kind,
        annuls_seq=request.annuls,
        token_hash=case.holder.token_hash,
        holder=case.holder.pass_code,
        party=case.entitlement.party,
        device_time=device_time,
        offset_ms=_ms(device_time) - _ms(case.at),
        effective_time=case.at,
        received_at=case.at,
        mode="online",
        rehearsal=request.rehearsal,
        door_verdict=decided.colour,
        door_reason=decided.code,
        repeat=decided.repeat,
        override=request.override if decided.overridden else "",
        overridden=decided.overridden,
        should_have=decided.colour,
        should_reason=decided.code,
        operator=case.device.code,
        prev_hash=prev_hash,
    )


def _fold_attendance(case: _Case, scan: Scan) -> None:
    fresh = presence_of([*case.scans, scan])
    query = select(Attendance).where(Attendance.session_id == scan.session_id, Attendance.holder == scan.holder)
    row = db.session.scalar(query)
    if row is None and not fresh.entries:
        return
    if row is None:
        row = Attendance(week_id=scan.week_id, session_id=scan.session_id, holder=scan.holder)
        db.session.add(row)
    row.registration_code = case.entitlement.registration_code or row.registration_code
    row.party, row.entries, row.inside, row.minutes = fresh.party, fresh.entries, fresh.inside, fresh.minutes
    row.first_in, row.last_in, row.last_out = fresh.first_in, fresh.last_in, fresh.last_out
    row.flags = ",".join(fresh.flags)
    db.session.flush()


def _ms(instant: datetime | None) -> int:
    return round(instant.timestamp() * 1000) if instant else 0


def _instant(instant: datetime) -> datetime:
    return instant.astimezone(UTC)

"""Scans of a device and of a holder, and proofs over them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select

from eventweek.checkin.models import Attendance, Device, Gate, Scan
from eventweek.checkin.rules import GENESIS, Presence, ScanFacts, fold, is_admitted, link
from eventweek.kernel.db import db


def find_scan(device_id: int, seq: int) -> Scan | None:
    """Return the scan of that number of a device."""
    return db.session.scalar(select(Scan).where(Scan.device_id == device_id, Scan.device_seq == seq))


def find_last_scan(device_id: int) -> Scan | None:
    """Return the scan with a device's highest number."""
    query = select(Scan).where(Scan.device_id == device_id).order_by(Scan.device_seq.desc()).limit(1)
    return db.session.scalar(query)


def next_seq(device_id: int) -> int:
    """Return the number that the device's next scan may carry."""
    last = find_last_scan(device_id)
    return last.device_seq + 1 if last else 1


def list_last_scans(device_id: int, session_id: int, count: int = 8) -> Sequence[Scan]:
    """Return a device's newest scans in a session, newest first."""
    query = select(Scan).where(Scan.device_id == device_id, Scan.session_id == session_id)
    return db.session.scalars(query.order_by(Scan.device_seq.desc()).limit(count)).all()


def list_scans_of(session_id: int, holder: str, *, rehearsal: bool) -> Sequence[Scan]:
    """Return the scans of one holder in one session, real ones or those of the rehearsal."""
    where = (Scan.session_id == session_id, Scan.holder == holder, Scan.rehearsal == rehearsal)
    return db.session.scalars(select(Scan).where(*where).order_by(Scan.id)).all()


def presence_of(scans: Sequence[Scan]) -> Presence:
    """Fold scans of one holder in one session; scans of a rehearsal count among themselves."""
    return fold(_facts(scan) for scan in scans)[0]


def find_first_entry(scans: Sequence[Scan]) -> tuple[Scan, Gate | None] | None:
    """Return the newest entry that counts, and its gate: when and where they went in."""
    gone = {(s.device_id, s.annuls_seq) for s in scans if s.kind == "annul" and s.door_verdict == "yes"}
    entries = [s for s in scans if _facts(s).admitted and s.kind == "in" and (s.device_id, s.device_seq) not in gone]
    if not entries:
        return None
    newest = max(entries, key=lambda s: (s.effective_time, s.id))
    return newest, db.session.get(Gate, newest.gate_id) if newest.gate_id else None


def chain_values(scan: Scan) -> list[object]:
    """Return what the next scan of the device vouches for."""
    times = [t.isoformat() for t in (scan.device_time, scan.effective_time)]
    place = [scan.session_id, scan.gate_id, scan.kind, scan.annuls_seq, scan.token_hash, scan.holder, scan.party]
    said = [scan.door_verdict, scan.door_reason, scan.repeat, scan.rehearsal, scan.override, scan.overridden]
    return [scan.device_seq, *place, *times, scan.mode, *said]


def list_broken_links(week_id: int) -> list[tuple[str, int]]:
    """Return (device code, number) of scans whose hash of the scan before is wrong."""
    query = select(Device.code, Scan).join(Device, Device.id == Scan.device_id)
    rows = db.session.execute(query.where(Scan.week_id == week_id).order_by(Scan.device_id, Scan.device_seq)).all()
    broken, device, expected = [], "", GENESIS
    for code, scan in rows:
        if code != device:
            device, expected = code, GENESIS
        if scan.prev_hash != expected:
            broken.append((code, scan.device_seq))
        expected = link(scan.prev_hash, chain_values(scan))
    return broken


def list_wrong_attendance(week_id: int) -> list[tuple[int, str]]:
    """Return (session id, holder) whose stored attendance is not the fold of their scans (invariant 9)."""
    counted: ColumnElement[bool] = (Scan.week_id == week_id) & ~Scan.rehearsal & (Scan.holder != "")
    groups: dict[tuple[int, str], list[Scan]] = {}
    for scan in db.session.scalars(select(Scan).where(counted).order_by(Scan.id)):
        groups.setdefault((scan.session_id, scan.holder), []).append(scan)
    stored = {(a.session_id, a.holder): a for a in db.session.scalars(select(Attendance).filter_by(week_id=week_id))}
    wrong = [key for key, row in stored.items() if key not in groups and row.entries]
    for key, scans in groups.items():
        fresh, row = presence_of(scans), stored.get(key)
        kept = (row.first_in, row.entries, row.inside, row.minutes) if row else (None, 0, False, 0)
        if kept != (fresh.first_in, fresh.entries, fresh.inside, fresh.minutes):
            wrong.append(key)
    return sorted(wrong)


def _facts(scan: Scan) -> ScanFacts:
    return ScanFacts(
        device=scan.device_id,
        seq=scan.device_seq,
        kind=scan.kind,
        at=scan.effective_time,
        admitted=is_admitted(scan.door_verdict, repeat=scan.repeat),
        party=scan.party,
        annuls_seq=scan.annuls_seq,
        differs=scan.should_have != scan.door_verdict,
    )

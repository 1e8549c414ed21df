"""The list of a door device: what it is to be by the week as it stands, and what of it a device does not know yet."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from eventweek.audit.models import AuditEntry
from eventweek.audit.stamps import STEP
from eventweek.checkin.listing import Part, short_hash, write_row
from eventweek.checkin.models import Attendance, Gate, Manifest, ManifestRow, Scan
from eventweek.checkin.queries.gates import DeviceFacts, list_own_gates
from eventweek.checkin.queries.holders import claims, entitlement_of, is_seated
from eventweek.checkin.queries.sessions import DoorSession, list_sessions
from eventweek.checkin.seals import seal_for
from eventweek.kernel.db import db
from eventweek.registration.models import Attendee, OfferingSession, Pass, PassToken, Registration, RegistrationEvent
from eventweek.registration.passes import token_from

EVERYWHERE = "*"
MOST_SEALS = 5000


@dataclass(frozen=True)
class Ground:
    """Where a device stands: its gates, the published sessions of their venues, and what its list is known by."""

    gates: Sequence[Gate]
    sessions: Sequence[DoorSession]
    scope: str


@dataclass(frozen=True)
class Delta:
    """What changed in a list after `since`: rows by token up to `seq`, and tokens that are gone.

    `whole`: it is all of the list, and whatever the device holds besides is to be thrown away.
    """

    manifest: int
    seq: int
    whole: bool
    rows: Mapping[str, str]
    gone: Sequence[str]


def ground_of(device: DeviceFacts) -> Ground:
    """Return where a device stands, in two statements."""
    gates = list_own_gates(device)
    venues = {gate.venue.code for gate in gates}
    sessions = [own for own in list_sessions(device.week_id) if own.venue_code in venues]
    scope = hashlib.sha256(",".join(sorted(venues)).encode()).hexdigest() if device.gates else EVERYWHERE
    return Ground(gates, sessions, scope)


def list_stamp(week_id: int, ground: Ground) -> str:
    """Return another text as soon as anything that a list says of a week may have changed, in one statement.

    It holds the highest numbers of what is only ever added to, and how many entries stand among the last ten thousand:
    on PostgreSQL one may be written after others that carry higher numbers.
    """
    found = [_top(AuditEntry.id), _top(RegistrationEvent.id), _top(Scan.id)]
    row = db.session.execute(select(*(column for pair in found for column in pair))).one()
    sessions = hashlib.sha256(repr([(own.id, own.venue_code) for own in ground.sessions]).encode()).hexdigest()
    return " ".join([*map(str, row), sessions[:16], str(week_id)])


def _top(number: Any) -> tuple[Any, Any]:
    last = select(func.coalesce(func.max(number), 0)).scalar_subquery()
    return last, select(func.count()).where(number >= last - last % STEP - STEP).scalar_subquery()


def list_rows(week_id: int, sessions: Iterable[DoorSession]) -> dict[str, str]:
    """Return what a list says of every token of a week by the week as it stands, in three statements.

    Most holders are registered as somebody else is; what is said of them is made once.
    """
    here = {own.id for own in sessions}
    claimed: dict[int, list[Any]] = defaultdict(list)
    for claim in db.session.execute(claims(week_id)):
        claimed[claim.attendee_id].append(claim)
    came = _came(week_id, here)
    own = (PassToken.token_hash, PassToken.status, Pass.status.label("state"), Pass.code, Pass.attendee_id)
    query = select(*own, Attendee.version).join(Pass, Pass.id == PassToken.pass_id).join(Pass.attendee)
    rows, made = {}, dict[Any, str]()
    for hashed, status, state, code, person, version in db.session.execute(query.where(Pass.week_id == week_id)):
        token = status if state == "active" else state
        held, scans = claimed.get(person, ()), came.get(code, {})
        key = (
            token,
            version,
            tuple([claim[1:2] + claim[3:] for claim in held]),
            tuple([scan[:3] for scan in scans.values()]),
        )
        if key not in made:
            made[key] = _active(version, held, scans, here) if token == "active" else write_row(token)
        rows[short_hash(hashed)] = made[key]
    return rows


def _active(version: int, rows: Sequence[Any], came: Mapping[int, Any], here: set[int]) -> str:
    wanted = ({row.session_id for row in rows} & here) | came.keys()
    parts = [_part(session, rows, came.get(session)) for session in wanted]
    elsewhere = any(is_seated(row) and row.session_id not in here for row in rows)
    return write_row("valid", version, parts, elsewhere=elsewhere)


def _part(session: int, rows: Sequence[Any], came: Any) -> Part:
    own = entitlement_of([row for row in rows if row.session_id == session], session)
    state = "" if own.state == "none" else own.state
    entries, inside = (came.entries, came.inside) if came else (0, False)
    return Part(session, state, own.party, own.slot_start, own.slot_end, entries, inside)


def _came(week_id: int, sessions: Collection[int]) -> Mapping[str, Mapping[int, Any]]:
    """Return by pass (code) and session what their scans add up to."""
    own = select(Attendance.session_id, Attendance.entries, Attendance.inside, Attendance.holder)
    found: dict[str, dict[int, Any]] = defaultdict(dict)
    for row in db.session.execute(own.where(Attendance.week_id == week_id, Attendance.entries > 0)):
        if row.session_id in sessions:
            found[row.holder][row.session_id] = row
    return found


def read_delta(manifest_id: int, seq: int, since: int) -> Delta:
    """Return what a device does not know that knows a list up to `since`; all of it where that is not of this list."""
    whole = not 0 < since <= seq
    query = select(ManifestRow.token, ManifestRow.row).where(ManifestRow.manifest_id == manifest_id)
    query = query.where(ManifestRow.row != "") if whole else query.where(ManifestRow.seq > since)
    found = db.session.execute(query.order_by(ManifestRow.token)).all()
    rows = {token: row for token, row in found if row}
    return Delta(manifest_id, seq, whole, rows, [token for token, row in found if not row])


def find_manifest(week_id: int, scope: str) -> Manifest | None:
    """Return the list of a scope, None before any of its devices has asked."""
    return db.session.scalar(select(Manifest).where(Manifest.week_id == week_id, Manifest.scope == scope))


def list_seals(week_id: int, delta: Delta, sessions: Iterable[DoorSession], after: str = "") -> Mapping[str, str]:
    """Return names and organisations by token for what a device has to learn, each sealed with a key out of its token.

    Only who shows the code opens the seal (`registration.passes`), and only those are told who have to do with the
    sessions of the list. At most `MOST_SEALS`, by token, those after `after`.
    """
    here = {own.id for own in sessions}
    link = OfferingSession
    concerned = select(Registration.attendee_id).join(link, link.offering_id == Registration.offering_id)
    concerned = concerned.where(Registration.week_id == week_id, link.session_id.in_(here))
    own = (PassToken.token_hash, PassToken.key_id, PassToken.epoch, Pass.seed, Attendee.name, Attendee.organisation)
    query = select(*own).join(Pass, Pass.id == PassToken.pass_id).join(Pass.attendee).where(Pass.week_id == week_id)
    query = query.where(Pass.status == "active", PassToken.status == "active", Pass.attendee_id.in_(concerned))
    rows = {short_hash(row.token_hash): row for row in db.session.execute(query)}
    wanted = sorted(token for token in rows.keys() & delta.rows.keys() if token > after)
    tokens = {own: token_from(rows[own].key_id, rows[own].seed, rows[own].epoch) for own in wanted[:MOST_SEALS]}
    return {own: seal_for(token, rows[own].name, rows[own].organisation) for own, token in tokens.items() if token}

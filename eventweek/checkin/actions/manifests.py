"""Bring the list of a door device up to date: it is compared with the week, never patched by whoever changes one."""

from collections.abc import Mapping

from sqlalchemy import bindparam, insert, select, update

from eventweek.checkin.models import Device, Manifest, ManifestRow
from eventweek.checkin.queries.gates import DeviceFacts
from eventweek.checkin.queries.manifests import Delta, Ground, find_manifest, list_rows, list_stamp, read_delta
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, insert_new, run, transaction

FARTHEST = 2**31 - 1
"""A clock that is wrong by years is known to be wrong by 24 days: the column holds no more."""


def sync_manifest(device: DeviceFacts, ground: Ground, since: int, of: int) -> Delta:
    """Return what a device has to learn that knows the list `of` up to change `since` (0: nothing).

    Where nothing was done to the week since the list was last compared, nothing is written.
    """
    known, stamp = find_manifest(device.week_id, ground.scope), list_stamp(device.week_id, ground)
    if known is None or known.stamp != stamp:
        known = _compare(device.week_id, ground)
    return read_delta(known.id, known.seq, since if of == known.id else 0)


def note_contact(device: DeviceFacts, clock: int | None) -> None:
    """Note that a device was heard of, and how far ahead its clock is (`clock`: its milliseconds since 1970)."""
    values: dict[str, object] = {"last_seen_at": now()}
    if clock is not None:
        values["clock_offset_ms"] = max(-FARTHEST, min(FARTHEST, clock - round(now().timestamp() * 1000)))
    with transaction():
        run(update(Device).where(Device.id == device.id).values(**values))


def _compare(week_id: int, ground: Ground) -> Manifest:
    with transaction():
        own = _locked(week_id, ground.scope)
        stamp = list_stamp(week_id, ground)
        if own.stamp != stamp:
            _write(own, list_rows(week_id, ground.sessions))
            own.stamp = stamp
    return own


def _locked(week_id: int, scope: str) -> Manifest:
    """Return the list of a scope under lock; where there is none, a new one."""
    insert_new(Manifest, week_id=week_id, scope=scope, seq=0, stamp="")
    query = select(Manifest).where(Manifest.week_id == week_id, Manifest.scope == scope).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _write(own: Manifest, wanted: Mapping[str, str]) -> None:
    """Let the rows say what is wanted; what differs gets the number of a new change."""
    query = select(ManifestRow.token, ManifestRow.row).where(ManifestRow.manifest_id == own.id)
    known = {token: row for token, row in db.session.execute(query)}
    new = [(token, row) for token, row in wanted.items() if token not in known]
    other = [(token, wanted.get(token, "")) for token, row in known.items() if row != wanted.get(token, "")]
    if not new and not other:
        return
    own.seq += 1
    fixed = {"week_id": own.week_id, "manifest_id": own.id, "seq": own.seq}
    if new:
        run(insert(ManifestRow), [{"token": token, "row": row, **fixed} for token, row in new])
    if other:
        of_token = (ManifestRow.manifest_id == own.id, ManifestRow.token == bindparam("of_token"))
        change = update(ManifestRow).where(*of_token).values(row=bindparam("new_row"), seq=own.seq)
        run(change, [{"of_token": token, "new_row": row} for token, row in other])

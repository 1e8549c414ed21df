"""The HTTP status of each refusal: one table for pages and for the API."""

_STATUS = {
    "limit.reached": 429,
    "file.disk_full": 507,
    "image.too_large": 413,
    "upload.too_large": 413,
    "version.stale": 409,
    "receipt.unsigned": 403,
    "device.unknown": 403,
    "device.revoked": 403,
    "device.expired": 403,
    "device.profile_denied": 403,
    "device.link_dead": 410,
    "pass.erased": 410,
    "scan.seq_used": 409,
    "scan.chain": 409,
    "planner.busy": 409,
    "planner.no_file": 404,
    "planner.no_rooms": 409,
    "planner.no_sessions": 409,
    "print.busy": 409,
    "certificate.unknown": 404,
    "certificate.no_subject": 404,
    "certificate.off": 409,
    "certificate.not_over": 409,
    "certificate.not_attended": 409,
    "certificate.too_short": 409,
    "print.nobody": 409,
    "print.no_badges": 409,
    "print.beyond": 403,
    "print.not_ready": 409,
    "print.unreleased": 409,
    "incident.changed": 409,
    "incident.decided": 409,
    "incident.lifted": 409,
    "incident.no_way": 409,
    "incident.nothing": 409,
    "bulk.stale": 409,
    "bulk.changed_since": 409,
    "bulk.not_applied": 409,
}


def is_denied(code: str) -> bool:
    """Say whether a refusal means that somebody has no right to this, whatever they send."""
    return code == "permission.denied" or code.startswith("reach.")


def status_of(code: str) -> int:
    """Return the status of a refusal: 403 where it is a right, 404 for `….not_found`, else the table's or 422."""
    if is_denied(code):
        return 403
    return _STATUS.get(code, 404 if code.endswith("not_found") else 422)

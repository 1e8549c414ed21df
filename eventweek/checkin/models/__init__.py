"""Tables of the door. Scans and attendance hold values, no reference to a person, so that a purge leaves the counts."""

from eventweek.checkin.models.certificates import AttendanceCertificate
from eventweek.checkin.models.gates import Device, DeviceGate, Gate
from eventweek.checkin.models.manifests import Manifest, ManifestRow
from eventweek.checkin.models.scans import Attendance, Scan, ScanReview

__all__ = [
    "Attendance",
    "AttendanceCertificate",
    "Device",
    "DeviceGate",
    "Gate",
    "Manifest",
    "ManifestRow",
    "Scan",
    "ScanReview",
]

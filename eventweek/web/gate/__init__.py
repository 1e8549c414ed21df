"""Door staff: enrol a phone, choose a session, scan, find people; one answer fills the screen."""

from eventweek.web.gate import badges, enrolment, people, scanner, scans
from eventweek.web.gate.frame import blueprint

__all__ = ["badges", "blueprint", "enrolment", "people", "scanner", "scans"]

"""Who changed what and when: an append-only log without personal data, and revisions whose values can be restored."""

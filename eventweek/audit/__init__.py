"""Who changed what and when: one append-only table."""

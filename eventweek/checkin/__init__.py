"""The door: gates, devices, scans, who is inside; the verdict on a code is pure and told by one table."""

"""Re-planning: a release together with what it does to people."""

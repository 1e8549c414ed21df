"""Visitors' pages; from published snapshots only."""

"""Verbs of accounts, one module per subject."""

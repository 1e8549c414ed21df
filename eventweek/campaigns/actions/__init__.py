"""Verbs of messages to people."""

"""Verbs of an edition as a whole."""

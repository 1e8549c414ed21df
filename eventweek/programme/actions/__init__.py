"""Verbs of the programme: make, edit, archive and restore each of its subjects."""

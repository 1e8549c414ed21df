"""Verbs of proposals: write and submit them, review and decide, make sessions of them, invite who proposes."""

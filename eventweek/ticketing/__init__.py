"""Ticketing: how a pass looks. Has no table; reads registration."""

"""Editions: the life of a week over all rooms, from a copy of an earlier one to the end of a draft."""

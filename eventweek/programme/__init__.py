"""Weeks and what they are made of: cities, venues, rooms, organisations, people, kinds, sessions."""

"""The rules of the house, proved."""

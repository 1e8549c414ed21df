"""Files that are brought into a week: looked through first, then carried out whole or not at all.

A kind of file (a programme, a list of people) is an `Import` as a table and an `Imports` as verbs; it says what it
reads and writes.
"""

"""Rules of the programme: pure functions and tables of plain values."""

"""The demo week: Jilin 2026, invented data, shifted by whole weeks to the run that contains today."""

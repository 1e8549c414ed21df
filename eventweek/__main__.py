"""Run the commands with `python -m eventweek`."""

from eventweek.cli import main

main()

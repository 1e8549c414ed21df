"""One runnable module per figure that we claim: prints a table, writes JSON with its conditions under var/bench."""

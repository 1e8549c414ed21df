"""Where and when: placements of the working plan, and the releases that the public reads."""

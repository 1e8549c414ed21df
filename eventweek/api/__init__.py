"""The JSON door: the same actions as the pages, for programs."""

"""How often Python looks for unused cycles of objects."""

import gc

NEW_OBJECTS = 50_000
"""Look after so many new objects (Python: 700). A page over 2,000 sessions makes 100,000 that all stay in use."""


def collect_rarely() -> None:
    """Let a request that loads many rows pass without a search for garbage after every few of them."""
    gc.set_threshold(NEW_OBJECTS, 20, 50)

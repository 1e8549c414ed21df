"""What each preset weighs otherwise than the rules themselves; apart from the rules, which take seconds to import."""

CHANGES: dict[str, dict[str, int]] = {
    "steady": {},
    "compact": {
        "audience_single": 10,
        "presence": 8,
        "track_room": 12,
        "series_room": 9,
        "room_fill": 2,
        "late_end": 3,
        "level_variety": 0,
        "language_variety": 0,
    },
    "repair": {"published_time": 4, "published_room": 4},
}
"""What each preset weighs otherwise than the rules themselves.

steady: all in balance. compact: few days, few rooms, nobody comes for one session. repair: what is published moves only
for what is worth four times as much.
"""

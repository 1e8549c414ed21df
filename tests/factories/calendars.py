"""Published sessions and editions as calendars receive them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from eventweek.calendars.ics import Edition
from eventweek.kernel.db import Bilingual
from eventweek.scheduling.queries import PublishedSession

START = datetime(2026, 10, 15, 1, 30, tzinfo=UTC)
EDITION = Edition("https://week.example", "jl2026", "双创周", "Asia/Shanghai", "zh-CN")
ENGLISH = Edition("https://week.example", "jl2026", "Innovation Week", "Asia/Shanghai", "en")


def published(sequence: int = 0, **facts: Any) -> PublishedSession:
    """Give a published session; `facts` stand in its snapshot."""
    every: dict[str, Any] = {
        "code": "abc123",
        "uid": "u1@example",
        "title": {"zh": "启动仪式，开幕；第一场", "en": "Opening"},
        "note": {"zh": "请提前入场", "en": ""},
        "kind": {"code": "opening", "family": "meet", "zh": "开幕式", "en": "Opening ceremony"},
        "room": {"code": "r", "zh": "主会堂", "en": "Main Hall"},
        "venue": {"code": "v", "zh": "双创中心", "en": "Centre", "latitude": 43.81, "longitude": 125.32},
        "city": {"code": "220100", "zh": "长春", "en": "Changchun"},
        "people": [{"code": "p", "role": "host", "zh": "李明", "en": "Li Ming"}],
        "organisations": [{"code": "o", "role": "host", "zh": "科技厅", "en": "Science Department"}],
        "text": {"zh": "", "en": ""},
        "reason": {"zh": "", "en": ""},
        "tags": [{"set": "industry", "code": "auto", "zh": "汽车", "en": "Automotive"}],
    }
    every |= facts
    title = Bilingual(every["title"]["zh"], every["title"]["en"])
    end = START + timedelta(minutes=90)
    return PublishedSession("abc123", every["uid"], title, START, end, sequence, START - timedelta(days=9), every)

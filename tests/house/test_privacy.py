"""The data map in docs/privacy.md names every column that holds something of a person, and none that does not exist."""

import re
from pathlib import Path

from sqlalchemy import JSON, LargeBinary, String

from eventweek.kernel.db import Base

MAP = Path(__file__).parents[2] / "docs" / "privacy.md"
OF_NOBODY = {
    *("api_key", "asked_form", "audit_entry", "bulk_change", "calendar_day", "campaign", "capacity_pool", "city"),
    *("consent_text", "destruction_certificate", "device", "device_gate", "feature", "gate", "grant", "job", "kind"),
    *("incident", "incident_room", "badge_print"),
    *("kind_questions", "manifest", "message_settings", "message_text", "notice", "offering", "offering_questions"),
    *(
        "offering_session",
        "online_link",
        "organisation",
        "overbook_decision",
        "page",
        "person_availability",
        "picture_rendition",
        "placement",
        "plan",
        "planner_run",
        "print_job",
        "proposal_day",
        "proposal_feature",
        "proposal_file",
        "proposal_venue",
    ),
    *("published", "published_file", "release", "room", "room_closure", "room_feature", "room_hours", "room_layout"),
    *("allotment_link", "allotment_seat", "seat_delta", "series", "series_member", "session", "session_attachment"),
    *("session_day", "session_feature"),
    *("session_link", "session_organisation", "session_person", "session_relation", "session_tag", "session_venue"),
    *(
        "speaker_link",
        "spent_work",
        "rule_override",
        "rule_override_session",
        "rule_preset",
        "rule_setting",
        "strike_rule",
        "tag",
        "tag_set",
        "track",
        "travel_time",
        "venue",
        "week",
        "week_city",
        "week_day",
    ),
}
"""Tables about things: of the programme, of the machine, codes and counts."""
HARMLESS = {
    *(
        "action",
        "actor",
        "alt_en",
        "alt_zh",
        "attachments",
        "batch",
        "changes",
        "channel",
        "class",
        "code",
        "dedupe_key",
    ),
    *("digest", "door_reason", "door_verdict", "end_reason", "error", "etag", "feed_key_id", "flags", "from_state"),
    *(
        "grants",
        "industry",
        "key",
        "key_id",
        "kind",
        "language",
        "locale",
        "mode",
        "name",
        "op",
        "overridden",
        "override",
    ),
    *("person", "prev_hash", "proposed", "provider_ref", "reason", "registration_code", "rendering", "resolution"),
    *("roles", "scope", "sha256", "should_have", "should_reason", "source", "source_key", "state", "status", "subject"),
    *("abstract_en", "abstract_zh", "earliest", "latest_end", "move", "open_fields", "side", "step"),
    *("template", "to_state", "token_hash", "tried", "type", "verb", "via", "week", "answer"),
}
"""Columns of tables about people that say nothing of them, unless the map names them."""
ALWAYS = re.compile(r"name|email|phone|contact|organisation|unit|recipient|answers|remark|openid|sealed|last4|personal")


def _columns() -> dict[str, list[str]]:
    """Return the columns that can hold words, by table."""
    kinds = (String, JSON, LargeBinary)
    tables = Base.metadata.tables.items()
    return {name: [c.name for c in table.c if isinstance(c.type, kinds)] for name, table in tables}


def _mapped() -> set[str]:
    rows = [line for line in MAP.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    return {name for line in rows for name in re.findall(r"`(\w+\.\w+)`", line.split("|")[1])}


def test_every_column_about_a_person_is_in_the_map() -> None:
    """A new column goes into the map of docs/privacy.md, or into HARMLESS; a new table there, or into OF_NOBODY."""
    missing = [
        f"{table}.{column}"
        for table, columns in _columns().items()
        if table not in OF_NOBODY
        for column in columns
        if f"{table}.{column}" not in _mapped() and (column not in HARMLESS or ALWAYS.search(column))
    ]
    assert missing == []


def test_the_map_names_what_there_is() -> None:
    own = {f"{table}.{column.name}" for table, rows in Base.metadata.tables.items() for column in rows.c}
    assert _mapped() - own == set() and len(_mapped()) > 50
    assert set(Base.metadata.tables) >= OF_NOBODY


def test_each_row_says_for_what_for_whom_and_how_long() -> None:
    rows = [line for line in MAP.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert all(len([cell for cell in line.strip("|").split("|") if cell.strip()]) == 4 for line in rows)

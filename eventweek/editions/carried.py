"""Which table a copy carries with which part, and which never leave their edition (pure).

Every table that belongs to an edition stands here once; tests/house/test_copying.py counts them.
"""

from collections.abc import Mapping

from eventweek.editions.enums import Part

MESSAGES = ("message_text", "message_settings")
RULES = ("rule_preset", "rule_setting")
TABLES: Mapping[Part, tuple[str, ...]] = {
    Part.SETTINGS: ("kind", "tag_set", "tag", "track", "page", "consent_text", "kind_questions", *MESSAGES, *RULES),
    Part.SESSIONS: (
        "session",
        "session_day",
        "session_feature",
        "session_link",
        "session_attachment",
        "session_organisation",
        "session_relation",
        "session_tag",
        "session_venue",
        "series",
        "series_member",
    ),
    Part.PEOPLE: ("session_person",),
    Part.PLAN: ("plan", "placement"),
    Part.OFFERINGS: ("offering", "offering_session", "capacity_pool", "offering_questions"),
    Part.GATES: ("gate",),
}
"""In the order in which they are carried: what is referred to comes first."""

WITH_THE_WEEK = ("week", "week_day", "week_city")
"""Made from the values of the edition itself."""

NEVER: Mapping[str, str] = {
    "affected_registration": "who registered",
    "answer_file": "what people answered",
    "api_key": "who may do what; given anew for each edition",
    "asked_form": "what people of that edition were asked",
    "attendance": "who came",
    "badge_print": "who got a badge",
    "attendance_certificate": "who came",
    "attendee_identity": "identity numbers",
    "bulk_change": "what organisers did in that edition",
    "campaign": "what was told of that edition",
    "consent": "who agreed to what",
    "destruction_certificate": "what was destroyed of that edition's people",
    "contact_code": "who proved to own a phone or an address",
    "device": "door phones and their keys",
    "device_gate": "door phones and their keys",
    "feed_body": "made from a release",
    "feed_entry": "made from a release",
    "allotment_link": "who was invited to that edition",
    "allotment_seat": "who registered",
    "incident": "what happened in that edition",
    "incident_room": "what happened in that edition",
    "invitation_use": "who registered",
    "grant": "who may do what; given anew for each edition",
    "manifest": "what door phones hold",
    "manifest_row": "what door phones hold",
    "notice": "what was told of that edition",
    "offering_invitation": "who was invited to that edition",
    "online_attendance": "who came",
    "online_link": "the way into the rooms on line of that edition",
    "overbook_decision": "what organisers did in that edition",
    "pass": "who holds a pass",
    "pass_token": "who holds a pass",
    "planner_run": "what organisers did in that edition",
    "print_job": "what organisers printed of that edition",
    "pool_hold": "seats held for somebody",
    "proposal": "what was proposed for that edition",
    **dict.fromkeys(
        ("proposal_day", "proposal_entry", "proposal_feature", "proposal_file", "proposal_venue"),
        "what was proposed for that edition",
    ),
    "proposal_import": "what was proposed for that edition",
    "programme_import": "what organisers did in that edition",
    "published": "the new edition has published nothing",
    "published_file": "the new edition has published nothing",
    "registration": "who registered",
    "registration_event": "who registered",
    "registration_group": "who registered",
    "release": "the new edition has published nothing",
    "release_item": "the new edition has published nothing",
    "roster": "who registered",
    "rule_override": "let one finding of that edition's plan pass",
    "rule_override_session": "let one finding of that edition's plan pass",
    "scan": "who came",
    "scan_review": "who came",
    "seat_delta": "who registered",
    "speaker_consent": "who agreed to what",
    "speaker_link": "secrets of people of that edition",
    "strike": "who did not come",
    "strike_rule": "off until the organisers of the new edition decide",
    "strike_step": "who did not come",
    "wechat_consent": "who agreed to what",
    "speaker_reply": "what people said to that edition",
}
"""Tables of an edition that no copy touches -> why."""

NEEDS_SESSIONS = (Part.PEOPLE, Part.PLAN, Part.OFFERINGS)

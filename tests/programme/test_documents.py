"""The published JSON Schema is the one that the import follows."""

import json
from pathlib import Path

from eventweek.programme.rules.documents import SECTIONS, bracketed, document_schema, value_at

DOCS = Path(__file__).parents[2] / "docs"


def test_the_schema_file_is_what_the_import_takes() -> None:
    """`eventweek programme schema` was run after the last change."""
    assert json.loads((DOCS / "programme.schema.json").read_text(encoding="utf-8")) == document_schema()


def test_every_section_stands_on_the_page() -> None:
    page = (DOCS / "programme-format.md").read_text(encoding="utf-8")
    assert [name for name in SECTIONS if f"`{name}`" not in page] == []


def test_a_problem_is_shown_with_its_path_and_a_short_value() -> None:
    assert bracketed("people.0.role") == "people[0].role"
    entry = {"people": [{"role": "king"}], "text": "字" * 99}
    assert (value_at(entry, "people.0.role"), value_at(entry, "people.1"), value_at(entry, "x.y")) == ('"king"', "", "")
    assert value_at(entry, "text").isascii() and len(value_at(entry, "text")) == 60

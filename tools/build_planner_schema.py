"""Write the JSON Schemas of the planner's files from its records; a test proves that they are fresh."""

import json
from pathlib import Path

import msgspec

from eventweek.planner.problem import Problem
from eventweek.planner.solution import Solution

DOCS = Path(__file__).resolve().parent.parent / "docs"
SCHEMAS = {"planner-problem.schema.json": Problem, "planner-solution.schema.json": Solution}


def written(shape: type[msgspec.Struct]) -> str:
    """Return the schema (JSON Schema 2020-12) of a file that holds such a record."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(shape)}
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name, shape in SCHEMAS.items():
        (DOCS / name).write_text(written(shape), encoding="utf-8")

"""Write docs/api.md from the description that the API gives of itself; a test proves that the page is fresh."""

import tempfile
from pathlib import Path

from eventweek import create_app
from eventweek.api.v1.docs import description
from eventweek.api.v1.reading import Operation, Reading, Row, read
from eventweek.config import Config

PAGE = Path(__file__).resolve().parent.parent / "docs" / "api.md"


def written() -> str:
    """Return the page."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Config(var=Path(folder), secret_key="x" * 48))
        with app.app_context():
            return _page(read(description()))


def _page(api: Reading) -> str:
    lines = ["# API, version 1", "", "Made by `make docs` from `/api/v1/openapi.json`; do not edit.", "", api.about, ""]
    for name, about, operations in api.groups:
        lines += [f"## {name}", "", about, ""]
        for one in operations:
            lines += _operation(one)
    lines += ["## Shapes", ""]
    for shape in api.shapes:
        lines += [f"### {shape.name}", "", shape.about, "", *_table(shape.rows)]
    return "\n".join(lines).rstrip() + "\n"


def _operation(one: Operation) -> list[str]:
    lines = [f"### {one.method} `{one.path}`", "", f"{one.title}. {one.about}".strip(), ""]
    lines += _table(one.parameters) if one.parameters else []
    answers = ", ".join(f"{status} {shape or words}" for status, words, shape in one.answers)
    return [*lines, f"Sends: {one.body}. Answers: {answers}." if one.body else f"Answers: {answers}.", ""]


def _table(rows: tuple[Row, ...]) -> list[str]:
    head = ["| Name | Type | Required | Meaning |", "|---|---|---|---|"]
    return [*head, *(f"| `{r.name}` | {r.type} | {'yes' if r.required else ''} | {r.about} |" for r in rows), ""]


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")

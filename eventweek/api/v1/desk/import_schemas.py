"""Shapes and words of imports and exports over the desk's API."""

from eventweek.api.v1.desk.importing import REFUSAL, SAID, Node, file_of, stands
from eventweek.api.v1.desk.schemas import NUMBER, PAIR, TEXT, asked_for, many, thing
from eventweek.programme.rules.documents import LARGEST
from eventweek.scheduling.formats.sheets.columns import MAIN
from eventweek.scheduling.formats.writing import WRITERS

_STANDS = stands(keep_missing={"type": "boolean"})
_PLACE: Node = {"sheet": TEXT, "row": NUMBER, "column": TEXT, "line": NUMBER, "path": TEXT, "value": TEXT}
SHAPES: dict[str, Node] = {
    "DeskImports": thing(items=many(thing(**_STANDS))),
    "DeskImport": thing(
        **_STANDS,
        format={"type": ["string", "null"]},
        counts=many(thing(section=TEXT, status=TEXT, count=NUMBER)),
        rows=many(thing(section=TEXT, status=TEXT, title=TEXT, row=NUMBER, fields=many(TEXT))),
        taken={"type": "integer", "description": "how many rows would change; `rows` tells the first 500"},
        cancelled=many(PAIR),
        notes=many(SAID),
        problems=many(thing(**_PLACE, code=TEXT, detail={**TEXT, "description": "what to do"})),
        wrong={"type": "integer", "description": "how many problems; `problems` tells the first 500"},
        refusal=REFUSAL,
    ),
}
KEEP = asked_for(
    "keep_missing",
    "leave sessions alone that a schedule no longer holds; otherwise they are cancelled",
    enum=["true", "false"],
    default="false",
)
FORMAT = asked_for("format", "of the whole week", enum=list(WRITERS), default="json")
SECTION = asked_for("section", "one list as a workbook instead", enum=list(MAIN))
COLUMN = asked_for("column", "with `section`: a column to write, again for each; all where none is named")
FILE = file_of(f"the bytes of the file, at most {LARGEST // 1_000_000} MB")

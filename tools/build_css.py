"""Join the component style sheets into one file per door; a test proves that the joined files are fresh."""

from pathlib import Path

CSS = Path(__file__).resolve().parent.parent / "static" / "css"
ALWAYS = ("tokens", "base", "shell", "seal", "badge", "notice")
DOORS = {
    "public": (
        *ALWAYS,
        "week",
        "session",
        "filter",
        "form",
        "proof",
        "empty",
        "home",
        "timetable",
        "pass",
        "certificates",
        "feeds",
        "spec",
        "told",
        "speaker",
        "picture",
        "changes",
    ),
    "desk": (
        *ALWAYS,
        "week",
        "session",
        "filter",
        "form",
        "empty",
        "desk",
        "table",
        "desklist",
        "deskform",
        "picfield",
        "timetable",
        "board",
        "deskrows",
        "editor",
        "planner",
        "incident",
        "doorsheet",
        "history",
        "told",
        "speaker",
        "changes",
        "letters",
        "proposal",
        "forecast",
    ),
    "gate": ("tokens", "base", "seal", "badge", "form", "gate", "wall"),
}
PRINTED = {"public": ("print",), "desk": ("print",), "gate": ()}


def joined(door: str) -> str:
    """Return the style sheet of one door; print rules stand in their own media block."""
    parts = [_component(name) for name in DOORS[door]]
    parts += [f"@media print {{\n{_component(name)}}}\n" for name in PRINTED[door]]
    return "\n".join(parts)


def _component(name: str) -> str:
    return (CSS / "components" / f"{name}.css").read_text(encoding="utf-8")


if __name__ == "__main__":
    for each in DOORS:
        (CSS / f"{each}.css").write_text(joined(each), encoding="utf-8")

"""Write the table of the planner's rules into its guide from the rules themselves; a test proves that it is fresh."""

from collections.abc import Iterator
from inspect import cleandoc

from eventweek.planner.constraints import RULES
from eventweek.planner.constraints.rule import Rule
from eventweek.planner.presets import CHANGES
from tools.build_planner_schema import DOCS

GUIDE = DOCS / "planner.md"
BEGIN, END = "<!-- rules -->\n", "<!-- end of the rules -->\n"


def table() -> str:
    """Return a line for each rule, in their order."""
    head = ["| Code | 规则 | What it wants | Level | Weight | Limit |", "|---|---|---|---|---|---|"]
    return "\n".join([*head, *map(_line, RULES)]) + "\n"


def _line(rule: Rule) -> str:
    wants = cleandoc(type(rule).__doc__ or "").split("\n\n")[0].replace("\n", " ")
    limit = "" if rule.limit is None else str(rule.limit)
    level = rule.level if rule.highest == "hard" else f"{rule.level}, at most {rule.highest}"
    return f"| `{rule.code}` | {rule.title[0]} | {wants} | {level} | {', '.join(_weights(rule))} | {limit} |"


def _weights(rule: Rule) -> Iterator[str]:
    yield str(rule.weight)
    for preset, changes in CHANGES.items():
        if rule.code in changes:
            yield f"{preset} {changes[rule.code]}"


def written(page: str) -> str:
    """Return the guide with its table made anew."""
    before, rest = page.split(BEGIN)
    return before + BEGIN + table() + END + rest.split(END)[1]


if __name__ == "__main__":
    GUIDE.write_text(written(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")

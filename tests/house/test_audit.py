"""Every transaction of a room leaves its line in the audit, itself or by an action that it calls."""

import ast
from functools import cache
from pathlib import Path

from eventweek.web.desk.audit import ACTIONS, SUBJECTS

ROOT = Path(__file__).parents[2] / "eventweek"
UNRECORDED = {
    "kernel.actions": "job rows and stored answers: the machine's own books",
    "outbox.actions": "message rows: the machine's own books",
    "checkin.actions.manifests.note_contact": "when a device was heard of last, and how wrong its clock is",
    "checkin.actions.manifests._compare": "the list of a door device, made anew from the week",
    "calendars.actions._keep": "the body of a feed, made anew from a release",
    "programme.actions.bulk.plan_bulk": "a preview: no session changes before it is applied, which is recorded",
    "registration.actions.bulk.plan_changes": "the same preview, with offerings",
    "programme.actions.keys.note_use": "when a key was last used, shown beside the key; what it did is recorded",
    "programme.actions.keys.remind_owners": "a mail; it changes nothing",
    "registration.actions.wechat.use_wechat_consent": "which message used a consent up, beside the message itself",
    "replanning.actions.runs.renew_run": "the lease of a run: the machine's own books; its start and end are recorded",
    "programme.actions.proposals.moving._undone": "it undoes whatever it did",
    "scheduling.actions.foreseeing.foresee": "it undoes whatever it did",
    "printing.actions._note": "how far a paper is: the machine's own books; its order and its end are recorded",
    "registration.actions.codes": "codes that were asked for, typed and forgotten; what a proof opens is recorded",
}
"""Rooms' modules and functions whose transactions change nothing that a person answers for -> why."""

Place = tuple[str, str]
"""Module and function."""


@cache
def _tree(module: str) -> ast.Module | None:
    path = ROOT.parent.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(file.read_text()) if file.exists() else None


@cache
def _functions(module: str) -> dict[str, ast.FunctionDef]:
    tree = _tree(module)
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)} if tree else {}


@cache
def _imported(module: str) -> dict[str, Place]:
    tree = _tree(module)
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)] if tree else []
    return {a.asname or a.name: (node.module or "", a.name) for node in nodes for a in node.names}


def _where(module: str, name: str) -> Place | None:
    """Return where a name that a module uses is written, through any number of re-exports."""
    if name in _functions(module):
        return module, name
    origin = _imported(module).get(name)
    return _where(*origin) if origin and origin[0].startswith("eventweek") else None


def _uses(module: str, function: ast.FunctionDef) -> list[Place]:
    found = []
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            found.append(_where(module, node.id))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            origin = _imported(module).get(node.value.id)
            found.append(_where(".".join(origin), node.attr) if origin else _where(module, node.attr))
    return [place for place in found if place]


def _opens(function: ast.FunctionDef) -> bool:
    blocks = [node for node in ast.walk(function) if isinstance(node, ast.With)]
    return any(ast.unparse(item.context_expr).startswith("transaction(") for block in blocks for item in block.items)


def _records(place: Place, seen: set[Place]) -> bool:
    if place == ("eventweek.audit.actions", "record"):
        return True
    seen.add(place)
    further = [use for use in _uses(place[0], _functions(place[0])[place[1]]) if use not in seen]
    return any(_records(use, seen) for use in further)


def test_every_transaction_is_audited_or_says_why_not() -> None:
    modules = [".".join(p.relative_to(ROOT.parent).with_suffix("").parts) for p in sorted(ROOT.rglob("*.py"))]
    opening = [(m, name) for m in modules for name, function in _functions(m).items() if _opens(function)]
    assert len(opening) > 40
    silent = {f"{m}.{name}".removeprefix("eventweek.") for m, name in opening if not _records((m, name), set())}
    assert {name for name in silent if not name.startswith(tuple(UNRECORDED))} == set()
    assert {reason for reason in UNRECORDED if not any(name.startswith(reason) for name in silent)} == set()


def test_every_verb_and_subject_has_words() -> None:
    """Verbs that are put together (`f"{noun}.{verb}"`) are made of words that stand on their own elsewhere."""
    calls = [
        node
        for path in sorted(ROOT.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "record"
    ]
    verbs, subjects = (
        {own.value for call in calls for own in call.args[n : n + 1] if isinstance(own, ast.Constant)} for n in (1, 2)
    )
    assert len(verbs) > 90 and len(subjects) > 20
    assert {verb for verb in verbs if verb not in ACTIONS and verb.rpartition(".")[2] not in ACTIONS} == set()
    assert subjects - SUBJECTS.keys() == set()

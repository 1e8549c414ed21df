"""A new edition from a file: what the file says of it makes the draft, and the file waits to be looked through."""

from collections.abc import Mapping
from typing import Any

from eventweek.accounts.enums import Verb
from eventweek.accounts.permissions import require
from eventweek.audit.actors import Actor
from eventweek.kernel.db import transaction
from eventweek.kernel.errors import FieldError, Invalid
from eventweek.programme.actions.founding import found_week
from eventweek.programme.presets import preset_kinds, preset_tag_sets
from eventweek.programme.rules.documents import parted
from eventweek.programme.rules.subjects import WEEK
from eventweek.programme.rules.values import Ref, shown
from eventweek.scheduling.actions.imports import plan_import
from eventweek.scheduling.formats import Context, read_any
from eventweek.scheduling.formats.sheets.tongue import Tongues
from eventweek.scheduling.models import ProgrammeImport

ASKED = ("title_zh", "title_en", "code", "timezone", "first_day", "last_day")
Values = dict[str, Any]


def found_by_file(
    content: bytes, name: str, asked: Mapping[str, Any], *, language: str, tongues: Tongues, actor: Actor
) -> ProgrammeImport:
    """Make a draft edition for a file and let the worker look through it; a file that cannot be read makes nothing.

    `asked` fills in what the file does not say of ASKED; where both say something, the file is right. Kinds and tag
    sets are the presets, unless the file brings its own.
    Raises: Refusal permission.denied, or what the file's format says; Invalid, also import.not_in_file at what neither
        says and import.code_in_file.
    """
    require(actor, Verb.WEEK_CREATE)
    tongue = tongues.every[language == "en"]
    code, zone = (str(asked.get(part) or "") for part in ("code", "timezone"))
    reading = read_any(content, name, Context(code, tongues, tongue, timezone=zone))
    values = _values(reading.document, asked)
    kinds = [] if "kinds" in reading.document else [kind["code"] for kind in preset_kinds()]
    sets = [] if "tag_sets" in reading.document else [entry["code"] for entry in preset_tag_sets()]
    with transaction():
        week = found_week(values, _cities(reading.document), actor=actor, kinds=kinds, tag_sets=sets)
        return plan_import(week.id, content, name, language=language, actor=actor)


def _values(document: Mapping[str, Any], asked: Mapping[str, Any]) -> Values:
    """Return what the edition is made of: what the file says, then what was asked; references wait for the import.

    Raises: Invalid import.not_in_file, import.code_in_file.
    """
    said = {n: v for n, v in _week(document).items() if n in WEEK.fields and n not in ("cities", "code")}
    said = {n: v for n, v in said.items() if v not in (None, "") and not isinstance(WEEK.fields[n], Ref)}
    own = {n: asked[n] for n in ASKED if asked.get(n) not in (None, "")} | said
    code = shown(_week(document).get("code"))
    if code and own.get("code", code) != code:
        raise Invalid([FieldError("code", "import.code_in_file", {"code": code})])
    missing = [name for name in ("first_day", "last_day") if name not in own]
    missing += [] if "title_zh" in own or "title_en" in own else ["title_zh"]
    missing += [] if code else ["code"]
    if missing:
        raise Invalid([FieldError(name, "import.not_in_file") for name in missing])
    return {**own, "code": code}


def _week(document: Mapping[str, Any]) -> Values:
    given = document.get("week")
    return parted(given)[1] if isinstance(given, Mapping) else {}


def _cities(document: Mapping[str, Any]) -> list[Values]:
    """Return the cities of the edition with their names, where the file has them."""
    rows, named = _week(document).get("cities"), document.get("cities")
    known = {shown(row.get("code")): parted(row)[1] for row in named if isinstance(row, Mapping)} if named else {}
    found = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return [known[code] | {"role": row.get("role")} for row in found if (code := shown(row.get("city"))) in known]

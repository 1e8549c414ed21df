"""Formats in which a week's programme goes out: one table of writers."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from eventweek.kernel.tables import write_workbook
from eventweek.programme.models import Week
from eventweek.scheduling.formats.conference.json_writer import write_schedule_json
from eventweek.scheduling.formats.conference.xml_writer import write_schedule_xml
from eventweek.scheduling.formats.sheets.cells import Cells
from eventweek.scheduling.formats.sheets.tongue import Tongue, Tongues
from eventweek.scheduling.formats.sheets.writer import Wanted, document_pages, names_of
from eventweek.scheduling.queries.conference import conference_of
from eventweek.scheduling.queries.export import export_programme


@dataclass(frozen=True)
class Asked:
    """What a writer needs besides the week: the name of this source, scheme and host of our pages, words of sheets."""

    source: str
    base: str
    tongues: Tongues = field(default_factory=Tongues)
    tongue: Tongue = field(default_factory=Tongue)


@dataclass(frozen=True)
class Writer:
    """One format: the end of its file's name, its media type, and how a week is written in it."""

    suffix: str
    media: str
    write: Callable[[Week, Asked], bytes]


def _json(week: Week, asked: Asked) -> bytes:
    return (json.dumps(export_programme(week, asked.source), ensure_ascii=False, indent=1) + "\n").encode()


def _xlsx(week: Week, asked: Asked) -> bytes:
    document = export_programme(week, asked.source)
    cells = Cells(asked.tongues, names_of(document), asked.tongue)
    return write_workbook(document_pages(document, cells, Wanted()))


def _xml(week: Week, asked: Asked) -> bytes:
    return write_schedule_xml(conference_of(week, asked.base))


def _frab_json(week: Week, asked: Asked) -> bytes:
    return write_schedule_json(conference_of(week, asked.base))


WRITERS: dict[str, Writer] = {
    "json": Writer(".json", "application/json", _json),
    "xlsx": Writer(".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
    "xml": Writer(".xml", "application/xml", _xml),
    "frab-json": Writer(".schedule.json", "application/json", _frab_json),
}
"""By the name that commands and the desk use."""

"""Files out of a week: the template, the whole week in each format, lists with chosen columns."""

import io
from typing import Any

from flask import Response, abort, current_app, request, send_file, url_for
from flask_babel import gettext as _

from eventweek.accounts.enums import Verb
from eventweek.language.sheets import SHEETS, tongue, tongues
from eventweek.language.workbooks import XLSX, ListsWish, lists_workbook, template_workbook
from eventweek.programme.rules.documents import SECTIONS
from eventweek.scheduling.formats.sheets.columns import KEY, columns_of
from eventweek.scheduling.formats.sheets.reader import SOURCE
from eventweek.scheduling.formats.writing import WRITERS, Asked
from eventweek.web.desk.frame import blueprint, edition, page
from eventweek.web.desk.lists import conditions, under_conditions
from eventweek.web.desk.parties import shown_organisations, shown_people
from eventweek.web.desk.places import shown_rooms, shown_venues
from eventweek.web.desk.session_search import shown_sessions
from eventweek.web.frame import language, needs

SHOWN = {
    "sessions": shown_sessions,
    "people": shown_people,
    "rooms": shown_rooms,
    "organisations": shown_organisations,
    "venues": shown_venues,
}
"""The rows of each list under the conditions of the address, on all its pages."""
LISTS = {section: f"desk.{SECTIONS[section].name}_list" for section in SHOWN}


@blueprint.get("/w/<week>/template.xlsx")
@needs(Verb.MASTERS_EDIT)
def import_template(week: str) -> Any:
    """Send empty sheets with notes, lists to choose from and a sample."""
    own = edition(week, Verb.MASTERS_EDIT)
    return workbook(template_workbook(own, language()), f"{week}-{_('模板')}.xlsx")


@blueprint.get("/w/<week>/export")
@needs(Verb.MASTERS_EDIT)
def import_export(week: str) -> Any:
    """Send the week in one of the formats, or a list of it with chosen columns as a workbook."""
    own, section = edition(week, Verb.MASTERS_EDIT), request.args.get("section", "")
    if section in SHOWN:
        only = {section: [row.source_key for row in SHOWN[section](own)]}
        wish = ListsWish([section], request.args.getlist("column")[:200], only)
        return workbook(lists_workbook(own, wish, language()), f"{week}-{SHEETS[section]}.xlsx")
    writer = WRITERS.get(request.args.get("format", ""), WRITERS["xlsx"])
    asked = Asked(SOURCE, current_app.extensions["eventweek"].base_url, tongues(), tongue(language()))
    return workbook(writer.write(own, asked), f"{week}{writer.suffix}", writer.media)


@blueprint.get("/w/<week>/exports/<section>")
@needs(Verb.MASTERS_EDIT)
def list_export(week: str, section: str) -> Any:
    """Offer the columns of a list; its rows are those that the list shows under the same conditions."""
    own = edition(week, Verb.MASTERS_EDIT)
    if section not in SHOWN:
        abort(404)
    words = tongue(language())
    columns = [(name, words.head(section, name)) for name in columns_of(section) if name != KEY]
    place: dict[str, Any] = {"week": week} if section == "sessions" else {}
    back = under_conditions(url_for(LISTS[section], **place))
    values = {"section": section, "word": SHEETS[section], "columns": columns, "conditions": conditions()}
    return page("list_export.html", own, here="import", total=len(SHOWN[section](own)), back=back, **values)


def workbook(content: bytes, name: str, media: str = XLSX) -> Response:
    """Send a file to be kept."""
    return send_file(io.BytesIO(content), media, as_attachment=True, download_name=name)

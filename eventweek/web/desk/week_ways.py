"""The other ways to a new edition, beside the steps: from a file, as a copy of an earlier one."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Verb
from eventweek.kernel.errors import Refusal
from eventweek.language.sheets import tongues
from eventweek.language.words import WEEK_STATES
from eventweek.programme.models import Week
from eventweek.programme.queries import find_newest_week, get_week, list_weeks
from eventweek.programme.queries.parts import count_all_sessions
from eventweek.programme.rules.documents import LARGEST
from eventweek.scheduling.actions.founding import found_by_file
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import blueprint, page
from eventweek.web.forms.weeks import FileWeekForm
from eventweek.web.frame import language, needs, takes_files


@blueprint.route("/new/week/file", methods=["GET", "POST"])
@needs(Verb.WEEK_CREATE)
@takes_files(LARGEST + 100_000)
def week_from_file() -> Any:
    """Take a file that makes a draft edition, and go on to what it would bring."""
    form = FileWeekForm(request.form or None)
    if request.method == "POST" and form.validate():
        try:
            week, code = _found(form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            flash(str(_("建好了。现在是筹备状态，文件里的内容看过再导入。")), "yes")
            return redirect(url_for("desk.programme_import", week=week.code, code=code), 303)
    text = page("week_file.html", find_newest_week(), here="week", form=form)
    return text, 422 if form.problems() else 200


@blueprint.get("/new/week/copy")
@needs(Verb.WEEK_CREATE)
def week_from_copy() -> str:
    """Let an earlier edition be chosen."""
    rows, counts = list_weeks(), count_all_sessions()
    return page("week_choice.html", find_newest_week(), here="week", rows=rows, counts=counts, states=WEEK_STATES)


def _found(form: FileWeekForm) -> tuple[Week, str]:
    sent = request.files.get("file")
    content, name = (sent.read(), sent.filename or "") if sent else (b"", "")
    if sent:
        sent.close()
    own = {"language": language()[:2], "tongues": tongues(), "actor": at_work()}
    made = found_by_file(content, name, form.values(), **own)  # type: ignore[arg-type]
    return get_week(made.week_id), made.code

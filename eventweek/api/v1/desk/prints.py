"""Papers over the API: ordered, watched while they are made, downloaded."""

from flask import Response

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import Facts, asked, blueprint, created, needs_key, record, sent, text
from eventweek.api.v1.desk.importing import as_file
from eventweek.api.v1.desk.schemas import IF_NONE_MATCH, ONCE, described_as
from eventweek.api.v1.frame import private
from eventweek.api.v1.problems import spoken
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel import files
from eventweek.kernel.documents import PDF
from eventweek.kernel.errors import FieldError, Invalid
from eventweek.printing.actions import order_print
from eventweek.printing.enums import PrintState
from eventweek.printing.models import PrintJob
from eventweek.printing.queries import file_of, get_print, list_prints
from eventweek.printing.rules import NARROWED, Wish, share_of
from eventweek.programme.models import Week

ADDRESS = "/weeks/<week>/prints"
ONE = f"{ADDRESS}/<code>"
STEPS, LAST = {PrintState.WAITING: 1, PrintState.RUNNING: 2}, 3
"""What rises while a paper is made."""
FACETS = tuple(dict.fromkeys(name for facets in NARROWED.values() for name in facets))


@blueprint.get(ADDRESS)
@described_as("List the last 20 papers that were ordered", "DeskPrints")
@needs_key(Verb.PROGRAMME_READ)
def print_list(actor: Actor, week: Week) -> Response:
    """Answer how each stands, the newest first."""
    asked()
    return private({"items": [_standing(job) for job in list_prints(week.id, actor=actor)]})


@blueprint.post(ADDRESS)
@described_as(
    "Print the book, the sheets at doors, posters or certificates as a PDF",
    "DeskPrint",
    ONCE,
    status=201,
    body="DeskPrintNew",
)
@needs_key(Verb.PROGRAMME_READ)
def print_create(actor: Actor, week: Week) -> Response:
    """Order it: ask again until the state is `done` or `failed`."""
    body = sent(fields=("paper", "sheet", "language", "draft", *FACETS))
    draft = body.get("draft", False)
    if not isinstance(draft, bool):
        raise Invalid([FieldError("draft", "json.type")])
    part = {name: text(body, name) for name in FACETS if name in body}
    wish = Wish(text(body, "paper"), text(body, "sheet"), text(body, "language") or "zh", draft, part)

    def produce() -> str:
        return order_print(week.id, wish, actor=actor).code

    return created(
        body, "desk_api.print", produce, lambda code: _shown(get_print(week.id, code, actor=actor)), week=week.code
    )


@blueprint.get(ONE, endpoint="print")
@described_as("Show a paper: how far it is, or why it could not be made", "DeskPrint", IF_NONE_MATCH)
@needs_key(Verb.PROGRAMME_READ)
def print_one(actor: Actor, week: Week, code: str) -> Response:
    """Answer how it stands."""
    return _shown(get_print(week.id, code, actor=actor))


@blueprint.get(f"{ONE}/paper")
@described_as("Get the PDF of a paper", None)
@needs_key(Verb.PROGRAMME_READ)
def print_file(actor: Actor, week: Week, code: str) -> Response:
    """Answer the file; 409 until it is made."""
    job = get_print(week.id, code, actor=actor)
    return as_file(files.read(file_of(job)), f"{week.code}-{job.paper}.pdf", PDF)


def _standing(job: PrintJob) -> Facts:
    plain = ("paper", "sheet", "language", "draft", "part", "state", "release", "pages", "size", "actor")
    share = 100 if job.state == PrintState.DONE else share_of(job.step, job.done, job.total)
    facts: Facts = {"id": job.code, **{name: getattr(job, name) for name in plain}}
    facts |= {"progress": {"share": share, "step": job.step, "done": job.done, "total": job.total}}
    facts |= {"failure": {"code": job.failure, "detail": spoken(job.failure, job.facts)} if job.failure else None}
    return dict(told(facts | {"made_at": job.made_at, "done_at": job.done_at}))


def _shown(job: PrintJob) -> Response:
    return record(_standing(job), STEPS.get(PrintState(job.state), LAST))

"""Files of proposals over the API: listed, put in, handed out and taken away by whoever may do so on the desk."""

from flask import Response, url_for

from eventweek.accounts.enums import Verb
from eventweek.api.v1.desk.frame import Facts, blueprint, done, needs_key, refuse_stale, seen_version
from eventweek.api.v1.desk.importing import as_file
from eventweek.api.v1.desk.proposals import ONE
from eventweek.api.v1.desk.schemas import IF_MATCH, described_as
from eventweek.api.v1.desk.uploads import FORM, largest_file, sent_file
from eventweek.api.v1.frame import private
from eventweek.api.v1.values import told
from eventweek.audit.actors import Actor
from eventweek.kernel import files
from eventweek.kernel.errors import Refusal
from eventweek.kernel.uploads import TYPES, disposition
from eventweek.programme.actions.proposals.writing import add_proposal_file, remove_proposal_file
from eventweek.programme.models import ProposalFile, Week
from eventweek.programme.queries.proposals import find_file, get_proposal

ALL = f"{ONE}/files"


@blueprint.get(ALL)
@described_as("List the files of a proposal, the oldest first", "DeskProposalFiles")
@needs_key(Verb.PROPOSALS_READ)
def proposal_files(actor: Actor, week: Week, code: str) -> Response:
    """Answer what lies beside a proposal that concerns the key."""
    return private({"items": [_told(put) for put in get_proposal(week.id, code, actor).files]})


@blueprint.post(ALL)
@described_as(
    "Put a file beside a draft, or one that came back; the same file again is the one that is there",
    "DeskProposalFile",
    status=201,
    body="DeskAttachmentNew",
    media=FORM,
)
@needs_key(Verb.PROPOSALS_MAKE)
def proposal_file_add(actor: Actor, week: Week, code: str) -> Response:
    """Take a file in: PDF, Office or text, ten at most."""
    get_proposal(week.id, code, actor)
    content, name = sent_file(largest_file(), ())
    put = add_proposal_file(week.id, code, content, name, largest=largest_file(), actor=actor)
    response = private(_told(put), 201)
    at = url_for("desk_api.proposal_file", week=week.code, code=code, file=put.code)
    response.headers["Location"] = at
    return response


@blueprint.get(f"{ALL}/<file>")
@described_as("Get a file of a proposal as it was put in", None)
@needs_key(Verb.PROPOSALS_READ)
def proposal_file(actor: Actor, week: Week, code: str, file: str) -> Response:
    """Answer the file itself, under its own name and type."""
    put = find_file(get_proposal(week.id, code, actor), file)
    if put is None:
        raise Refusal("file.not_found")
    response = as_file(files.read(put.file.sha256), "")
    response.content_type = TYPES[put.file.kind]
    response.headers["Content-Disposition"] = disposition(put.file.name)
    return response


@blueprint.delete(f"{ALL}/<file>")
@described_as("Take a file away from a draft, or from one that came back", None, IF_MATCH, status=204)
@needs_key(Verb.PROPOSALS_MAKE)
def proposal_file_remove(actor: Actor, week: Week, code: str, file: str) -> Response:
    """Remove; a second time changes nothing. The version is the proposal's."""
    refuse_stale(seen_version(), get_proposal(week.id, code, actor).version)
    remove_proposal_file(week.id, code, file, actor=actor)
    return done()


def _told(put: ProposalFile) -> Facts:
    kept = put.file
    shape = {"id": put.code, "name": kept.name, "content_type": TYPES[kept.kind], "size": kept.size, "added_at": put.at}
    return dict(told(shape))

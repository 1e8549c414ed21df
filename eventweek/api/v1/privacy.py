"""What is held about the holder of a pass: told whole, and erased."""

from dataclasses import asdict

from flask import Response, request

from eventweek.api.v1 import privacy_schemas as schemas
from eventweek.api.v1.frame import Blueprint, anybody, bearer, private
from eventweek.api.v1.registration import TOKEN, holder_of_token
from eventweek.api.v1.values import told
from eventweek.audit.actors import VISITOR
from eventweek.kernel.limits import limited
from eventweek.privacy.actions import erase_person
from eventweek.privacy.queries import find_erased, tell_person

blueprint = Blueprint("privacy", __name__, description="What is held about a person.")


@blueprint.get("/personal-data")
@blueprint.doc(parameters=[TOKEN])
@blueprint.response(200, schemas.PersonalData)
@anybody
def personal_data() -> Response:
    """Tell everything that is held about the holder of a pass, over all weeks"""
    own = holder_of_token()
    limited("my.data", "30/hour", own.code)
    return private(told(tell_person(own)))


@blueprint.delete("/personal-data")
@blueprint.doc(parameters=[TOKEN])
@blueprint.response(200, schemas.PersonErased)
@anybody
def personal_data_erase() -> Response:
    """Erase the holder of a pass from every week; a second call changes nothing

    What has not begun is cancelled, the pass is void, counts stay. Nobody can take it back.
    """
    limited("pass.link", "120/minute", request.remote_addr or "")
    own = find_erased(bearer()) or holder_of_token()
    limited("my.change", "30/minute", own.code)
    return private(asdict(erase_person(own.id, actor=VISITOR)))

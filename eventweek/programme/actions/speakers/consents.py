"""Give or take back the consent to publish; what is taken back is left out of the next release."""

from collections.abc import Mapping

from eventweek.audit.actions import record
from eventweek.audit.actors import Actor
from eventweek.kernel.clock import now
from eventweek.kernel.db import db, transaction
from eventweek.kernel.errors import FieldError, Invalid, Refusal
from eventweek.programme.actions.consents import keep_text
from eventweek.programme.actions.speakers.opening import keep_of_person, opened, speakers_of
from eventweek.programme.enums import ConsentItem
from eventweek.programme.models import Person, SpeakerConsent, Week
from eventweek.programme.queries.speakers import map_consents, publishing_text


def decide_by_link(code: str, wanted: Mapping[str, bool], *, text: int) -> None:
    """Let the week publish these items, or not, as the person who read that version of the text.

    Raises: Refusal speaker_link.not_found, week.archived, consent.text_changed; Invalid.
    """
    with transaction():
        own, actor = opened(code)
        if publishing_text(own.week).version != text:
            raise Refusal("consent.text_changed")
        _decide(own.week, own.person, wanted, actor, "link")


def note_consents(week_id: int, person: str, wanted: Mapping[str, bool], *, actor: Actor) -> None:
    """Write down what a person has signed on paper or told the organisers.

    Raises: Refusal permission.denied, week.not_found, week.archived, subject.not_found; Invalid.
    """
    with transaction():
        week, people = speakers_of(week_id, [person], actor)
        _decide(week, people[0], wanted, actor, "desk")


def _decide(week: Week, person: Person, wanted: Mapping[str, bool], actor: Actor, via: str) -> None:
    foreign = [name for name in wanted if name not in list(ConsentItem)]
    if foreign:
        raise Invalid([FieldError(foreign[0], "choice.unknown", {"choices": ", ".join(ConsentItem)})])
    kept = map_consents(week.id, person.id)
    fresh = {item: given for item, given in wanted.items() if item not in kept or kept[item].given != given}
    if not fresh:
        return
    text = keep_text(publishing_text(week))
    old = _told(kept)
    for item, given in fresh.items():
        row = kept.get(item) or SpeakerConsent(week_id=week.id, person_id=person.id, item=item)
        row.given, row.text_id, row.via, row.at = given, text.id, via, now()
        db.session.add(row)
        kept[item] = row
    db.session.flush()
    keep_of_person(actor, "consent", person, {"consents": [old, _told(kept)]})
    told = {item: "given" if given else "refused" for item, given in sorted(fresh.items())}
    record(actor, "speaker.consent", "person", person.code, week_id=week.id, text=text.version, **told)


def _told(kept: Mapping[str, SpeakerConsent]) -> list[dict[str, object]]:
    return [{"item": item, "given": kept[item].given} for item in ConsentItem if item in kept]

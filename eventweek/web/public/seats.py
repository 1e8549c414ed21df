"""What the seats of a session say, in words first: free, few, full, or how else one gets in."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from eventweek.kernel.clock import now
from eventweek.language import say
from eventweek.programme.enums import RegistrationMode
from eventweek.registration.enums import SELF_SERVICE
from eventweek.registration.queries import OfferingFacts, list_offerings
from eventweek.scheduling.queries import PublishedSession

FEW_SHARE, FEW_SEATS = 0.1, 20


@dataclass(frozen=True)
class Seats:
    """`words` and `state` (ok, few, full), `share` taken in per cent; `act`: pick, wait, apply, or none and `why`.

    `online`: one can take part on line, whatever the room is.
    """

    words: str
    state: str = "ok"
    share: int | None = None
    act: str = ""
    why: str = ""
    online: bool = False


Offerings = dict[str, list[OfferingFacts]]


def offerings_of(sessions: Iterable[PublishedSession]) -> Offerings:
    """Return the offerings of sessions by session code, in a constant number of statements."""
    return list_offerings([session.code for session in sessions])


def free_codes(offerings: Offerings) -> frozenset[str]:
    """Return the codes of the sessions that have a seat for somebody who comes now."""
    return frozenset(code for code, own in offerings.items() if any(o.why_not is None and o.free != 0 for o in own))


def seats_of(session: PublishedSession, own: list[OfferingFacts]) -> Seats | None:
    """Return what to say of a session's seats; None once it is over or cancelled."""
    if session.end <= now() or session.cancelled:
        return None
    return replace(_in_the_room(own), online=any(one.online for one in own))


def _in_the_room(own: list[OfferingFacts]) -> Seats:
    if not own:
        return Seats(_("不用报名，直接来"))
    if own[0].mode not in SELF_SERVICE:
        return Seats(_short(own[0].mode), why=_reason(own[0]))
    open_now = [o for o in own if o.why_not is None]
    if not open_now:
        return _shut(own[0])
    return _reviewed(open_now) if own[0].mode == RegistrationMode.APPROVAL else _counted(open_now)


def _shut(own: OfferingFacts) -> Seats:
    """Say that nobody can register now: not yet, or no more."""
    if own.why_not and own.why_not.code == "offering.not_yet":
        return Seats(_("还没开始报名"), why=_reason(own))
    return Seats(_("报名已截止") if own.why_not else "", state="full", why=_reason(own))


def _reviewed(own: list[OfferingFacts]) -> Seats:
    """Say the seats of what is reviewed: one can always apply."""
    seats = _counted(own)
    words = _("%(seats)s，报名后审核", seats=seats.words) if seats.act == "pick" else _("已满，通过审核后排候补")
    return replace(seats, words=words, act="apply", why="")


def _counted(own: list[OfferingFacts]) -> Seats:
    if any(o.cap is None for o in own):
        return Seats(_("不限席位"), act="pick")
    cap, free = sum(o.cap or 0 for o in own), sum(o.free or 0 for o in own)
    share = round(100 * (cap - free) / cap) if cap else 100
    if free:
        few = free <= FEW_SEATS and free <= cap * FEW_SHARE
        words = (
            _("仅剩 %(free)s 席", free=free) if few else _("余 %(free)s 席 / %(cap)s", free=f"{free:,}", cap=f"{cap:,}")
        )
        return Seats(words, "few" if few else "ok", share, "pick")
    waiting = sum(o.waiting for o in own)
    words = _("已满，候补 %(n)s 人", n=waiting) if waiting else _("已满")
    if any(o.queue_open for o in own):
        return Seats(words, "full", 100, "wait")
    return Seats(words, "full", 100, why=_("这一场不排候补。有人取消，席位会再放出来；也可以换一场。"))


def _short(mode: str) -> str:
    words: dict[str, Any] = {
        "invite+quota": _("凭邀请参加"),
        "media": _("限媒体"),
        "none": _("不用报名，直接来"),
    }
    return str(words.get(mode, ""))


def _reason(own: OfferingFacts) -> str:
    return say(own.why_not.code, own.why_not.facts) if own.why_not else ""

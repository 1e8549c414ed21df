"""What became of each message of a week: to whom, by which way, where it stands; sent again by hand."""

from typing import Any

from flask import abort, url_for
from flask_babel import lazy_gettext as _

from eventweek.accounts.enums import Verb
from eventweek.campaigns.actions.messages import release_addresses, resend_message
from eventweek.campaigns.queries import list_campaigns
from eventweek.language.words import LETTERS
from eventweek.outbox.enums import SETTLED, Channel
from eventweek.outbox.queries import MessageFilter, count_states, find_message, list_messages, map_suppressed
from eventweek.registration.contacts import mask_email, mask_phone
from eventweek.registration.kinds import KINDS
from eventweek.registration.queries.desk import find_holders_named, map_holders
from eventweek.replanning.actions.telling import ALARM
from eventweek.web.actor import at_work
from eventweek.web.desk.frame import act, blueprint, edition, is_sealed, page
from eventweek.web.desk.lists import Filter, asked, chosen, pager
from eventweek.web.desk.shelves import window
from eventweek.web.frame import best, needs

STATES = {
    "waiting": _("等着发"),
    "running": _("正在发"),
    "sent": _("已发出"),
    "delivered": _("已送达"),
    "dead": _("没有送到"),
}
LOOKS = {"waiting": "wait", "running": "wait", "sent": "yes", "delivered": "yes", "dead": "no"}
PROGRAMME = {"proposal": _("申报进展"), "proposer": _("邀请申报"), "speaker_link": _("发给嘉宾的链接")}
WAYS = {"email": _("邮件"), "sms": _("短信"), "wechat": _("微信")}
ERRORS = {
    "no way": _("这个人留下的联系方式都发不出去"),
    "no provider": _("没有接好这个渠道"),
    "cancelled": _("群发被撤回"),
}


@blueprint.get("/w/<week>/messages")
@needs(Verb.MESSAGES_EDIT)
def message_list(week: str) -> str:
    """List the messages of the week, the newest first."""
    own = edition(week, Verb.MESSAGES_EDIT)
    kinds = [(f"registration/{code}", best(kind.word)) for code, kind in KINDS.items()]
    filters = [
        Filter("state", str(_("状态")), [(code, str(word)) for code, word in STATES.items()]),
        Filter("template", str(_("哪一种")), [*kinds, ("campaigns/message", str(_("群发"))), *_others()]),
        Filter("channel", str(_("渠道")), [(code, str(word)) for code, word in WAYS.items()]),
        Filter("batch", str(_("哪次群发")), [(one.code, best(one.subject)) for one in list_campaigns(own.id)]),
    ]
    words = asked("q")
    wanted = MessageFilter(**chosen(filters), people=find_holders_named(own.id, words) if words else None)
    rows, total = list_messages(own.code, wanted, window)
    people = map_holders({row.person for row in rows})
    facts = {"rows": rows, "pager": pager(total), "filters": filters, "words": words, "people": people}
    return page("message_list.html", own, here="campaign", counts=count_states(own.code), **_words(), **facts)


@blueprint.get("/w/<week>/messages/<int:message>")
@needs(Verb.MESSAGES_EDIT)
def message(week: str, message: int) -> str:
    """Show one message: by which ways, how often it was tried, what the last answer was."""
    own = edition(week, Verb.MESSAGES_EDIT)
    row = find_message(own.code, message) or abort(404)
    ways = [(row.channel, row.recipient), *((channel, address) for channel, address in row.others)]
    held = map_suppressed([way for way in ways if way[1]])
    people = map_holders({row.person})
    settled = row.state in SETTLED and bool(row.recipient) and row.template != "registration/code"
    facts = {"row": row, "ways_of": ways, "held": held, "people": people, "settled": settled and not is_sealed(own)}
    return page("message.html", own, here="campaign", **facts, **_words())


@blueprint.post("/w/<week>/messages/<int:message>/copies")
@needs(Verb.MESSAGES_EDIT)
def message_copy(week: str, message: int) -> Any:
    """Send it again."""
    return _act(week, message, lambda own: resend_message(own, message, actor=at_work()), str(_("又发了一次。")))


@blueprint.post("/w/<week>/messages/<int:message>/release")
@needs(Verb.MESSAGES_EDIT)
def message_release(week: str, message: int) -> Any:
    """Let its addresses be written to again."""
    return _act(week, message, lambda own: release_addresses(own, message, actor=at_work()), str(_("又可以写了。")))


def _act(week: str, number: int, verb: Any, said: str) -> Any:
    own = edition(week, Verb.MESSAGES_EDIT)
    back = url_for("desk.message", week=week, message=number)
    return act(lambda: verb(own.id), back, said, none="message.not_found")


def _words() -> dict[str, Any]:
    names = {f"registration/{code}": best(kind.word) for code, kind in KINDS.items()}
    names |= {"campaigns/message": str(_("群发")), "campaigns/test": str(_("群发试发")), **dict(_others())}
    return {"states": STATES, "looks": LOOKS, "ways": WAYS, "kinds": names, "errors": ERRORS, "masked": masked}


def _others() -> list[tuple[str, str]]:
    """Return what releases, the same-day desk and the programme write beside registration, by template."""
    releases = [(f"replanning/release_{who}", str(_("发布：%(who)s", who=LETTERS[who]))) for who in ("people", "staff")]
    programme = [(f"programme/{name}", str(word)) for name, word in PROGRAMME.items()]
    return [*releases, (ALARM, str(_("场地停用"))), *programme]


def masked(way: tuple[str, str]) -> str:
    """Return how to recognise an address, not the address itself."""
    channel, address = way
    if not address:
        return str(_("已清除"))
    if channel == Channel.WECHAT:
        return "openid"
    return mask_phone(address) if channel == Channel.SMS else mask_email(address)

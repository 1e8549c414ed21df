"""Lists of people that organisers bring."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from eventweek.imports.models import Import


class Roster(Import):
    """A list (名单) of people to be registered.

    `digest`: keyed hash of the bytes and of what was said with them. `file`: of the sealed rows (`key_id`), NULL once
    they are gone. `outcome`: `rows` with what becomes of each, by number and code, `counts`, or the `refusal`; nothing
    that the list says of anybody. `consent_from`, `consent_note`: where its people agreed, as the organiser says;
    `send`: each is written to.
    """

    __tablename__ = "roster"
    noun = "roster"
    key_id: Mapped[str] = mapped_column(String(16))
    consent_from: Mapped[str] = mapped_column(String(12))
    consent_note: Mapped[str] = mapped_column(String(200))
    send: Mapped[bool]

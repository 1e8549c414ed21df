"""Units of registration and the seats that hang on them."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventweek.kernel.db import Base, Bilingual, UtcDateTime, bilingual
from eventweek.kernel.tokens import random_code
from eventweek.programme.models import Session


class Offering(Base):
    """What one registers for (报名项): a session, a camp, a slot of an exhibition, one of several repeats.

    `slot_start`/`slot_end`: the entry window of a timed-entry slot. `promote_until_min`: minutes before the start at
    which promotion from the waiting list stops. `overtakes`: how often a waiting party may be passed by a smaller one.
    `real_name` (实名): each person gives an identity number. `consents`: which further agreements are asked.
    `review_steps`: how many reviewers must agree (1 or 2); `review_holds`: an application keeps its seats while it is
    looked at. `offer_minutes`: how long an offered seat waits for an answer at most, 0 = seats are never offered;
    `offer_requeues`: who did not answer goes to the tail of the queue. `standby_after_min`: minutes after the start at
    which seats of those who have not come go to the list at the door, NULL = never.
    `proven_contact`: nobody registers before their phone or e-mail is proven. `work_mode`: when browsers have to work
    for it, empty = as the week says. `handover`: the holder may give the place to another person (换人).
    `online_open`: one can register to take part on line; `online_before_min`: so many minutes before the start the way
    in is shown, NULL = as the week says.
    """

    __tablename__ = "offering"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int] = mapped_column(ForeignKey("week.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    name: Mapped[Bilingual] = bilingual("name", 120)
    mode: Mapped[str] = mapped_column(String(20))
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    slot_start: Mapped[datetime | None] = mapped_column(UtcDateTime)
    slot_end: Mapped[datetime | None] = mapped_column(UtcDateTime)
    queue_open: Mapped[bool] = mapped_column(default=True)
    max_party: Mapped[int] = mapped_column(default=5)
    promote_until_min: Mapped[int] = mapped_column(default=120)
    overtakes: Mapped[int] = mapped_column(default=2)
    review_steps: Mapped[int] = mapped_column(default=1)
    review_holds: Mapped[bool] = mapped_column(default=False)
    offer_minutes: Mapped[int] = mapped_column(default=720)
    offer_requeues: Mapped[bool] = mapped_column(default=False)
    standby_after_min: Mapped[int | None]
    proven_contact: Mapped[bool] = mapped_column(default=False)
    work_mode: Mapped[str] = mapped_column(String(8), default="")
    handover: Mapped[bool] = mapped_column(default=True)
    online_open: Mapped[bool] = mapped_column(default=False)
    online_before_min: Mapped[int | None]
    closed: Mapped[bool] = mapped_column(default=False)
    real_name: Mapped[bool] = mapped_column(default=False)
    consents: Mapped[list[str]] = mapped_column(JSON, default=list)
    version: Mapped[int] = mapped_column(default=1)
    pools: Mapped[list["CapacityPool"]] = relationship(order_by="CapacityPool.id", cascade="all, delete-orphan")
    sessions: Mapped[list["OfferingSession"]] = relationship(cascade="all, delete-orphan", back_populates="offering")
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("week_id", "id"),
        CheckConstraint("max_party > 0", name="max_party"),
        CheckConstraint("overtakes >= 0", name="overtakes"),
        CheckConstraint("review_steps IN (1, 2)", name="review_steps"),
        CheckConstraint("offer_minutes >= 0", name="offer_minutes"),
        CheckConstraint("online_before_min >= 0", name="online_before_min"),
    )

    @property
    def largest_party(self) -> int:
        """Return how many may come together; with real names each person registers alone."""
        return 1 if self.real_name else self.max_party

    @property
    def hands_over(self) -> bool:
        """Say whether a place may be given on: whoever comes must have agreed and shown who they are themselves."""
        return self.handover and not self.asks

    @property
    def asks(self) -> bool:
        """Say whether it asks for identity numbers or further agreements."""
        return self.real_name or bool(self.consents)


class OfferingSession(Base):
    """A session that an offering admits to."""

    __tablename__ = "offering_session"
    week_id: Mapped[int]
    offering_id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(primary_key=True, index=True)
    offering: Mapped[Offering] = relationship(back_populates="sessions", overlaps="session")
    session: Mapped[Session] = relationship(overlaps="offering,sessions")
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "offering_id"], ["offering.week_id", "offering.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["week_id", "session_id"], ["session.week_id", "session.id"], ondelete="CASCADE"),
    )


class CapacityPool(Base):
    """Seats of one class; `cap` NULL = no limit. Counters change only in guarded statements, in id order.

    `rank`: the place of the class among those that get a freed seat; `consent`: who waits is asked before they get one.
    """

    __tablename__ = "capacity_pool"
    id: Mapped[int] = mapped_column(primary_key=True)
    offering_id: Mapped[int] = mapped_column(ForeignKey("offering.id", ondelete="CASCADE"))
    cls: Mapped[str] = mapped_column("class", String(12))
    cap: Mapped[int | None]
    taken: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    overbook: Mapped[int] = mapped_column(default=0)
    rank: Mapped[int] = mapped_column(default=0)
    consent: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        UniqueConstraint("offering_id", "class"),
        CheckConstraint("taken >= 0 AND held >= 0 AND waiting >= 0 AND overbook >= 0", name="counts"),
        CheckConstraint("cap IS NULL OR cap > 0", name="cap"),
        CheckConstraint("class <> 'online' OR (cap IS NULL AND waiting = 0)", name="online"),
        CheckConstraint("cap IS NULL OR taken + held <= cap + overbook", name="seats"),
    )


class PoolHold(Base):
    """Seats held back for somebody, until a time; they count in the pool of the class and in the room's.

    `allotted`: of an allotment, how many seats its unit has in all, those included that it took by its link; NULL: an
    ordinary hold. `seats`: those that are still kept.
    """

    __tablename__ = "pool_hold"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True, default=random_code)
    pool_id: Mapped[int] = mapped_column(ForeignKey("capacity_pool.id", ondelete="CASCADE"), index=True)
    seats: Mapped[int]
    owner: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(200))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    allotted: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        CheckConstraint(
            "seats >= 0 AND (seats > 0 OR allotted IS NOT NULL) AND (allotted IS NULL OR seats <= allotted)",
            name="seats",
        ),
    )

    @property
    def taken(self) -> int:
        """Return how many seats of an allotment its unit took."""
        return 0 if self.allotted is None else self.allotted - self.seats


class OverbookDecision(Base):
    """What an organiser decided on a proposed overbooking, with what was measured then; append-only.

    `registered`, `came`: seats of the kind; `proposed`: seats beyond the limit.
    """

    __tablename__ = "overbook_decision"
    id: Mapped[int] = mapped_column(primary_key=True)
    week_id: Mapped[int]
    offering_id: Mapped[int] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(120))
    accepted: Mapped[bool]
    registered: Mapped[int]
    came: Mapped[int]
    proposed: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    __table_args__ = (
        ForeignKeyConstraint(["week_id", "offering_id"], ["offering.week_id", "offering.id"], ondelete="CASCADE"),
        CheckConstraint("proposed > 0 AND came >= 0 AND registered >= came", name="counts"),
    )

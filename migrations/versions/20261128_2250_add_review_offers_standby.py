"""Add review, offers of freed seats, the order of classes, holds with a code and the standby list."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.tokens import random_code

revision = "20261128_2250"
down_revision = "20261128_2230"
branch_labels = None
depends_on = None

OFFERED = "(state = 'offered') = (offer_expires_at IS NOT NULL)"
HOLDING = "NOT holding OR state IN ('offered', 'applied', 'returned')"


def upgrade() -> None:
    """Add the columns, and give each hold its code."""
    with op.batch_alter_table("offering") as table:
        table.add_column(sa.Column("review_steps", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(sa.Column("review_holds", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("offer_minutes", sa.Integer(), nullable=False, server_default="720"))
        table.add_column(sa.Column("offer_requeues", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("standby_after_min", sa.Integer(), nullable=True))
        table.create_check_constraint("review_steps", "review_steps IN (1, 2)")
        table.create_check_constraint("offer_minutes", "offer_minutes >= 0")
    with op.batch_alter_table("capacity_pool") as table:
        table.add_column(sa.Column("rank", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("consent", sa.Boolean(), nullable=False, server_default=sa.false()))
    _code_holds()
    op.execute("UPDATE registration SET offer_expires_at = NULL WHERE state <> 'offered'")
    with op.batch_alter_table("registration") as table:
        table.add_column(sa.Column("offers", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("holding", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("review_step", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("reviewer", sa.String(120), nullable=False, server_default=""))
        table.add_column(sa.Column("remark", sa.String(500), nullable=False, server_default=""))
        table.add_column(sa.Column("answer", sa.String(200), nullable=False, server_default=""))
        table.create_check_constraint("offer", OFFERED)
        table.create_check_constraint("holding", HOLDING)
        table.create_index("ix_registration_offer_expires_at", ["offer_expires_at"])


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("registration") as table:
        table.drop_index("ix_registration_offer_expires_at")
        table.drop_constraint("holding", type_="check")
        table.drop_constraint("offer", type_="check")
        for name in ("answer", "remark", "reviewer", "review_step", "holding", "offers"):
            table.drop_column(name)
    with op.batch_alter_table("pool_hold") as table:
        table.drop_constraint("uq_pool_hold_code", type_="unique")
        table.drop_column("code")
    with op.batch_alter_table("capacity_pool") as table:
        table.drop_column("consent")
        table.drop_column("rank")
    with op.batch_alter_table("offering") as table:
        table.drop_constraint("offer_minutes", type_="check")
        table.drop_constraint("review_steps", type_="check")
        for name in ("standby_after_min", "offer_requeues", "offer_minutes"):
            table.drop_column(name)
        table.drop_column("review_holds")
        table.drop_column("review_steps")


def _code_holds() -> None:
    with op.batch_alter_table("pool_hold") as table:
        table.add_column(sa.Column("code", sa.String(16), nullable=True))
    holds = sa.table("pool_hold", sa.column("id", sa.Integer), sa.column("code", sa.String))
    for own in op.get_bind().execute(sa.select(holds.c.id)).scalars().all():
        op.execute(holds.update().where(holds.c.id == own).values(code=random_code()))
    with op.batch_alter_table("pool_hold") as table:
        table.alter_column("code", existing_type=sa.String(16), nullable=False)
        table.create_unique_constraint("uq_pool_hold_code", ["code"])

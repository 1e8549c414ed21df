"""Prove contacts: one-time codes, spent work, holders' calendars, what offerings and weeks ask."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import UtcDateTime

revision = "20261128_2300"
down_revision = "20261128_2240"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and the columns."""
    op.create_table(
        "contact_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("contact_key", sa.String(64), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("proven_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["week_id"], ["week.id"], name=op.f("fk_contact_code_week_id_week"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_code")),
        sa.UniqueConstraint("ref", name=op.f("uq_contact_code_ref")),
    )
    op.create_index(op.f("ix_contact_code_contact_key"), "contact_code", ["contact_key"])
    op.create_index(op.f("ix_contact_code_expires_at"), "contact_code", ["expires_at"])
    op.create_table(
        "spent_work",
        sa.Column("nonce", sa.String(32), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_spent_work")),
    )
    op.create_index(op.f("ix_spent_work_expires_at"), "spent_work", ["expires_at"])
    op.add_column("week", sa.Column("clash_policy", sa.String(8), nullable=False, server_default="warn"))
    op.add_column("week", sa.Column("work_mode", sa.String(8), nullable=False, server_default="never"))
    op.add_column("week", sa.Column("work_min", sa.Integer(), nullable=False, server_default="30"))
    op.add_column("offering", sa.Column("proven_contact", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("offering", sa.Column("work_mode", sa.String(8), nullable=False, server_default=""))
    op.add_column("offering", sa.Column("handover", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("pass", sa.Column("feed_epoch", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("pass", sa.Column("feed_key_id", sa.String(16), nullable=False, server_default=""))
    op.add_column("pass", sa.Column("feed_hash", sa.String(64), nullable=True))
    op.create_index(op.f("ix_pass_feed_hash"), "pass", ["feed_hash"], unique=True)


def downgrade() -> None:
    """Take them away."""
    op.drop_index(op.f("ix_pass_feed_hash"), "pass")
    for name in ("feed_hash", "feed_key_id", "feed_epoch"):
        op.drop_column("pass", name)
    for name in ("handover", "work_mode", "proven_contact"):
        op.drop_column("offering", name)
    for name in ("work_min", "work_mode", "clash_policy"):
        op.drop_column("week", name)
    op.drop_index(op.f("ix_spent_work_expires_at"), "spent_work")
    op.drop_table("spent_work")
    op.drop_index(op.f("ix_contact_code_expires_at"), "contact_code")
    op.drop_index(op.f("ix_contact_code_contact_key"), "contact_code")
    op.drop_table("contact_code")

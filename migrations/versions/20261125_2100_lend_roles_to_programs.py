"""Keep the keys of the API; give holidays and travel times a version."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import UtcDateTime

revision = "20261125_2100"
down_revision = "20261125_1800"
branch_labels = None
depends_on = None

VERSIONED = ("calendar_day", "travel_time")


def upgrade() -> None:
    """Add the table and the columns."""
    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("tail", sa.String(4), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("scope_kind", sa.String(20), nullable=False),
        sa.Column("scope_code", sa.String(40), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("last_used_at", UtcDateTime(), nullable=True),
        sa.Column("last_client", sa.String(40), nullable=False),
        sa.CheckConstraint("created_at < expires_at", name=op.f("ck_api_key_life")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_api_key_owner_id_user"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["week_id"], ["week.id"], name=op.f("fk_api_key_week_id_week"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("code", name=op.f("uq_api_key_code")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_api_key_secret_hash")),
    )
    op.create_index(op.f("ix_api_key_owner_id"), "api_key", ["owner_id"])
    op.create_index(op.f("ix_api_key_week_id"), "api_key", ["week_id"])
    for table in VERSIONED:
        op.add_column(table, sa.Column("version", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    """Drop them."""
    for table in VERSIONED:
        op.drop_column(table, "version")
    op.drop_table("api_key")

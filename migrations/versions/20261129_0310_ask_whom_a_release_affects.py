"""Ask whom a release affects: a row per registration, with what changed and what the person wants."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import UtcDateTime

revision = "20261129_0310"
down_revision = "20261129_0230"
branch_labels = None
depends_on = None
NAME = "affected_registration"
OPEN = sa.text("choice = 'open'")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        NAME,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("offering", sa.String(16), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("clashes", sa.JSON(), nullable=False),
        sa.Column("clashing", sa.Boolean(), nullable=False),
        sa.Column("displaced", sa.Boolean(), nullable=False),
        sa.Column("choice", sa.String(12), nullable=False),
        sa.Column("target", sa.String(16), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(choice = 'open') = (decided_at IS NULL)", name=op.f("ck_affected_registration_decided")),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f(f"fk_{NAME}_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{NAME}")),
        sa.UniqueConstraint("code", name=op.f(f"uq_{NAME}_code")),
    )
    op.create_index(op.f(f"ix_{NAME}_registration_id"), NAME, ["registration_id"])
    op.create_index(op.f(f"ix_{NAME}_offering"), NAME, ["offering"])
    op.create_index(f"uq_{NAME}_open", NAME, ["registration_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    """Take it away."""
    op.drop_table(NAME)

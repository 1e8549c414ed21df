"""Give certificates of attendance; a week says how much of linked sessions they ask for."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import UtcDateTime

revision = "20261130_0430"
down_revision = "20261130_0420"
branch_labels = None
depends_on = None

TABLE = "attendance_certificate"


def upgrade() -> None:
    """Add the column and the table."""
    op.add_column("week", sa.Column("certificate_share", sa.Integer(), nullable=False, server_default="80"))
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("pass_id", sa.Integer(), nullable=False),
        sa.Column("offering_id", sa.Integer(), nullable=True),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("seed", sa.LargeBinary(16), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("needed_min", sa.Integer(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        *(
            sa.ForeignKeyConstraint(
                ["week_id", f"{other}_id"],
                [f"{other}.week_id", f"{other}.id"],
                name=op.f(f"fk_{TABLE}_week_id_{other}"),
                ondelete="CASCADE",
            )
            for other in ("pass", "offering", "session")
        ),
        sa.UniqueConstraint("code", name=op.f(f"uq_{TABLE}_code")),
        sa.UniqueConstraint("token_hash", name=op.f(f"uq_{TABLE}_token_hash")),
        sa.UniqueConstraint("pass_id", "offering_id", name=op.f(f"uq_{TABLE}_pass_id_offering_id")),
        sa.UniqueConstraint("pass_id", "session_id", name=op.f(f"uq_{TABLE}_pass_id_session_id")),
        sa.CheckConstraint("(offering_id IS NULL) <> (session_id IS NULL)", name=op.f(f"ck_{TABLE}_subject")),
        sa.CheckConstraint("needed_min >= 0", name=op.f(f"ck_{TABLE}_needed_min")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table(TABLE)
    op.drop_column("week", "certificate_share")

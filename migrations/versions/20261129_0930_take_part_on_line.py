"""Take part on line: open or not, from when the way in is shown, its sealed address, and who went in."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import UtcDateTime

revision = "20261129_0930"
down_revision = "20261129_0900"
branch_labels = None
depends_on = None

ONLINE = "class <> 'online' OR (cap IS NULL AND waiting = 0)"


def upgrade() -> None:
    """Add the columns and the tables."""
    op.add_column("week", sa.Column("online_before_min", sa.Integer(), nullable=False, server_default="30"))
    with op.batch_alter_table("offering") as table:
        table.add_column(sa.Column("online_open", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("online_before_min", sa.Integer(), nullable=True))
        table.create_check_constraint("online_before_min", "online_before_min >= 0")
    with op.batch_alter_table("capacity_pool") as table:
        table.create_check_constraint("online", ONLINE)
    op.create_table(
        "online_link",
        sa.Column("offering_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["week_id", "offering_id"],
            ["offering.week_id", "offering.id"],
            name=op.f("fk_online_link_week_id_offering"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("offering_id", name=op.f("pk_online_link")),
    )
    _add_attendance()


def _add_attendance() -> None:
    op.create_table(
        "online_attendance",
        sa.Column("registration_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("session_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_online_attendance_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["week_id", "session_id"],
            ["session.week_id", "session.id"],
            name=op.f("fk_online_attendance_week_id_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", "session_id", name=op.f("pk_online_attendance")),
    )
    op.create_index(op.f("ix_online_attendance_session_id"), "online_attendance", ["session_id"])


def downgrade() -> None:
    """Take them away; a pool on line that was never used goes with them."""
    op.drop_table("online_attendance")
    op.drop_table("online_link")
    op.execute("DELETE FROM capacity_pool WHERE class = 'online' AND id NOT IN (SELECT pool_id FROM seat_delta)")
    with op.batch_alter_table("capacity_pool") as table:
        table.drop_constraint("online", type_="check")
    with op.batch_alter_table("offering") as table:
        table.drop_constraint("online_before_min", type_="check")
        table.drop_column("online_before_min")
        table.drop_column("online_open")
    op.drop_column("week", "online_before_min")

"""Keep the halls that are lost on the day; let the planner look for the ways out of it beside its other runs."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import UtcDateTime

revision = "20261130_0300"
down_revision = "20261129_1110"
branch_labels = None
depends_on = None
_OPEN = sa.text("state IN ('waiting', 'running')")


def upgrade() -> None:
    """Add the tables; one run of a week is open for each way, and one that looks for none."""
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("reason_zh", sa.String(200), nullable=False),
        sa.Column("reason_en", sa.String(200), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.Column("lifted_by", sa.String(120), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(120), nullable=False),
        sa.Column("way", sa.String(8), nullable=False),
        sa.Column("release", sa.Integer(), nullable=True),
        sa.Column("notice", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("until IS NULL OR since < until", name=op.f("ck_incident_span")),
        sa.CheckConstraint("(decided_at IS NULL) = (way = '')", name=op.f("ck_incident_decided")),
        sa.ForeignKeyConstraint(["week_id"], ["week.id"], name=op.f("fk_incident_week_id_week"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("code", name=op.f("uq_incident_code")),
    )
    op.create_index(op.f("ix_incident_week_id"), "incident", ["week_id"])
    op.create_table(
        "incident_room",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_room_incident_id_incident"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["room_id"], ["room.id"], name=op.f("fk_incident_room_room_id_room"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("incident_id", "room_id", name=op.f("pk_incident_room")),
    )
    op.create_index(op.f("ix_incident_room_room_id"), "incident_room", ["room_id"])
    for name, length in (("incident", 16), ("way", 8), ("basis", 24)):
        op.add_column("planner_run", sa.Column(name, sa.String(length), nullable=False, server_default=""))
    with op.batch_alter_table("planner_run") as table:
        for name in ("incident", "way", "basis"):
            table.alter_column(name, server_default=None)
    _index(["week_id", "incident", "way"])


def downgrade() -> None:
    """Take them away; runs that looked for ways go with them."""
    op.execute("DELETE FROM planner_run WHERE incident <> ''")
    _index(["week_id"])
    with op.batch_alter_table("planner_run") as table:
        for name in ("basis", "way", "incident"):
            table.drop_column(name)
    op.drop_table("incident_room")
    op.drop_table("incident")


def _index(columns: list[str]) -> None:
    op.drop_index("uq_planner_run_open", "planner_run")
    where = {"sqlite_where": _OPEN, "postgresql_where": _OPEN}
    op.create_index("uq_planner_run_open", "planner_run", columns, unique=True, **where)

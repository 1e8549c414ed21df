"""Set levels and weights of rules for a week, and let single findings pass with a reason."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import UtcDateTime

revision = "20261129_1110"
down_revision = "20261129_1130"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "rule_preset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("preset", sa.String(8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["week_id"], ["week.id"], name=op.f("fk_rule_preset_week_id_week"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_preset")),
        sa.UniqueConstraint("week_id", name=op.f("uq_rule_preset_week_id")),
    )
    op.create_table(
        "rule_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(24), nullable=False),
        sa.Column("level", sa.String(13), nullable=True),
        sa.Column("weight", sa.Integer(), nullable=True),
        sa.CheckConstraint("weight BETWEEN 0 AND 10000", name=op.f("ck_rule_setting_weight")),
        sa.CheckConstraint("level IS NOT NULL OR weight IS NOT NULL", name=op.f("ck_rule_setting_says")),
        sa.ForeignKeyConstraint(
            ["week_id"], ["week.id"], name=op.f("fk_rule_setting_week_id_week"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_setting")),
        sa.UniqueConstraint("week_id", "rule", name=op.f("uq_rule_setting_week_id_rule")),
    )
    op.create_table(
        "rule_override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("finding", sa.String(24), nullable=False),
        sa.Column("rule", sa.String(24), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["week_id"], ["week.id"], name=op.f("fk_rule_override_week_id_week"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_override")),
        sa.UniqueConstraint("code", name=op.f("uq_rule_override_code")),
        sa.UniqueConstraint("week_id", "finding", name=op.f("uq_rule_override_week_id_finding")),
        sa.UniqueConstraint("week_id", "id", name=op.f("uq_rule_override_week_id_id")),
    )
    op.create_table(
        "rule_override_session",
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("override_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("start", UtcDateTime(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["week_id", "override_id"],
            ["rule_override.week_id", "rule_override.id"],
            name=op.f("fk_rule_override_session_week_id_rule_override"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["week_id", "session_id"],
            ["session.week_id", "session.id"],
            name=op.f("fk_rule_override_session_week_id_session"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["room_id"], ["room.id"], name=op.f("fk_rule_override_session_room_id_room"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("override_id", "session_id", name=op.f("pk_rule_override_session")),
    )
    op.create_index(op.f("ix_rule_override_session_session_id"), "rule_override_session", ["session_id"])


def downgrade() -> None:
    """Take them away; every rule is as usual again."""
    for name in ("rule_override_session", "rule_override", "rule_setting", "rule_preset"):
        op.drop_table(name)

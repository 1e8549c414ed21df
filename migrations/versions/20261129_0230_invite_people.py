"""Invite people: codes and personal links to offerings, and which registration was made with which."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import UtcDateTime

revision = "20261129_0230"
down_revision = "20261128_2300"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "offering_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("class", sa.String(12), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("seed", sa.LargeBinary(16), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("hint", sa.String(4), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("contact_lock", sa.String(64), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("mailed", sa.Boolean(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("uses > 0 AND used >= 0 AND used <= uses", name=op.f("ck_offering_invitation_used")),
        sa.ForeignKeyConstraint(
            ["week_id", "offering_id"],
            ["offering.week_id", "offering.id"],
            name=op.f("fk_offering_invitation_week_id_offering"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offering_invitation")),
        sa.UniqueConstraint("code", name=op.f("uq_offering_invitation_code")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_offering_invitation_token_hash")),
    )
    op.create_index(op.f("ix_offering_invitation_offering_id_id"), "offering_invitation", ["offering_id", "id"])
    op.create_table(
        "invitation_use",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_invitation_use_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["offering_invitation.id"],
            name=op.f("fk_invitation_use_invitation_id_offering_invitation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_invitation_use")),
    )
    op.create_index(op.f("ix_invitation_use_invitation_id"), "invitation_use", ["invitation_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_index(op.f("ix_invitation_use_invitation_id"), "invitation_use")
    op.drop_table("invitation_use")
    op.drop_index(op.f("ix_offering_invitation_offering_id_id"), "offering_invitation")
    op.drop_table("offering_invitation")

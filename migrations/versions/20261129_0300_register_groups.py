"""Register groups: what a unit registered for, until when its list can be changed, and the leader's link."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import UtcDateTime

revision = "20261129_0300"
down_revision = "20261129_0330"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nothing has made groups until now."""
    op.execute("UPDATE registration SET group_id = NULL WHERE group_id IS NOT NULL")
    op.execute("DELETE FROM registration_group")
    with op.batch_alter_table("registration_group") as table:
        table.add_column(sa.Column("offering_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("cut_off", UtcDateTime(), nullable=False))
        table.add_column(sa.Column("seed", sa.LargeBinary(16), nullable=False))
        table.add_column(sa.Column("key_id", sa.String(16), nullable=False))
        table.add_column(sa.Column("token_hash", sa.String(64), nullable=False))
        table.add_column(sa.Column("made_at", UtcDateTime(), nullable=False))
        table.create_unique_constraint("uq_registration_group_token_hash", ["token_hash"])
        table.create_foreign_key(
            "fk_registration_group_week_id_offering",
            "offering",
            ["week_id", "offering_id"],
            ["week_id", "id"],
            ondelete="CASCADE",
        )


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("registration_group") as table:
        table.drop_constraint("fk_registration_group_week_id_offering", type_="foreignkey")
        table.drop_constraint("uq_registration_group_token_hash", type_="unique")
        for name in ("made_at", "token_hash", "key_id", "seed", "cut_off", "offering_id"):
            table.drop_column(name)

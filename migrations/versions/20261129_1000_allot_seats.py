"""Allot seats: holds that a unit fills by a link until a cut-off, and the registrations that sit on them."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_1000"
down_revision = "20261129_0930"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a hold say how many seats were allotted, and keep by which link they are filled and by whom."""
    with op.batch_alter_table("pool_hold") as table:
        table.add_column(sa.Column("allotted", sa.Integer(), nullable=True))
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        table.drop_constraint(op.f("ck_pool_hold_seats"), type_="check")
        table.create_check_constraint(
            op.f("ck_pool_hold_seats"),
            "seats >= 0 AND (seats > 0 OR allotted IS NOT NULL) AND (allotted IS NULL OR seats <= allotted)",
        )
    with op.batch_alter_table("pool_hold") as table:
        table.alter_column("version", server_default=None)
    with op.batch_alter_table("offering_invitation") as table:
        table.create_unique_constraint(op.f("uq_offering_invitation_week_id_id"), ["week_id", "id"])
    with op.batch_alter_table("registration_group") as table:
        table.add_column(sa.Column("invitation_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_registration_group_week_id_offering_invitation"),
            "offering_invitation",
            ["week_id", "invitation_id"],
            ["week_id", "id"],
        )
    for name, other in (("allotment_link", "offering_invitation"), ("allotment_seat", "registration")):
        column = other.removeprefix("offering_") + "_id"
        op.create_table(
            name,
            sa.Column(column, sa.Integer(), nullable=False),
            sa.Column("hold_id", sa.Integer(), nullable=False),
            sa.ForeignKeyConstraint(
                [column], [f"{other}.id"], name=op.f(f"fk_{name}_{column}_{other}"), ondelete="CASCADE"
            ),
            sa.ForeignKeyConstraint(
                ["hold_id"], ["pool_hold.id"], name=op.f(f"fk_{name}_hold_id_pool_hold"), ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint(column, name=op.f(f"pk_{name}")),
        )
        op.create_index(op.f(f"ix_{name}_hold_id"), name, ["hold_id"])


def downgrade() -> None:
    """Take it away; what is left of an allotment stays a hold, one that is used up goes."""
    op.drop_table("allotment_seat")
    op.drop_table("allotment_link")
    with op.batch_alter_table("registration_group") as table:
        table.drop_constraint(op.f("fk_registration_group_week_id_offering_invitation"), type_="foreignkey")
        table.drop_column("invitation_id")
    op.execute("DELETE FROM offering_invitation WHERE kind = 'unit'")
    with op.batch_alter_table("offering_invitation") as table:
        table.drop_constraint(op.f("uq_offering_invitation_week_id_id"), type_="unique")
    op.execute("DELETE FROM pool_hold WHERE seats = 0")
    with op.batch_alter_table("pool_hold") as table:
        table.drop_constraint(op.f("ck_pool_hold_seats"), type_="check")
        table.create_check_constraint(op.f("ck_pool_hold_seats"), "seats > 0")
        table.drop_column("version")
        table.drop_column("allotted")

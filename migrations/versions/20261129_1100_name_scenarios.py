"""Give every plan a code, and say of a scenario who made it and when; names are of one scenario alone."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.clock import now
from eventweek.kernel.db import UtcDateTime
from eventweek.kernel.tokens import random_code

revision = "20261129_1100"
down_revision = "20261129_1000"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; a plan that is not the working one and has no name is called by its code."""
    for column in (
        sa.Column("code", sa.String(16), nullable=True),
        sa.Column("name_key", sa.String(80), nullable=False, server_default=""),
        sa.Column("actor", sa.String(120), nullable=False, server_default=""),
        sa.Column("made_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
    ):
        op.add_column("plan", column)
    plans = sa.table(
        "plan",
        *(sa.column("id", sa.Integer), sa.column("code", sa.String), sa.column("name", sa.String)),
        *(sa.column("name_key", sa.String), sa.column("working", sa.Boolean), sa.column("made_at", UtcDateTime)),
    )
    for own, working in op.get_bind().execute(sa.select(plans.c.id, plans.c.working)).all():
        code = random_code()
        named = {} if working else {"name": code, "name_key": code.casefold()}
        op.execute(plans.update().where(plans.c.id == own).values(code=code, made_at=now(), **named))
    with op.batch_alter_table("plan") as table:
        table.alter_column("code", existing_type=sa.String(16), nullable=False)
        table.alter_column("made_at", existing_type=UtcDateTime(), nullable=False)
        for name in ("name_key", "actor", "version"):
            table.alter_column(name, server_default=None)
        table.create_unique_constraint(op.f("uq_plan_code"), ["code"])
    scenarios = {"sqlite_where": sa.text("working = 0"), "postgresql_where": sa.text("NOT working")}
    op.create_index("uq_plan_name", "plan", ["week_id", "name_key"], unique=True, **scenarios)


def downgrade() -> None:
    """Take them away; scenarios stay, by their names alone."""
    op.drop_index("uq_plan_name", "plan")
    with op.batch_alter_table("plan") as table:
        table.drop_constraint(op.f("uq_plan_code"), type_="unique")
        for name in ("version", "made_at", "actor", "name_key", "code"):
            table.drop_column(name)

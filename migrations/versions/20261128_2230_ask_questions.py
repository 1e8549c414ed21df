"""Ask questions and real names: forms, what was asked, files as answers, certificates of destruction."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import UtcDateTime

revision = "20261128_2230"
down_revision = "20261126_1001"
branch_labels = None
depends_on = None

ONE_EACH = "uq_attendee_identity_attendee_id_week_id"


def upgrade() -> None:
    """Add the tables, the columns of offerings and weeks, and one identity a person and week."""
    _questions("kind_questions", "kind", nullable=True)
    whole = sa.text("kind_id IS NULL")
    op.create_index(
        "uq_kind_questions_week", "kind_questions", ["week_id"], unique=True, sqlite_where=whole, postgresql_where=whole
    )
    _questions("offering_questions", "offering", nullable=False)
    _asked_form()
    _answer_file()
    _certificate()
    op.add_column("offering", sa.Column("real_name", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("offering", sa.Column("consents", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("week", sa.Column("identity_days", sa.Integer(), nullable=False, server_default="30"))
    with op.batch_alter_table("attendee_identity") as table:
        table.create_unique_constraint(ONE_EACH, ["attendee_id", "week_id"])


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("attendee_identity") as table:
        table.drop_constraint(ONE_EACH, type_="unique")
    op.drop_column("week", "identity_days")
    op.drop_column("offering", "consents")
    op.drop_column("offering", "real_name")
    op.drop_index("ix_destruction_certificate_week_id", "destruction_certificate")
    op.drop_table("destruction_certificate")
    op.drop_index("ix_answer_file_sha256", "answer_file")
    op.drop_index("ix_answer_file_registration_id", "answer_file")
    op.drop_table("answer_file")
    op.drop_table("asked_form")
    op.drop_table("offering_questions")
    op.drop_index("uq_kind_questions_week", "kind_questions")
    op.drop_table("kind_questions")


def _questions(name: str, of: str, *, nullable: bool) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column(f"{of}_id", sa.Integer(), nullable=nullable),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("dropped", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _of_week(name),
        _of(name, of),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(f"{of}_id", name=op.f(f"uq_{name}_{of}_id")),
    )


def _asked_form() -> None:
    op.create_table(
        "asked_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("offering_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        _of_week("asked_form"),
        _of("asked_form", "offering"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_form")),
        sa.UniqueConstraint("offering_id", "number", name=op.f("uq_asked_form_offering_id_number")),
    )


def _answer_file() -> None:
    op.create_table(
        "answer_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_answer_file_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_file")),
        sa.UniqueConstraint("code", name=op.f("uq_answer_file_code")),
        sa.UniqueConstraint("registration_id", "key", name=op.f("uq_answer_file_registration_id_key")),
    )
    op.create_index(op.f("ix_answer_file_registration_id"), "answer_file", ["registration_id"])
    op.create_index(op.f("ix_answer_file_sha256"), "answer_file", ["sha256"])


def _certificate() -> None:
    op.create_table(
        "destruction_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("what", sa.String(12), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        _of_week("destruction_certificate"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destruction_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_destruction_certificate_code")),
    )
    op.create_index(op.f("ix_destruction_certificate_week_id"), "destruction_certificate", ["week_id"])


def _of_week(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["week_id"], ["week.id"], name=op.f(f"fk_{name}_week_id_week"), ondelete="CASCADE")


def _of(name: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["week_id", f"{other}_id"],
        [f"{other}.week_id", f"{other}.id"],
        name=op.f(f"fk_{name}_week_id_{other}_id_{other}"),
        ondelete="CASCADE",
    )

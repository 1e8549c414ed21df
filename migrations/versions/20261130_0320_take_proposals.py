"""Take proposals of organisations, with their files and what is said; plan sessions tentatively; close by a date."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import FileDigest, UtcDateTime

revision = "20261130_0320"
down_revision = "20261130_0310"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the tables."""
    op.add_column("session", sa.Column("tentative", sa.Boolean(), nullable=False, server_default=sa.false()))
    for name in ("proposing_ends_days", "returning_ends_days"):
        op.add_column("week", sa.Column(name, sa.Integer(), nullable=True))
    _proposals()
    _beside()
    _imports()


def _proposals() -> None:
    texts = ("abstract_zh", "abstract_en", "text_zh", "text_en")
    contact = {"contact_name": 80, "contact_phone": 40, "contact_email": 254}
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=True),
        sa.Column("title_zh", sa.String(200), nullable=False),
        sa.Column("title_en", sa.String(200), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.Column("city_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("duration_min", sa.Integer(), nullable=True),
        sa.Column("earliest", sa.String(5), nullable=False),
        sa.Column("latest_end", sa.String(5), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.String(longest), nullable=False) for name, longest in contact.items()),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("step", sa.String(12), nullable=False),
        sa.Column("open_fields", sa.JSON(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("code", name=op.f("uq_proposal_code")),
        sa.UniqueConstraint("session_id", name=op.f("uq_proposal_session_id")),
        sa.UniqueConstraint("week_id", "id", name=op.f("uq_proposal_week_id_id")),
        sa.ForeignKeyConstraint(["week_id"], ["week.id"], name=op.f("fk_proposal_week_id_week"), ondelete="CASCADE"),
        *_refer("proposal", "organisation", "organisation_id"),
        *_refer("proposal", "city", "city_id"),
        sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_proposal_made_by_user"), ondelete="SET NULL"),
        *(
            sa.ForeignKeyConstraint(
                ["week_id", f"{own}_id"],
                [f"{own}.week_id", f"{own}.id"],
                name=op.f(f"fk_proposal_week_id_{own}_id_{own}"),
            )
            for own in ("kind", "session")
        ),
        sa.CheckConstraint("title_zh <> '' OR title_en <> ''", name=op.f("ck_proposal_title")),
        sa.CheckConstraint("expected >= 0", name=op.f("ck_proposal_expected")),
        sa.CheckConstraint("state <> 'submitted' OR step <> ''", name=op.f("ck_proposal_step")),
    )
    op.create_index(op.f("ix_proposal_organisation_id"), "proposal", ["organisation_id"])
    op.create_index(op.f("ix_proposal_week_id_state"), "proposal", ["week_id", "state"])


def _beside() -> None:
    op.create_table(
        "proposal_day",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *_of_proposal("proposal_day"),
        sa.PrimaryKeyConstraint("proposal_id", "day", name=op.f("pk_proposal_day")),
    )
    for other in ("venue", "feature"):
        name = f"proposal_{other}"
        op.create_table(
            name,
            sa.Column("proposal_id", sa.Integer(), nullable=False),
            sa.Column(f"{other}_id", sa.Integer(), nullable=False),
            *_of_proposal(name),
            *_refer(name, other, f"{other}_id"),
            sa.PrimaryKeyConstraint("proposal_id", f"{other}_id", name=op.f(f"pk_{name}")),
        )
    op.create_table(
        "proposal_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        *_of_proposal("proposal_file"),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_proposal_file_attachment_id_attachment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_file")),
        sa.UniqueConstraint("code", name=op.f("uq_proposal_file_code")),
        sa.UniqueConstraint("proposal_id", "attachment_id", name=op.f("uq_proposal_file_proposal_id_attachment_id")),
    )
    op.create_index(op.f("ix_proposal_file_attachment_id"), "proposal_file", ["attachment_id"])
    op.create_table(
        "proposal_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("side", sa.String(12), nullable=False),
        sa.Column("move", sa.String(12), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        *_of_proposal("proposal_entry"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_proposal_entry_user_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_entry")),
    )
    op.create_index(op.f("ix_proposal_entry_proposal_id"), "proposal_entry", ["proposal_id"])


def _imports() -> None:
    op.create_table(
        "proposal_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("file", FileDigest(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("organisation", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(
            ["week_id"], ["week.id"], name=op.f("fk_proposal_import_week_id_week"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_import")),
        sa.UniqueConstraint("code", name=op.f("uq_proposal_import_code")),
    )
    op.create_index(op.f("ix_proposal_import_week_id"), "proposal_import", ["week_id"])
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "uq_proposal_import_waiting",
        "proposal_import",
        ["week_id"],
        unique=True,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def _refer(table: str, other: str, column: str) -> list[sa.ForeignKeyConstraint]:
    name = op.f(f"fk_{table}_{column}_{other}")
    return [sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="RESTRICT")]


def _of_proposal(table: str) -> list[sa.ForeignKeyConstraint]:
    name = op.f(f"fk_{table}_proposal_id_proposal")
    return [sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=name, ondelete="CASCADE")]


def downgrade() -> None:
    """Take them away; the sessions that were made of proposals stay."""
    for name in ("import", "entry", "file", "feature", "venue", "day"):
        op.drop_table(f"proposal_{name}")
    op.drop_table("proposal")
    for name in ("returning_ends_days", "proposing_ends_days"):
        op.drop_column("week", name)
    op.drop_column("session", "tentative")

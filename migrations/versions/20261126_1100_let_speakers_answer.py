"""Keep contacts, links, replies and consents of the people of the programme; say how long their links work."""

import sqlalchemy as sa
from alembic import op

from eventweek.kernel.db import UtcDateTime

revision = "20261126_1100"
down_revision = "20261125_1920"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and the column."""
    op.create_table(
        "person_contact",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("locale", sa.String(8), nullable=False),
        _of_person("person_contact"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_contact")),
    )
    _links()
    _replies()
    _consents()
    op.add_column("week", sa.Column("speaker_link_days", sa.Integer(), nullable=False, server_default="30"))


def _links() -> None:
    op.create_table(
        "speaker_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.LargeBinary(16), nullable=False),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("feed_epoch", sa.Integer(), nullable=False),
        sa.Column("feed_hash", sa.String(64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("mailed", sa.Boolean(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        _of_person("speaker_link"),
        _of_week("speaker_link"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker_link")),
        *(
            sa.UniqueConstraint(name, name=op.f(f"uq_speaker_link_{name}"))
            for name in ("code", "token_hash", "feed_hash")
        ),
    )
    op.create_index(op.f("ix_speaker_link_person_id"), "speaker_link", ["person_id"])
    unused = sa.text("revoked_at IS NULL")
    op.create_index(
        "uq_speaker_link_in_use",
        "speaker_link",
        ["week_id", "person_id"],
        unique=True,
        sqlite_where=unused,
        postgresql_where=unused,
    )


def _replies() -> None:
    op.create_table(
        "speaker_reply",
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("via", sa.String(8), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _of_person("speaker_reply"),
        sa.ForeignKeyConstraint(
            ["week_id", "session_id"],
            ["session.week_id", "session.id"],
            name=op.f("fk_speaker_reply_week_id_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "person_id", name=op.f("pk_speaker_reply")),
    )
    op.create_index(op.f("ix_speaker_reply_person_id"), "speaker_reply", ["person_id"])


def _consents() -> None:
    op.create_table(
        "speaker_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(12), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("via", sa.String(8), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _of_person("speaker_consent"),
        _of_week("speaker_consent"),
        sa.ForeignKeyConstraint(
            ["text_id"],
            ["consent_text.id"],
            name=op.f("fk_speaker_consent_text_id_consent_text"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker_consent")),
        sa.UniqueConstraint("week_id", "person_id", "item", name=op.f("uq_speaker_consent_week_id_person_id_item")),
    )
    op.create_index(op.f("ix_speaker_consent_person_id"), "speaker_consent", ["person_id"])


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_person_id_person")
    return sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=name, ondelete="CASCADE")


def _of_week(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["week_id"], ["week.id"], name=op.f(f"fk_{table}_week_id_week"), ondelete="CASCADE")


def downgrade() -> None:
    """Drop them."""
    op.drop_column("week", "speaker_link_days")
    for table in ("speaker_consent", "speaker_reply", "speaker_link", "person_contact"):
        op.drop_table(table)

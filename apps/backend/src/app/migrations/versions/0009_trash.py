"""An index of the trash, which is emptied by age. Pods of the release before need not know it."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    # Of the deleted ones alone: it costs other todos nothing, and a table without many of those is indexed at once.
    op.execute("CREATE INDEX todos_in_trash ON todos (owner_id, deleted_at, id) WHERE deleted_at IS NOT NULL")

"""Notes, priority, due date, tags, recurrence, order, version and undoable deletion of todos.

Only adds columns, each with a default, so that pods of the release before can still write.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    now_as_number = sa.text("extract(epoch from clock_timestamp())")
    columns: list[sa.Column[object]] = [
        sa.Column("notes", sa.Text(), nullable=False, server_default=""),
        sa.Column("priority", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("tags", ARRAY(sa.Text()), nullable=False, server_default="{}"),
        sa.Column("recurrence", sa.Text(), nullable=True),
        sa.Column("position", sa.Double(), nullable=False, server_default=now_as_number),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
    ]
    for column in columns:
        op.add_column("todos", column)
    op.execute("UPDATE todos SET position = extract(epoch from created_at)")

"""What a repeating todo remembers: the day of the month it is meant for, and the todo that follows it.

Both may be empty, as in todos of the release before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("todos", sa.Column("anchor_day", sa.SmallInteger(), nullable=True))
    op.add_column("todos", sa.Column("successor_id", sa.Uuid(), nullable=True))

"""The time zone of an account, and times of day and rules of RFC 5545 for todos.

Pods of the release before know four words as recurrence and go on writing them: a word stays where it is, and means the
rule of the same name. `repeat_rule` holds the rules that no word says. Such a todo does not repeat in old pods.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("users", sa.Column("time_zone", sa.Text(), nullable=False, server_default="UTC"))
    op.add_column("todos", sa.Column("due_time", sa.Time(), nullable=True))
    op.add_column("todos", sa.Column("repeat_rule", sa.Text(), nullable=True))
    op.add_column("todos", sa.Column("repeat_from", sa.Text(), nullable=False, server_default="due"))

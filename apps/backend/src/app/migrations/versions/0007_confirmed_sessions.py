"""Sessions remember which of their tokens was used, so that tokens that got lost on their way can be asked for again.

Pods of the release before do not fill it: what was used through them only counts as not used.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("sessions", sa.Column("confirmed_generation", sa.Integer(), nullable=False, server_default="0"))

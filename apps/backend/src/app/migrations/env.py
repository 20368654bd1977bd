"""Alembic's entry point. `app.wait_for_database` hands in the connection; the `alembic` command makes its own."""

from alembic import context
from sqlalchemy import Connection, create_engine

from app.auth import models as _auth  # noqa: F401  these imports fill Base.metadata
from app.chat import models as _chat  # noqa: F401
from app.database import Base
from app.settings import load_settings
from app.todos import models as _todos  # noqa: F401
from app.transfer import models as _transfer  # noqa: F401


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    _migrate(given)
else:
    with create_engine(load_settings().database_url.get_secret_value()).begin() as own:
        _migrate(own)

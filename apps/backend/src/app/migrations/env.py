"""Alembic's entry point. `app.wait_for_database` hands in the connection; the `alembic` command makes its own."""

from alembic import context
from sqlalchemy import Connection, create_engine

from app.database import Base
from app.settings import load_settings
from app.todos import models as _todos  # noqa: F401  fills Base.metadata, the users with it


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

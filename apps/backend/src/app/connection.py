"""How connections to PostgreSQL are made. Loads little, since the init container starts with it."""

from typing import Any

from app.settings import DRIVER, Settings

# A dead database has to be noticed within seconds, whether it refuses, vanishes or goes silent.
CONNECT_ARGS: dict[str, Any] = {
    "connect_timeout": 3,
    "tcp_user_timeout": 5000,
    "keepalives_idle": 10,
    "application_name": "todo",
}


def plain_url(settings: Settings) -> str:
    """Return the database's URL for psycopg itself. SQLAlchemy takes it as it is in the settings."""
    return settings.database_url.get_secret_value().replace(DRIVER, "postgresql://", 1)

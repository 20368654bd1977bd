"""`python -m app.wait_for_database` waits until the database answers, then brings its schema up to date.

Meant for an init container. Ends with 0 when the schema is current, with 1 when the time is up.
"""

import sys
import time

import structlog
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from app.database import CONNECT_ARGS
from app.logging import configure_logging
from app.settings import Settings, load_settings

log = structlog.stdlib.get_logger(__name__)
MIGRATION_LOCK = 7_306_010_100
"""Key of the advisory lock: one migration at a time, however many replicas start."""
_PAUSE_SECONDS = 2.0


def wait(engine: Engine, deadline: float) -> bool:
    """Try to connect until `deadline` (`time.monotonic()`). True once the database answers."""
    attempt = 0
    while True:
        attempt += 1
        try:
            with engine.connect():
                log.info("database answers", attempt=attempt)
                return True
        except OperationalError as error:
            left = deadline - time.monotonic()
            reason = str(error.orig).splitlines()[0]
            log.info("waiting for the database", attempt=attempt, seconds_left=max(0, round(left)), reason=reason)
            if left <= _PAUSE_SECONDS:
                return False
            time.sleep(_PAUSE_SECONDS)


def migrate(engine: Engine, deadline: float) -> None:
    """Bring the schema up to date, all of it or nothing, alone.

    A schema that this code does not know is newer: it is left as it is, so that a release can be rolled back.

    Raises `OperationalError` if another migration holds the lock until `deadline`.
    """
    config = Config()
    config.set_main_option("script_location", "app:migrations")
    with engine.begin() as connection:
        milliseconds = max(1, round((deadline - time.monotonic()) * 1000))
        connection.execute(text(f"SET LOCAL lock_timeout = {milliseconds}"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        script = ScriptDirectory.from_config(config)
        revision = MigrationContext.configure(connection).get_current_revision()
        if revision is not None and revision not in {known.revision for known in script.walk_revisions()}:
            log.warning("schema is newer than this code", revision=revision)
            return
        # Only now: an upgrade loads all models, which takes longer than all the rest.
        if revision != script.get_current_head():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    log.info("schema is current")


def main(settings: Settings | None = None) -> int:
    """Wait, migrate, and return the exit code."""
    settings = settings or load_settings()
    configure_logging(settings.log_level)
    deadline = time.monotonic() + settings.database_wait_seconds
    engine = create_engine(settings.database_url.get_secret_value(), connect_args=CONNECT_ARGS, hide_parameters=True)
    try:
        if not wait(engine, deadline):
            log.error("the database did not answer in time: check DATABASE_URL and that PostgreSQL runs")
            return 1
        migrate(engine, deadline)
    except OperationalError as error:
        log.error("the schema could not be brought up to date", reason=str(error.orig).splitlines()[0])
        return 1
    finally:
        engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())

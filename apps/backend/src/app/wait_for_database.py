"""`python -m app.wait_for_database` waits until the database answers, then brings its schema up to date.

Meant for an init container. Ends with 0 when the schema is current, with 1 when the time is up.
"""

import sys
import time
from pathlib import Path
from typing import LiteralString

import psycopg
import structlog

from app.connection import CONNECT_ARGS, plain_url
from app.logging import configure_logging
from app.settings import Settings, load_settings

log = structlog.stdlib.get_logger(__name__)
MIGRATION_LOCK = 7_306_010_100
"""Key of the advisory lock: one migration at a time, however many replicas start."""
_PAUSE_SECONDS = 1.0
# Whoever reads a table queues behind a migration that waits for it.
_LOCK_SECONDS = 2.0
# Some at a time, and none that somebody is changing: todos can be read and written meanwhile.
_FILL_SEARCH_TEXT: LiteralString = """
UPDATE todos SET search_text = todo_search_text(title, notes, tags)
WHERE id IN (SELECT id FROM todos WHERE search_text IS NULL LIMIT 1000 FOR UPDATE SKIP LOCKED)
"""
_FILL_JSON: LiteralString = """
UPDATE todos SET json = todo_json(todos)
WHERE id IN (SELECT id FROM todos WHERE json IS NULL LIMIT 1000 FOR UPDATE SKIP LOCKED)
"""
# As app.todos.trash says: without its owner, nobody else would empty it.
_EMPTY_TRASH: LiteralString = """
DELETE FROM todos
WHERE id IN (SELECT id FROM todos WHERE deleted_at < now() - interval '30 days' LIMIT 1000 FOR UPDATE SKIP LOCKED)
"""


def wait(settings: Settings, deadline: float) -> bool:
    """Try to connect until `deadline` (`time.monotonic()`). True once the database answers."""
    attempt = 0
    while True:
        attempt += 1
        try:
            psycopg.connect(plain_url(settings), **CONNECT_ARGS).close()
        except psycopg.OperationalError as error:
            left = deadline - time.monotonic()
            reason = _reason(error)
            log.info("waiting for the database", attempt=attempt, seconds_left=max(0, round(left)), reason=reason)
            if left <= _PAUSE_SECONDS:
                return False
            time.sleep(_PAUSE_SECONDS)
        else:
            log.info("database answers", attempt=attempt)
            return True


def _reason(error: psycopg.Error) -> str:
    """Return the first line of what the driver says; its class where it says nothing."""
    return next(iter(str(error).splitlines()), type(error).__name__)


def migrate(settings: Settings, deadline: float) -> None:
    """Bring the schema up to date, all of it or nothing, alone.

    A schema that this code does not know is newer: it is left as it is, so that a release can be rolled back.

    Raises `psycopg.OperationalError` if another migration, or who uses the tables, holds a lock until `deadline`.
    """
    with psycopg.connect(plain_url(settings), **CONNECT_ARGS) as connection:
        timeout = _milliseconds(deadline - time.monotonic())
        connection.execute("SELECT set_config('lock_timeout', %s, true)", [timeout])
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [MIGRATION_LOCK])
        revision, known = _revision(connection), known_revisions()
        if revision is not None and revision not in known:
            log.warning("schema is newer than this code", revision=revision)
            return
        if revision != known[-1]:
            _upgrade_between_users(settings, deadline)
        _repeat(_FILL_SEARCH_TEXT, settings, deadline)
        _repeat(_FILL_JSON, settings, deadline)
        _repeat(_EMPTY_TRASH, settings, deadline)
    log.info("schema is current")


def known_revisions() -> list[str]:
    """Return the revisions of this code, oldest first. The names of the files begin with them."""
    return sorted(path.name.split("_")[0] for path in (Path(__file__).parent / "migrations/versions").glob("[0-9]*.py"))


def _revision(connection: psycopg.Connection) -> str | None:
    exists = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if exists != (None,) else None
    return row[0] if row else None


def _milliseconds(seconds: float) -> str:
    return f"{max(1, round(seconds * 1000))}ms"


def _upgrade_between_users(settings: Settings, deadline: float) -> None:
    """Try again until `deadline` while somebody uses a table, and let others at it in between."""
    while True:
        try:
            _upgrade(settings, _milliseconds(min(_LOCK_SECONDS, deadline - time.monotonic())))
        except psycopg.errors.LockNotAvailable as error:
            left = deadline - time.monotonic()
            log.info("waiting for a lock on a table", seconds_left=max(0, round(left)), reason=_reason(error))
            if left <= _PAUSE_SECONDS:
                raise psycopg.OperationalError(
                    "a transaction kept its lock on a table that the migration changes until the time was up:"
                    " find it by xact_start in pg_stat_activity, end it with pg_terminate_backend(pid), start again"
                ) from error
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _upgrade(settings: Settings, lock_timeout: str) -> None:
    # Loading all this takes longer than everything else here, and most starts find the schema current.
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import OperationalError

    config = Config()
    config.set_main_option("script_location", "app:migrations")
    engine = create_engine(settings.database_url.get_secret_value(), connect_args=CONNECT_ARGS, hide_parameters=True)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT set_config('lock_timeout', :timeout, true)"), {"timeout": lock_timeout})
            # A pooler may hand out a connection of the application, whose statements have to be quick.
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except OperationalError as error:
        if isinstance(error.orig, psycopg.errors.LockNotAvailable):
            raise error.orig from error
        raise psycopg.OperationalError(str(error.orig)) from error
    finally:
        engine.dispose()


def _repeat(statement: LiteralString, settings: Settings, deadline: float) -> None:
    """Run a statement that changes some rows at a time, until there are none left. A later start goes on."""
    with psycopg.connect(plain_url(settings), **CONNECT_ARGS, autocommit=True) as connection:
        while time.monotonic() < deadline and connection.execute(statement).rowcount:
            pass


def main(settings: Settings | None = None) -> int:
    """Wait, migrate, and return the exit code."""
    settings = settings or load_settings()
    configure_logging(settings.log_level, settings.secret_values)
    deadline = time.monotonic() + settings.database_wait_seconds
    try:
        if not wait(settings, deadline):
            log.error("the database did not answer in time: check DATABASE_URL and that PostgreSQL runs")
            return 1
        migrate(settings, deadline)
    except psycopg.Error as error:
        log.error("the schema could not be brought up to date", reason=_reason(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The init container: bounded, tells what it waits for, one migration at a time."""

import json
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from app import wait_for_database
from app.database import Base
from app.settings import Settings


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wait_for_database, "_PAUSE_SECONDS", 0.1)


def test_gives_up_in_time_and_says_what_to_check(
    make_settings: Callable[..., Settings], capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"postgresql://todo:canary-database-password@127.0.0.1:{closed.getsockname()[1]}/todo"
        assert wait_for_database.main(make_settings(database_url=url, database_wait_seconds=0.5)) == 1
    output = logged(capsys)
    waiting = [line for line in output if line["message"] == "waiting for the database"]
    assert len(waiting) > 1, "no progress was logged"
    assert all("refused" in line["reason"] and "seconds_left" in line for line in waiting)
    assert "DATABASE_URL" in output[-1]["message"]
    assert "canary" not in json.dumps(output), "the password is in the log"


def test_driver_that_repeats_the_password_is_not_logged(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = make_settings(database_url="postgresql://todo:canary-database-password@127.0.0.1:1/todo")

    def refuse(url: str, **_: object) -> None:
        raise psycopg.ProgrammingError(f'cannot read "{url}": canary-database-password')

    monkeypatch.setattr(psycopg, "connect", refuse)
    assert wait_for_database.main(settings) == 1
    output = logged(capsys)
    assert output[-1]["message"] == "the schema could not be brought up to date"
    assert "canary" not in json.dumps(output)


def test_second_run_changes_nothing(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert wait_for_database.main(settings) == 0
    messages = [line["message"] for line in logged(capsys)]
    assert messages[-1] == "schema is current"
    assert not any("Running upgrade" in message for message in messages)


def test_leaves_a_newer_schema_alone_so_that_a_release_can_be_rolled_back(
    settings: Settings, sql: psycopg.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    row = sql.execute("SELECT version_num FROM alembic_version").fetchone()
    assert row is not None
    sql.execute("UPDATE alembic_version SET version_num = 'newer'")
    try:
        assert wait_for_database.main(settings) == 0
        assert sql.execute("SELECT version_num FROM alembic_version").fetchone() == ("newer",)
    finally:
        sql.execute("UPDATE alembic_version SET version_num = %s", row)
    assert logged(capsys)[-1]["message"] == "schema is newer than this code"


def test_waits_for_another_migration(settings: Settings, sql: psycopg.Connection) -> None:
    sql.execute("SELECT pg_advisory_lock(%s)", [wait_for_database.MIGRATION_LOCK])
    ended: list[int] = []
    run = threading.Thread(target=lambda: ended.append(wait_for_database.main(settings)))
    run.start()
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    while sql.execute(waiting).fetchone() == (0,):
        assert run.is_alive(), "it did not wait for the lock"
        time.sleep(0.05)
    sql.execute("SELECT pg_advisory_unlock(%s)", [wait_for_database.MIGRATION_LOCK])
    run.join()
    assert ended == [0]


def test_lock_that_is_never_freed_ends_the_wait(
    make_settings: Callable[..., Settings], sql: psycopg.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    sql.execute("SELECT pg_advisory_lock(%s)", [wait_for_database.MIGRATION_LOCK])
    assert wait_for_database.main(make_settings(database_wait_seconds=1)) == 1
    assert "lock" in logged(capsys)[-1]["reason"]


def test_files_of_migrations_are_named_by_their_revision() -> None:
    """The init container tells from the names alone whether the schema is current."""
    config = Config()
    config.set_main_option("script_location", "app:migrations")
    revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert wait_for_database.known_revisions() == revisions[::-1]


def test_models_and_migrations_agree(settings: Settings) -> None:
    engine = create_engine(settings.database_url.get_secret_value())
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()

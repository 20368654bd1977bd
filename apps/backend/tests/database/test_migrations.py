"""New schema, old pods: what the releases before write and read still works while the new one is rolled out."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect
from starlette.testclient import TestClient

from app import wait_for_database
from app.settings import Settings
from tests.conftest import API
from tests.database.postgres import Server

CONFIG = Config()
CONFIG.set_main_option("script_location", "app:migrations")
REVISIONS = [script.revision for script in ScriptDirectory.from_config(CONFIG).walk_revisions()][::-1]
USER = "users.id, users.email, users.password_hash, users.created_at"
TODO = "todos.id, todos.owner_id, todos.title, todos.done, todos.created_at, todos.updated_at"
FIRST_RELEASE = [
    "INSERT INTO users (id, email, password_hash) VALUES (%(user)s, 'old@example.com', '-') RETURNING users.created_at",
    f"SELECT {USER} FROM users WHERE users.email = 'old@example.com'",
    f"SELECT {USER} FROM users WHERE users.id = %(user)s",
    "INSERT INTO todos (id, owner_id, title, done) VALUES (%(todo)s, %(user)s, 'old', false)"
    " RETURNING todos.created_at, todos.updated_at",
    f"SELECT {TODO} FROM todos WHERE todos.owner_id = %(user)s ORDER BY todos.created_at DESC, todos.id DESC",
    f"UPDATE todos SET done = true, updated_at = now() WHERE id = %(todo)s AND owner_id = %(user)s RETURNING {TODO}",
    "DELETE FROM todos WHERE id = %(todo)s AND owner_id = %(user)s RETURNING id",
]
"""All that the code of the first release sends to the database, in the order of a user's life. Each gives one row."""

Schema = dict[str, dict[str, Any]]


@pytest.fixture
def empty(server: Server) -> Iterator[Engine]:
    """A database without a schema."""
    with psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute("CREATE DATABASE empty")
        engine = create_engine(server.url.removesuffix("/todo") + "/empty")
        yield engine
        engine.dispose()
        admin.execute("DROP DATABASE empty WITH (FORCE)")


def upgrade(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        CONFIG.attributes["connection"] = connection
        command.upgrade(CONFIG, revision)


def columns(engine: Engine) -> Schema:
    schema = inspect(engine)
    return {
        f"{table}.{column['name']}": {**column, "type": str(column["type"])}
        for table in schema.get_table_names()
        for column in schema.get_columns(table)
    }


def rules(engine: Engine) -> set[str]:
    """All that can refuse a row, by table."""
    schema = inspect(engine)
    found = set()
    for table in schema.get_table_names():
        found |= {
            f"{table} unique {sorted(map(str, i['column_names']))}" for i in schema.get_indexes(table) if i["unique"]
        }
        found |= {f"{table} unique {sorted(u['column_names'])}" for u in schema.get_unique_constraints(table)}
        found |= {f"{table} check {c['sqltext']}" for c in schema.get_check_constraints(table)}
        found |= {f"{table} foreign key {sorted(k['constrained_columns'])}" for k in schema.get_foreign_keys(table)}
    return found


@pytest.mark.parametrize(("before", "after"), list(pairwise(REVISIONS)))
def test_migration_only_expands(empty: Engine, before: str, after: str) -> None:
    upgrade(empty, before)
    old, old_rules = columns(empty), rules(empty)
    tables = {name.split(".")[0] for name in old}
    upgrade(empty, after)
    new, new_rules = columns(empty), rules(empty)
    for name, column in old.items():
        assert name in new, f"{after} drops or renames {name}, which old pods still use"
        assert new[name]["type"] == column["type"], f"{after} changes the type of {name}"
        assert new[name]["nullable"] >= column["nullable"], f"{after} wants {name}, which old pods may leave out"
        assert new[name]["default"] or not column["default"], f"{after} takes away the default of {name}"
    for name in new.keys() - old.keys():
        if name.split(".")[0] in tables:
            optional = new[name]["nullable"] or new[name]["default"]
            assert optional, f"{after} adds {name}, which old pods do not fill, without a default"
    refusing = {rule for rule in new_rules - old_rules if rule.split()[0] in tables}
    assert not refusing, f"{after} refuses rows that old pods may write: {refusing}"


def test_first_release_runs_on_the_newest_schema(client: TestClient, sql: psycopg.Connection) -> None:
    values = {"user": uuid.uuid4(), "todo": uuid.uuid4()}
    assert client.get("/health/ready").status_code == 200
    for statement in FIRST_RELEASE:
        assert len(sql.execute(statement.encode(), values).fetchall()) == 1, statement


def test_todo_of_the_first_release_is_whole_for_the_newest(ann: TestClient, sql: psycopg.Connection) -> None:
    values = {"user": ann.get(f"{API}/auth/me").json()["id"], "todo": uuid.uuid4()}
    sql.execute(FIRST_RELEASE[3].encode(), values)
    (todo,) = ann.get(f"{API}/todos").json()
    assert (todo["title"], todo["version"], todo["tags"], todo["priority"]) == ("old", 1, [], 0)
    assert ann.patch(f"{API}/todos/{todo['id']}", json={"done": True}).json()["version"] == 2


class TestTableInUse:
    """A transaction of an old pod holds a table that the migration changes."""

    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(wait_for_database, "_LOCK_SECONDS", 0.3)
        monkeypatch.setattr(wait_for_database, "_PAUSE_SECONDS", 0.1)

    @pytest.fixture
    def url(self, empty: Engine) -> str:
        upgrade(empty, REVISIONS[-2])
        return empty.url.render_as_string(hide_password=False)

    @pytest.fixture
    def user(self, url: str) -> Iterator[psycopg.Connection]:
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute("SELECT count(*) FROM todos")
            yield connection

    def test_others_read_while_the_migration_waits(
        self, url: str, user: psycopg.Connection, make_settings: Callable[..., Settings]
    ) -> None:
        settings = make_settings(database_url=url, database_wait_seconds=60)
        ended: list[int] = []
        run = threading.Thread(target=lambda: ended.append(wait_for_database.main(settings)))
        run.start()
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as other:
            waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'todos'::regclass AND NOT granted"
            while other.execute(waiting).fetchone() == (0,):
                assert run.is_alive(), "it did not wait for the table"
                time.sleep(0.02)
            other.execute("SET statement_timeout = '20s'")
            assert other.execute("SELECT count(*) FROM todos").fetchone() == (0,)
            assert run.is_alive()
        user.commit()
        run.join()
        assert ended == [0]

    def test_table_that_is_never_free_ends_the_wait_and_says_what_to_do(
        self,
        url: str,
        user: psycopg.Connection,
        make_settings: Callable[..., Settings],
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        assert not user.closed
        assert wait_for_database.main(make_settings(database_url=url, database_wait_seconds=2)) == 1
        lines = capsys.readouterr().out.splitlines()
        assert sum("waiting for a lock on a table" in line for line in lines) > 1, "it did not try again"
        assert "pg_terminate_backend" in lines[-1]

"""New schema, old pods: what the release before writes and reads still works."""

import uuid

import psycopg
import pytest
from starlette.testclient import TestClient

from tests.conftest import API

OLD_COLUMNS = "id, owner_id, title, done, created_at, updated_at"


@pytest.fixture
def owner(ann: TestClient) -> str:
    user_id: str = ann.get(f"{API}/auth/me").json()["id"]
    return user_id


def test_first_release_runs_on_the_newest_schema(ann: TestClient, owner: str, sql: psycopg.Connection) -> None:
    todo_id = uuid.uuid4()
    added = f"INSERT INTO todos (id, owner_id, title, done) VALUES (%s, %s, 'old', false) RETURNING {OLD_COLUMNS}"
    assert sql.execute(added, [todo_id, owner]).fetchone() is not None
    changed = "UPDATE todos SET done = true, updated_at = now() WHERE id = %s AND owner_id = %s RETURNING id"
    assert sql.execute(changed, [todo_id, owner]).fetchone() == (todo_id,)
    (todo,) = ann.get(f"{API}/todos").json()
    assert (todo["title"], todo["done"], todo["version"]) == ("old", True, 1)
    assert sql.execute("DELETE FROM todos WHERE id = %s RETURNING id", [todo_id]).fetchone() == (todo_id,)

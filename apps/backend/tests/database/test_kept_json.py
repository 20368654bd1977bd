"""The JSON that the database keeps of each todo, of which lists are made, is what the API shows of the todo itself."""

from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from app import wait_for_database
from app.settings import Settings
from tests.conftest import API

TODOS = f"{API}/todos"
SAMPLES: list[dict[str, Any]] = [
    {"title": "plain"},
    {"title": 'quotes " and \\ and \t', "notes": "two\nlines, \u2028 and \U0001f389", "tags": ['a"b', "größe"]},
    {"title": "in time", "due_date": "2030-01-31", "due_time": "09:05", "priority": 3},
    {"title": "again", "due_date": "2030-01-31", "recurrence": "FREQ=MONTHLY;INTERVAL=2", "repeat_from": "done"},
    {"title": "every day", "due_date": "2030-01-31", "recurrence": "FREQ=DAILY"},
]


@pytest.fixture
def ids(ann: TestClient) -> list[str]:
    answers = [ann.post(TODOS, json=sample) for sample in SAMPLES]
    assert {answer.status_code for answer in answers} == {201}
    return [answer.json()["id"] for answer in answers]


def check(client: TestClient, sql: psycopg.Connection) -> None:
    """Compare every todo in the list with the same todo asked for by itself."""
    listed = client.get(TODOS).json()
    assert listed == [client.get(f"{TODOS}/{todo['id']}").json() for todo in listed]
    assert sql.execute("SELECT count(*) FROM todos WHERE json IS NULL").fetchone() == (0,)


def test_is_right_after_every_kind_of_change(ann: TestClient, sql: psycopg.Connection, ids: list[str]) -> None:
    check(ann, sql)
    plain, quotes, in_time, again, every_day = ids
    changes = {"title": "other", "tags": [], "due_date": "2031-01-01", "due_time": "23:59", "priority": 1}
    bulk = {"action": "edit", "ids": [plain, quotes], "changes": {"add_tags": ["more"], "priority": 2}}
    answers = [
        ann.patch(f"{TODOS}/{quotes}", json=changes),
        ann.patch(f"{TODOS}/{plain}", json={"position": 1.5}),
        ann.patch(f"{TODOS}/{again}", json={"done": True}),
        ann.post(f"{TODOS}/{every_day}/skip"),
        ann.post(f"{TODOS}/bulk", json=bulk),
        ann.delete(f"{TODOS}/{in_time}"),
        ann.post(f"{TODOS}/{in_time}/restore"),
    ]
    assert {answer.status_code for answer in answers} == {200, 204}, [answer.text for answer in answers]
    check(ann, sql)


def test_is_right_after_a_change_by_a_pod_that_does_not_know_of_it(
    ann: TestClient, sql: psycopg.Connection, ids: list[str]
) -> None:
    sql.execute("UPDATE todos SET title = 'of an old pod', recurrence = 'weekly', updated_at = now()")
    assert {todo["title"] for todo in ann.get(TODOS).json()} == {"of an old pod"}
    assert len(ids) == len(ann.get(TODOS).json())
    check(ann, sql)


def test_todos_from_before_the_migration_are_listed_and_filled(
    ann: TestClient, settings: Settings, sql: psycopg.Connection, ids: list[str]
) -> None:
    before = ann.get(TODOS).json()
    assert len(before) == len(ids)
    sql.execute("ALTER TABLE todos DISABLE TRIGGER todos_json")
    sql.execute("UPDATE todos SET json = NULL")
    sql.execute("ALTER TABLE todos ENABLE TRIGGER todos_json")
    assert ann.get(TODOS).json() == before
    assert wait_for_database.main(settings) == 0
    assert ann.get(TODOS).json() == before
    check(ann, sql)

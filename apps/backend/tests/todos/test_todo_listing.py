"""Filters, search, orders and pages of the todo list."""

import base64
import json
import uuid
from datetime import date
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from tests.conftest import API, SignedIn
from tests.database.plans import plan_of

TODOS = f"{API}/todos"
NO_ID = str(uuid.UUID(int=0))
SORTS = ["-created_at", "created_at", "-position", "due_date", "-priority", "title"]
SAMPLES: list[dict[str, Any]] = [
    {"title": "Buy milk", "notes": "two bottles", "priority": 1, "tags": ["home", "shop"], "due_date": "2030-01-02"},
    {"title": "write Report", "priority": 3, "tags": ["work"], "due_date": "2030-01-01"},
    {"title": "call Bob", "notes": "about the milkshake", "priority": 3},
]


@pytest.fixture
def listed(ann: TestClient) -> TestClient:
    for sample in SAMPLES:
        assert ann.post(TODOS, json=sample).status_code == 201
    first = ann.get(TODOS, params={"sort": "created_at"}).json()[0]
    ann.patch(f"{TODOS}/{first['id']}", json={"done": True})
    return ann


def titles(client: TestClient, **params: str | int) -> list[str]:
    answer = client.get(TODOS, params=params)
    assert answer.status_code == 200, answer.text
    return [todo["title"] for todo in answer.json()]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["call Bob", "write Report", "Buy milk"]),
        ({"done": "true"}, ["Buy milk"]),
        ({"done": "false"}, ["call Bob", "write Report"]),
        ({"tag": "shop"}, ["Buy milk"]),
        ({"tag": "sho"}, []),
        ({"priority": 3}, ["call Bob", "write Report"]),
        ({"due_from": "2030-01-02"}, ["Buy milk"]),
        ({"due_to": "2030-01-01"}, ["write Report"]),
        ({"q": "MILK"}, ["call Bob", "Buy milk"]),
        ({"q": "mil bott"}, ["Buy milk"]),
        ({"q": "milk", "done": "false"}, ["call Bob"]),
        ({"q": "nothing"}, []),
        ({"q": "' & | ! :* ()"}, []),
        ({"q": "shop"}, ["Buy milk"]),
        ({"sort": "created_at"}, ["Buy milk", "write Report", "call Bob"]),
        ({"sort": "due_date"}, ["write Report", "Buy milk", "call Bob"]),
        ({"sort": "title"}, ["Buy milk", "call Bob", "write Report"]),
    ],
    ids=str,
)
def test_filter_search_and_sort(listed: TestClient, params: dict[str, str | int], expected: list[str]) -> None:
    assert titles(listed, **params) == expected


def test_highest_priority_comes_first(listed: TestClient) -> None:
    assert titles(listed, sort="-priority")[-1] == "Buy milk"


def test_own_order(listed: TestClient) -> None:
    first, second, third = listed.get(TODOS, params={"sort": "-position"}).json()
    between = (first["position"] + second["position"]) / 2
    assert listed.patch(f"{TODOS}/{third['id']}", json={"position": between}).status_code == 200
    expected = [first["title"], third["title"], second["title"]]
    assert titles(listed, sort="-position") == expected


@pytest.mark.parametrize("sort", SORTS)
def test_pages_hold_every_todo_once(ann: TestClient, sql: psycopg.Connection, sort: str) -> None:
    for number in range(7):
        ann.post(TODOS, json={"title": f"todo {number % 2}", "priority": number % 3})
    # Equal values are where pages lose or repeat rows.
    sql.execute("UPDATE todos SET created_at = now(), position = 1 WHERE priority = 0")
    whole = [todo["id"] for todo in ann.get(TODOS, params={"sort": sort}).json()]
    seen: list[str] = []
    cursor = ""
    for _ in range(10):
        answer = ann.get(TODOS, params={"sort": sort, "limit": 2, "cursor": cursor})
        seen += [todo["id"] for todo in answer.json()]
        cursor = answer.headers.get("X-Next-Cursor", "")
        if not cursor:
            break
    assert len(whole) == 7
    assert seen == whole


@pytest.mark.parametrize("longest", ["\U0001f389" * 200, '"' * 200, "\\" * 200, "\u0130" * 200], ids=ascii)
@pytest.mark.parametrize("sort", SORTS)
def test_next_page_can_be_asked_for_after_any_todo(ann: TestClient, sort: str, longest: str) -> None:
    for _ in range(3):
        ann.post(TODOS, json={"title": longest, "due_date": "9999-12-31", "priority": 3})
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        answer = ann.get(TODOS, params={"sort": sort, "limit": 1, "cursor": cursor})
        assert answer.status_code == 200, answer.text
        seen += [todo["id"] for todo in answer.json()]
        cursor = answer.headers.get("X-Next-Cursor", "")
    assert len(set(seen)) == 3
    assert cursor == ""


@pytest.mark.parametrize(
    "params",
    [
        {"limit": 0},
        {"limit": 201},
        {"sort": "owner_id"},
        {"done": "perhaps"},
        {"due_from": "yesterday"},
        {"q": "x" * 201},
        {"q": "\x00"},
        {"owner_id": "x"},
        {"cursor": "garbage"},
        {"cursor": base64.urlsafe_b64encode(b'["title", "x", "y"]').decode()},
        {"cursor": base64.urlsafe_b64encode(b'["-created_at", 5, "y"]').decode()},
        {"cursor": base64.urlsafe_b64encode(b"[[[]]]").decode()},
        {"cursor": "\u00e9"},
        {"cursor": base64.urlsafe_b64encode(b"[" * 700).decode()},
        {"cursor": base64.urlsafe_b64encode(json.dumps(["title", "\0", NO_ID]).encode()).decode(), "sort": "title"},
        {"cursor": base64.urlsafe_b64encode(json.dumps(["title", "\ud800", NO_ID]).encode()).decode(), "sort": "title"},
    ],
    ids=ascii,
)
def test_bad_query_is_refused(ann: TestClient, params: dict[str, str | int]) -> None:
    assert ann.get(TODOS, params=params).status_code == 422


def test_cursor_of_another_order_is_refused(listed: TestClient) -> None:
    cursor = listed.get(TODOS, params={"limit": 1}).headers["X-Next-Cursor"]
    assert listed.get(TODOS, params={"cursor": cursor, "sort": "title"}).status_code == 422


def test_due_date_is_a_day(ann: TestClient) -> None:
    todo = ann.post(TODOS, json={"title": "x", "due_date": date.max.isoformat()}).json()
    assert todo["due_date"] == "9999-12-31"


@pytest.mark.parametrize("todos", [0, 1], ids=["no todo", "one todo"])
def test_session_that_is_over_reads_nothing(ann: TestClient, sql: psycopg.Connection, todos: int) -> None:
    for _ in range(todos):
        ann.post(TODOS, json={"title": "x"})
    assert len(ann.get(TODOS).json()) == todos
    sql.execute("UPDATE sessions SET expires_at = now()")
    answer = ann.get(TODOS)
    assert answer.status_code == 401, "the list does not look at the session"
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_connection_that_the_database_closed_is_not_noticed(ann: TestClient, sql: psycopg.Connection) -> None:
    assert ann.get(TODOS).status_code == 200
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    sql.execute(f"SELECT pg_terminate_backend(pid) {others} AND application_name = 'todo'".encode())
    assert ann.get(TODOS).status_code == 200


@pytest.mark.parametrize(
    "params",
    [
        *({"sort": sort} for sort in SORTS),
        {"q": "milk"},
        {"q": "ott ILK"},
        {"tag": "home"},
        {"done": "true"},
        {"priority": 1},
        {"due_from": "2030-01-01", "due_to": "2030-01-02"},
    ],
    ids=str,
)
def test_todos_of_others_are_not_looked_at(
    listed: TestClient, signed_in: SignedIn, sql: psycopg.Connection, params: dict[str, str | int]
) -> None:
    signed_in("bob@example.com")
    others = (
        "INSERT INTO todos (id, owner_id, title, done, priority, tags, due_date)"
        " SELECT gen_random_uuid(), id, 'milk', true, 1, '{home}', '2030-01-02' FROM users, generate_series(1, 2000)"
        " WHERE email = 'bob@example.com'"
    )
    sql.execute(others)
    sql.execute("ANALYZE todos")
    plan = plan_of(sql, lambda: titles(listed, **params))
    assert any("todos_of_owner" in line for line in plan), "\n".join(plan)
    assert not any("Seq Scan on todos" in line for line in plan), "\n".join(plan)
    removed = sum(int(line.split(":")[1]) for line in plan if "Rows Removed by Filter" in line)
    assert removed <= len(SAMPLES), f"rows of others were read and thrown away:\n{chr(10).join(plan)}"


def test_line_breaks_and_json_in_texts_do_not_move_the_end_of_a_page(ann: TestClient) -> None:
    notes = ["a,\nb", ",\n", '"},\n{"id":"', "\u2028,\r\n\\"]
    for note in notes:
        assert ann.post(TODOS, json={"title": "x", "notes": note}).status_code == 201
    seen: list[str] = []
    cursor = ""
    for _ in notes:
        answer = ann.get(TODOS, params={"sort": "created_at", "limit": 1, "cursor": cursor})
        assert answer.status_code == 200, answer.text
        seen += [todo["notes"] for todo in answer.json()]
        cursor = answer.headers.get("x-next-cursor", "")
    assert (seen, cursor) == (notes, "")

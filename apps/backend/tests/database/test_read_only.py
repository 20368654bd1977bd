"""While `npm start -- --keep-data` moves the data, the database is read-only: see `refuseScript` in data/."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from starlette.testclient import TestClient

from tests.chat.chatting import MESSAGES
from tests.conftest import API, PASSWORD

END_SESSIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'todo' AND pid <> pg_backend_pid()"
)


@pytest.fixture
def todo(ann: TestClient) -> str:
    """The path of a todo that was there before."""
    made = ann.post(f"{API}/todos", json={"title": "keep me"})
    assert made.status_code == 201
    return f"{API}/todos/{made.json()['id']}"


@contextmanager
def refusing_changes(sql: psycopg.Connection) -> Iterator[None]:
    """As the command does it: for new sessions, and the old ones are ended."""
    sql.execute("ALTER DATABASE todo SET default_transaction_read_only = on")
    sql.execute(END_SESSIONS)
    try:
        yield
    finally:
        sql.execute("ALTER DATABASE todo RESET default_transaction_read_only")
        sql.execute(END_SESSIONS)


@pytest.fixture
def read_only(todo: str, sql: psycopg.Connection) -> Iterator[None]:
    """With a todo from before."""
    assert todo
    with refusing_changes(sql):
        yield


@pytest.mark.usefixtures("read_only")
def test_changes_are_asked_to_come_again(ann: TestClient, todo: str) -> None:
    answers = [
        ann.post(f"{API}/todos", json={"title": "one more"}),
        ann.patch(todo, json={"done": True}),
        ann.delete(todo),
        ann.post(MESSAGES, json={"content": "add milk"}),
        ann.post(f"{API}/auth/signin", json={"email": "ann@example.com", "password": PASSWORD}),
        ann.post(f"{API}/auth/signup", json={"email": "bob@example.com", "password": PASSWORD}),
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:todo:problem:read-only"), answer.text
        assert int(answer.headers["Retry-After"]) > 0


def test_what_is_there_is_shown_in_a_session_that_was_renewed(
    ann: TestClient, todo: str, sql: psycopg.Connection
) -> None:
    body = {"email": "ann@example.com", "password": PASSWORD}
    session = ann.post(f"{API}/auth/signin", json=body).json()
    renewed = ann.post(f"{API}/auth/refresh", json={"refresh_token": session["refresh_token"]}).json()
    with refusing_changes(sql):
        answer = ann.get(todo, headers={"Authorization": f"Bearer {renewed['access_token']}"})
        assert answer.status_code == 200, answer.text


@pytest.mark.usefixtures("read_only")
def test_what_is_there_is_shown(ann: TestClient, todo: str) -> None:
    assert ann.get(todo).json()["done"] is False
    assert [each["title"] for each in ann.get(f"{API}/todos").json()] == ["keep me"]
    assert ann.get("/health/ready").status_code == 200, "a pod that is taken away shows nothing"

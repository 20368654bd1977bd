"""Whatever is wrong with a request, on whichever endpoint: it gets a clear problem and changes nothing."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import psycopg
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.auth.test_auth import forge, token_of, unsigned
from tests.auth.test_ownership import OPEN, operations
from tests.conftest import API, PASSWORD, SignedIn

Json = dict[str, Any]
Operation = tuple[str, str]

GOOD: dict[Operation, Json] = {
    ("POST", f"{API}/auth/signup"): {"email": "eve@example.com", "password": PASSWORD},
    ("POST", f"{API}/auth/signin"): {"email": "ann@example.com", "password": PASSWORD},
    ("POST", f"{API}/auth/refresh"): {"refresh_token": "a.b.c"},
    ("POST", f"{API}/auth/password"): {"current_password": PASSWORD, "new_password": "another good password"},
    ("PATCH", f"{API}/auth/me"): {"time_zone": "Europe/Berlin"},
    ("POST", f"{API}/auth/delete-account"): {"password": PASSWORD},
    ("POST", f"{API}/todos"): {
        "id": str(uuid.uuid4()),
        "title": "x",
        "notes": "x",
        "priority": 1,
        "due_date": "2030-01-01",
        "due_time": "09:00",
        "tags": ["x"],
        "recurrence": "FREQ=DAILY",
        "repeat_from": "due",
    },
    ("PATCH", f"{API}/todos/{{todo_id}}"): {
        "title": "x",
        "notes": "x",
        "done": True,
        "priority": 1,
        "due_date": "2030-01-01",
        "due_time": "09:00",
        "tags": ["x"],
        "recurrence": "FREQ=DAILY",
        "repeat_from": "due",
        "position": 1.5,
    },
    ("POST", f"{API}/todos/bulk"): {
        "action": "edit",
        "ids": [str(uuid.uuid4())],
        "changes": {
            "priority": 1,
            "add_tags": ["x"],
            "remove_tags": ["y"],
            "due_date": "2030-01-01",
            "due_time": "09:00",
        },
    },
    ("POST", f"{API}/todos/parse"): {"text": "pay rent tomorrow", "locale": "de", "keep": [{"start": 0, "end": 3}]},
    ("POST", f"{API}/todos/import"): {"format": "json", "content": "[]"},
    ("POST", f"{API}/chat/messages"): {"content": "add Buy bread"},
    ("POST", f"{API}/chat/confirmations/{{question_id}}"): {"approve": True},
}
"""A body that each endpoint takes. One thing in it at a time is made wrong."""
WRONG: list[Any] = [{"wrong": "type"}, [[]], "\0", "x" * 10_001, ["x" * 41] * 501]
BROKEN = [b"", b"null", b"[]", b'"x"', b'{"title": "\xff"}', b'{"title": ', b"\0", b"[" * 60_000, b" " * 70_000]
HOSTILE = ["'; DROP TABLE todos; --", "<script>alert(1)</script>"]

each_body = pytest.mark.parametrize("operation", GOOD, ids=lambda operation: " ".join(operation))


class Caller:
    """Ann, with one todo, asking."""

    def __init__(self, client: TestClient, sql: psycopg.Connection) -> None:
        self._client = client
        self._sql = sql
        self._todo = client.post(f"{API}/todos", json={"title": "Buy milk"}).json()["id"]

    def send(self, operation: Operation, **request: Any) -> httpx2.Response:  # noqa: ANN401
        method, path = operation
        ids = {"todo_id": self._todo, "question_id": uuid.uuid4(), "session_id": uuid.uuid4()}
        return self._client.request(method, path.format(**ids), **request)

    @contextmanager
    def nothing_changes(self) -> Iterator[None]:
        before = self._rows()
        yield
        assert self._rows() == before, "a refused request changed something"

    def _rows(self) -> dict[str, list[tuple[Any, ...]]]:
        # Attempts to sign in are counted, above all those that fail.
        tables = ("users", "sessions", "todos", "chat_messages", "chat_confirmations")
        return {table: self._sql.execute(f"SELECT * FROM {table} ORDER BY id").fetchall() for table in tables}


@pytest.fixture
def caller(ann: TestClient, sql: psycopg.Connection) -> Caller:
    return Caller(ann, sql)


def assert_refused(answer: httpx2.Response) -> None:
    assert 400 <= answer.status_code < 500, f"{answer.request.url.path}: {answer.status_code} {answer.text}"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"], "the problem says nothing"


def test_every_body_is_tried(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    with_body = {(method, path) for method, path in operations(app) if "requestBody" in paths[path][method.lower()]}
    assert set(GOOD) == with_body, "an endpoint is missing here"


@each_body
def test_wrong_value_in_one_field(caller: Caller, operation: Operation) -> None:
    for name in GOOD[operation]:
        for value in WRONG:
            with caller.nothing_changes():
                assert_refused(caller.send(operation, json={**GOOD[operation], name: value}))


@each_body
def test_unknown_field(caller: Caller, operation: Operation) -> None:
    with caller.nothing_changes():
        assert_refused(caller.send(operation, json={**GOOD[operation], "owner_id": str(uuid.uuid4())}))


@each_body
def test_broken_body(caller: Caller, operation: Operation) -> None:
    good = json.dumps(GOOD[operation])
    characters = [good.encode().replace(b'": ', b'\xff": ', 1), good.replace('": ', '\\ud800": ', 1).encode()]
    for content in BROKEN + characters:
        with caller.nothing_changes():
            assert_refused(caller.send(operation, content=content, headers={"Content-Type": "application/json"}))


@each_body
def test_sql_and_html_are_only_text(
    caller: Caller, bob: TestClient, sql: psycopg.Connection, operation: Operation
) -> None:
    others = bob.post(f"{API}/todos", json={"title": "of Bob"}).json()
    for name in [name for name, value in GOOD[operation].items() if isinstance(value, str)]:
        for text in HOSTILE:
            answer = caller.send(operation, json={**GOOD[operation], name: text})
            assert answer.status_code < 500, answer.text
    assert bob.get(f"{API}/todos").json() == [others], "it reached somebody else's todos"
    assert sql.execute("SELECT count(*) > 1 FROM users").fetchone() == (True,), "it reached the accounts"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda t: "a.b.c", id="garbage"),
        pytest.param(unsigned, id="alg none"),
        pytest.param(lambda t: forge(t, secret="x" * 64), id="forged"),
        pytest.param(lambda t: forge(t, exp=int(time.time()) - 60), id="expired"),
        pytest.param(lambda t: forge(t, {"typ": "rt+jwt"}), id="refresh token"),
    ],
)
def test_bad_token(app: FastAPI, caller: Caller, ann: TestClient, change: Callable[[str], str]) -> None:
    headers = {"Authorization": f"Bearer {change(token_of(ann))}"}
    for operation in set(operations(app)) - OPEN:
        with caller.nothing_changes():
            answer = caller.send(operation, json=GOOD.get(operation), headers=headers)
        assert answer.status_code == 401, f"{operation} answers {answer.status_code}"
        assert_refused(answer)


def test_session_that_is_over(app: FastAPI, caller: Caller, signed_in: SignedIn, sql: psycopg.Connection) -> None:
    over = {"Authorization": signed_in("bob@example.com").headers["Authorization"]}
    sql.execute("DELETE FROM sessions WHERE user_id = (SELECT id FROM users WHERE email = 'bob@example.com')")
    for operation in set(operations(app)) - OPEN:
        with caller.nothing_changes():
            answer = caller.send(operation, json=GOOD.get(operation), headers=over)
        assert answer.status_code == 401, f"{operation} answers {answer.status_code} although the session is over"


def test_replayed_refresh_token(ann: TestClient, sql: psycopg.Connection) -> None:
    account = {"email": "ann@example.com", "password": PASSWORD}
    first = ann.post(f"{API}/auth/signin", json=account).json()["refresh_token"]
    second = ann.post(f"{API}/auth/refresh", json={"refresh_token": first}).json()["refresh_token"]
    assert ann.post(f"{API}/auth/refresh", json={"refresh_token": second}).status_code == 200
    others = sql.execute("SELECT count(*) FROM sessions").fetchone()
    answer = ann.post(f"{API}/auth/refresh", json={"refresh_token": first})
    assert_refused(answer)
    assert answer.status_code == 401
    assert others == (2,), "Ann is not signed in twice: this test proves nothing"
    assert sql.execute("SELECT count(*) FROM sessions").fetchone() == (1,), "the thief's session goes on"


def test_untouched_requests_are_good(caller: Caller) -> None:
    """Else the refusals above would prove nothing. Made-up questions and tokens are the exception."""
    expected = {f"{API}/auth/refresh": 401, f"{API}/chat/confirmations/{{question_id}}": 404}
    delete = ("POST", f"{API}/auth/delete-account")
    changed = {**GOOD, delete: {"password": GOOD["POST", f"{API}/auth/password"]["new_password"]}}
    # The password changes late, the account goes last.
    for operation in sorted(changed, key=lambda operation: (operation == delete, operation[1].endswith("/password"))):
        answer = caller.send(operation, json=changed[operation])
        if operation[1] in expected:
            assert answer.status_code == expected[operation[1]]
        else:
            assert answer.is_success, f"{operation}: {answer.text}"

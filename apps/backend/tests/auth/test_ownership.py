"""Nobody reaches what belongs to somebody else, on any endpoint."""

import uuid

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.conftest import API

OPEN = {("POST", f"{API}/auth/{name}") for name in ("signup", "signin", "refresh")}
OPEN.add(("GET", f"{API}/feeds/{{secret}}.ics"))
BODIES = {("PATCH", f"{API}/todos/{{todo_id}}"): {"title": "stolen"}}


def operations(app: FastAPI) -> list[tuple[str, str]]:
    paths = app.openapi()["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


def test_every_endpoint_wants_a_token(app: FastAPI, client: TestClient) -> None:
    for method, path in set(operations(app)) - OPEN:
        answer = client.request(
            method, path.format(todo_id=uuid.uuid4(), question_id=uuid.uuid4(), session_id=uuid.uuid4())
        )
        assert answer.status_code == 401, f"{method} {path} answers {answer.status_code} to nobody"
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_todo_of_somebody_else_does_not_exist(app: FastAPI, ann: TestClient, bob: TestClient) -> None:
    todo = ann.post(f"{API}/todos", json={"title": "private"}).json()
    reached = [operation for operation in operations(app) if "{todo_id}" in operation[1]]
    assert reached, "no endpoint takes a todo id: this test proves nothing"
    for method, path in reached:
        answer = bob.request(method, path.format(todo_id=todo["id"]), json=BODIES.get((method, path)))
        assert answer.status_code == 404, f"{method} {path} of somebody else answers {answer.status_code}"
    assert ann.get(f"{API}/todos").json() == [todo], "somebody else changed the todo"


@pytest.mark.parametrize("email", ["ann@example.com", "bob@example.com"])
def test_lists_hold_own_todos_only(ann: TestClient, bob: TestClient, email: str) -> None:
    callers = {"ann@example.com": ann, "bob@example.com": bob}
    for name, caller in callers.items():
        caller.post(f"{API}/todos", json={"title": f"of {name}"})
    assert [todo["title"] for todo in callers[email].get(f"{API}/todos").json()] == [f"of {email}"]

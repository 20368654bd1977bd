"""Details, lost updates, undo, bulk changes and recurrence of todos."""

import uuid
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.conftest import API

TODOS = f"{API}/todos"
DETAILS = {
    "notes": "two\nlines",
    "priority": 2,
    "due_date": "2030-01-31",
    "tags": ["home", "shop"],
    "recurrence": "FREQ=MONTHLY",
}


def add(client: TestClient, **values: object) -> dict[str, Any]:
    answer = client.post(TODOS, json={"title": "Buy milk", **values})
    assert answer.status_code == 201, answer.text
    todo: dict[str, Any] = answer.json()
    return todo


def ids(client: TestClient) -> set[str]:
    return {todo["id"] for todo in client.get(TODOS).json()}


class TestDetails:
    def test_are_kept(self, ann: TestClient) -> None:
        todo = add(ann, **DETAILS)
        assert {name: todo[name] for name in DETAILS} == DETAILS
        assert ann.get(f"{TODOS}/{todo['id']}").json() == todo

    def test_can_be_changed_and_cleared(self, ann: TestClient) -> None:
        todo = add(ann)
        assert ann.patch(f"{TODOS}/{todo['id']}", json=DETAILS).json().items() >= DETAILS.items()
        cleared = {"notes": "", "priority": 0, "due_date": None, "tags": [], "recurrence": None}
        assert ann.patch(f"{TODOS}/{todo['id']}", json=cleared).json().items() >= cleared.items()

    def test_same_tag_counts_once(self, ann: TestClient) -> None:
        assert add(ann, tags=["a", " a ", "b"])["tags"] == ["a", "b"]

    @pytest.mark.parametrize(
        "bad",
        [
            {"notes": "x" * 10_001},
            {"notes": "\x00"},
            {"notes": None},
            {"priority": 4},
            {"priority": "2"},
            {"due_date": "31.1.2030"},
            {"due_date": "2030-02-30"},
            {"due_date": 0},
            {"due_date": "0"},
            {"tags": ["x"] * 21},
            {"tags": ["x" * 41]},
            {"tags": [""]},
            {"tags": None},
            {"recurrence": "hourly"},
        ],
        ids=ascii,
    )
    def test_bad_ones_are_refused(self, ann: TestClient, bad: dict[str, object]) -> None:
        todo = add(ann)
        assert ann.post(TODOS, json={"title": "x", **bad}).status_code == 422
        assert ann.patch(f"{TODOS}/{todo['id']}", json=bad).status_code == 422
        assert ann.get(TODOS).json() == [todo]


class TestLostUpdate:
    def test_change_of_a_known_version_is_made(self, ann: TestClient) -> None:
        todo = add(ann)
        tag = ann.get(f"{TODOS}/{todo['id']}").headers["ETag"]
        answer = ann.patch(f"{TODOS}/{todo['id']}", json={"done": True}, headers={"If-Match": tag})
        assert (answer.status_code, answer.json()["version"]) == (200, 2)
        assert answer.headers["ETag"] == '"2"'

    @pytest.mark.parametrize("method", ["PATCH", "DELETE"])
    def test_change_of_an_old_version_is_refused(self, ann: TestClient, method: str) -> None:
        todo = add(ann)
        path = f"{TODOS}/{todo['id']}"
        newer = ann.patch(path, json={"title": "by the other tab"}).json()
        body = {"title": "by this tab"} if method == "PATCH" else None
        answer = ann.request(method, path, json=body, headers={"If-Match": '"1"'})
        assert (answer.status_code, answer.json()["type"]) == (412, "urn:todo:problem:todo-changed")
        assert answer.headers["ETag"] == '"2"'
        assert ann.get(path).json() == newer

    def test_change_that_changes_nothing_is_no_new_version(self, ann: TestClient) -> None:
        todo = add(ann)
        assert ann.patch(f"{TODOS}/{todo['id']}", json={"title": todo["title"]}).json() == todo

    @pytest.mark.parametrize("tag", ["x", '"x"', 'W/"1"', '"1", "2"', '"99999999999"'])
    def test_bad_tag_is_refused(self, ann: TestClient, tag: str) -> None:
        todo = add(ann)
        answer = ann.patch(f"{TODOS}/{todo['id']}", json={"done": True}, headers={"If-Match": tag})
        assert answer.status_code == 422


class TestUndo:
    def test_deleted_todo_comes_back_as_it_was(self, ann: TestClient) -> None:
        todo = add(ann, **DETAILS)
        ann.delete(f"{TODOS}/{todo['id']}")
        assert ann.get(f"{TODOS}/{todo['id']}").status_code == 404
        assert ann.patch(f"{TODOS}/{todo['id']}", json={"done": True}).status_code == 404
        assert ann.post(f"{TODOS}/{todo['id']}/restore").json() == todo
        assert ann.get(TODOS).json() == [todo]


class TestBulk:
    def bulk(self, client: TestClient, action: str, *todos: str) -> set[str]:
        answer = client.post(f"{TODOS}/bulk", json={"action": action, "ids": list(todos)})
        assert answer.status_code == 200, answer.text
        return set(answer.json()["ids"])

    def test_each_action_says_what_it_changed(self, ann: TestClient) -> None:
        one, two, three = (add(ann)["id"] for _ in range(3))
        unknown = str(uuid.uuid4())
        assert self.bulk(ann, "complete", one, two, unknown) == {one, two}
        assert self.bulk(ann, "complete", one, three) == {three}
        assert self.bulk(ann, "reopen", one) == {one}
        assert self.bulk(ann, "delete", one, two) == {one, two}
        assert ids(ann) == {three}
        assert self.bulk(ann, "complete", one) == set(), "a deleted todo was changed"
        assert self.bulk(ann, "restore", one, two, three) == {one, two}
        assert ids(ann) == {one, two, three}

    @pytest.mark.parametrize("action", ["complete", "reopen", "delete", "restore"])
    def test_leaves_others_todos_alone(self, ann: TestClient, bob: TestClient, action: str) -> None:
        todo = add(ann)
        assert self.bulk(bob, action, todo["id"]) == set()
        assert ann.get(TODOS).json() == [todo]

    @pytest.mark.parametrize(
        "body",
        [
            {"action": "delete", "ids": []},
            {"action": "delete", "ids": ["x"]},
            {"action": "drop", "ids": [str(uuid.uuid4())]},
            {"action": "delete", "ids": [str(uuid.uuid4())] * 501},
        ],
        ids=["none", "no id", "unknown action", "too many"],
    )
    def test_bad_one_is_refused(self, ann: TestClient, body: object) -> None:
        assert ann.post(f"{TODOS}/bulk", json=body).status_code == 422

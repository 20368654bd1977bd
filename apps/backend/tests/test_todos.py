"""Todo endpoints, one caller."""

import uuid
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.conftest import API

TODOS = f"{API}/todos"
FIELDS = {"id", "title", "done", "created_at", "updated_at"}


@pytest.fixture
def todo(ann: TestClient) -> dict[str, Any]:
    todo: dict[str, Any] = ann.post(TODOS, json={"title": "Buy milk"}).json()
    return todo


class TestAdd:
    def test_added_todo_is_listed(self, ann: TestClient) -> None:
        added = ann.post(TODOS, json={"title": "  Buy milk "})
        assert added.status_code == 201, added.text
        todo = added.json()
        assert set(todo) >= FIELDS
        assert (todo["title"], todo["done"]) == ("Buy milk", False)
        assert ann.get(TODOS).json() == [todo]

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"title": ""},
            {"title": "   "},
            {"title": None},
            {"title": 5},
            {"title": "x" * 201},
            {"title": "nul \x00"},
            {"title": "two\nlines"},
            {"title": "x", "owner_id": str(uuid.UUID(int=1))},
            {"title": "x", "id": str(uuid.UUID(int=1))},
            [],
            "title",
        ],
        ids=ascii,
    )
    def test_bad_todo_is_refused(self, ann: TestClient, body: object) -> None:
        answer = ann.post(TODOS, json=body)
        assert answer.status_code == 422, answer.text
        assert ann.get(TODOS).json() == [], "a refused todo was stored"

    @pytest.mark.parametrize(
        "body",
        [
            b'{"title": "\xff"}',
            b'{"title": ',
            b"\x00",
            b'{"title": "lone \\ud800"}',
            b'{"title": "x", "\\ud800": 1}',
            b"[" * 60_000,
        ],
        ids=lambda body: ascii(body[:24]),
    )
    def test_broken_body_is_refused(self, ann: TestClient, body: bytes) -> None:
        answer = ann.post(TODOS, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422), answer.text

    @pytest.mark.parametrize("title", ["'; DROP TABLE todos; --", "<script>alert(1)</script>", "日本語 🎉", "%s %(x)s"])
    def test_any_text_is_kept_as_it_is(self, ann: TestClient, title: str) -> None:
        assert ann.post(TODOS, json={"title": title}).json()["title"] == title


class TestList:
    def test_newest_comes_first(self, ann: TestClient) -> None:
        for title in ("one", "two", "three"):
            ann.post(TODOS, json={"title": title})
        assert [todo["title"] for todo in ann.get(TODOS).json()] == ["three", "two", "one"]


class TestEdit:
    def test_only_sent_fields_change(self, ann: TestClient, todo: dict[str, Any]) -> None:
        done = ann.patch(f"{TODOS}/{todo['id']}", json={"done": True}).json()
        assert (done["title"], done["done"]) == ("Buy milk", True)
        assert done["updated_at"] > todo["updated_at"]
        renamed = ann.patch(f"{TODOS}/{todo['id']}", json={"title": "Buy bread"}).json()
        assert (renamed["title"], renamed["done"]) == ("Buy bread", True)

    @pytest.mark.parametrize("body", [{"title": None}, {"done": "maybe"}, {"title": ""}, {"created_at": "2020-01-01"}])
    def test_bad_change_is_refused(self, ann: TestClient, todo: dict[str, Any], body: object) -> None:
        assert ann.patch(f"{TODOS}/{todo['id']}", json=body).status_code == 422
        assert ann.get(TODOS).json() == [todo], "a refused change was stored"

    def test_unknown_todo_is_not_found(self, ann: TestClient) -> None:
        answer = ann.patch(f"{TODOS}/{uuid.uuid4()}", json={"done": True})
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:todo:problem:todo-not-found")

    def test_id_that_is_no_id_is_not_found(self, ann: TestClient) -> None:
        assert ann.patch(f"{TODOS}/1%20OR%201=1", json={"done": True}).status_code == 404


class TestDelete:
    def test_deleted_todo_is_gone(self, ann: TestClient, todo: dict[str, Any]) -> None:
        answer = ann.delete(f"{TODOS}/{todo['id']}")
        assert (answer.status_code, answer.content) == (204, b"")
        assert ann.get(TODOS).json() == []
        assert ann.delete(f"{TODOS}/{todo['id']}").status_code == 404

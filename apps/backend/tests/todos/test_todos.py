"""Todo endpoints, one caller."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar, cast

import psycopg
import pytest
from fastapi import FastAPI
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
            {"title": "x", "id": "1"},
            {"title": "x", "version": 1},
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


class TestAddAgain:
    """With an id of the caller's choice a todo can be sent until an answer comes."""

    BODY: ClassVar = {"title": "Buy milk", "id": "7a1c0c2e-6f0f-4c2d-9c5b-0f6f0d0c3a11"}

    def test_is_added_once(self, ann: TestClient) -> None:
        first, second = ann.post(TODOS, json=self.BODY), ann.post(TODOS, json=self.BODY)
        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json()["id"] == self.BODY["id"]
        assert (second.json(), second.headers["ETag"]) == (first.json(), first.headers["ETag"])
        assert ann.get(TODOS).json() == [first.json()]

    def test_at_the_same_time_is_added_once(self, ann: TestClient, sql: psycopg.Connection) -> None:
        user = sql.execute("SELECT id FROM users").fetchone()
        assert user is not None
        with ThreadPoolExecutor(1) as pool:
            with sql.transaction():
                columns = "INSERT INTO todos (id, owner_id, title, done) VALUES (%s, %s, 'Buy milk', false)"
                sql.execute(columns, [self.BODY["id"], user[0]])
                second = pool.submit(ann.post, TODOS, json=self.BODY)
                while sql.execute("SELECT FROM pg_locks WHERE NOT granted").fetchone() is None:
                    assert not second.done(), "the other request was not waited for"
                    time.sleep(0.01)
            assert second.result().status_code == 200
        assert [todo["id"] for todo in ann.get(TODOS).json()] == [self.BODY["id"]]

    def test_what_it_is_by_now_stays(self, ann: TestClient) -> None:
        ann.post(TODOS, json=self.BODY)
        edited = ann.patch(f"{TODOS}/{self.BODY['id']}", json={"title": "Buy oat milk"}).json()
        again = ann.post(TODOS, json=self.BODY)
        assert (again.status_code, again.json()) == (200, edited)
        assert ann.get(TODOS).json() == [edited]

    def test_deleted_one_stays_in_the_trash(self, ann: TestClient) -> None:
        ann.post(TODOS, json=self.BODY)
        ann.delete(f"{TODOS}/{self.BODY['id']}")
        assert ann.post(TODOS, json=self.BODY).status_code == 200
        assert ann.get(TODOS).json() == []
        assert [todo["id"] for todo in ann.get(f"{TODOS}/trash").json()] == [self.BODY["id"]]

    def test_a_full_account_is_no_reason(self, ann: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
        ann.post(TODOS, json=self.BODY)
        monkeypatch.setattr(cast(FastAPI, ann.app).state.settings, "max_todos", 1)
        assert ann.post(TODOS, json=self.BODY).status_code == 200
        assert ann.post(TODOS, json={**self.BODY, "id": str(uuid.uuid4())}).status_code == 409

    @pytest.mark.parametrize("trashed", [False, True])
    def test_todo_of_somebody_else_is_neither_shown_nor_taken(
        self, ann: TestClient, bob: TestClient, *, trashed: bool
    ) -> None:
        todo = ann.post(TODOS, json={**self.BODY, "title": "private"}).json()
        if trashed:
            ann.delete(f"{TODOS}/{todo['id']}")
        answer = bob.post(TODOS, json=self.BODY)
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:todo:problem:id-not-free")
        assert "private" not in answer.text
        assert bob.get(TODOS).json() == []
        assert ann.get(f"{TODOS}/trash" if trashed else TODOS).json()[0]["title"] == "private"


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

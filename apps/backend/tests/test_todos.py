"""Todo endpoints, one caller."""

from starlette.testclient import TestClient

from tests.conftest import API

TODOS = f"{API}/todos"


def test_added_todo_is_listed(ann: TestClient) -> None:
    added = ann.post(TODOS, json={"title": "  Buy milk "})
    assert added.status_code == 201, added.text
    todo = added.json()
    assert set(todo) == {"id", "title", "done", "created_at", "updated_at"}
    assert (todo["title"], todo["done"]) == ("Buy milk", False)
    assert ann.get(TODOS).json() == [todo]

"""The trash, what empties it, and how much an account may hold."""

import uuid
from collections.abc import Callable, Iterator

import psycopg
import pytest
from starlette.testclient import TestClient

from app import wait_for_database
from app.main import create_app
from app.settings import Settings
from tests.conftest import SignedIn
from tests.todos.test_recurrence import TODOS, add, all_of

TRASH = f"{TODOS}/trash"


def titles(client: TestClient) -> list[str]:
    return [todo["title"] for todo in client.get(TRASH).json()]


def age(sql: psycopg.Connection, days: int) -> None:
    sql.execute("UPDATE todos SET deleted_at = deleted_at - make_interval(days => %s)", [days])


@pytest.fixture
def trashed(ann: TestClient) -> list[str]:
    """Three todos that were deleted one after the other."""
    ids = [add(ann, title=title)["id"] for title in ("one", "two", "three")]
    for todo_id in ids:
        assert ann.delete(f"{TODOS}/{todo_id}").status_code == 204
    return ids


class TestTrash:
    def test_last_deleted_comes_first(self, ann: TestClient, trashed: list[str]) -> None:
        assert all_of(ann) == []
        assert titles(ann) == ["three", "two", "one"]
        assert ann.get(TRASH).json()[0]["deleted_at"]

    def test_pages_hold_all(self, ann: TestClient, trashed: list[str]) -> None:
        found, params = [], {"limit": "2"}
        while True:
            page = ann.get(TRASH, params=params)
            found += [todo["id"] for todo in page.json()]
            if "X-Next-Cursor" not in page.headers:
                break
            params["cursor"] = page.headers["X-Next-Cursor"]
        assert found == trashed[::-1]

    @pytest.mark.parametrize("cursor", ["x", "W10=", "WyIyMDMwLTAxLTAxIiwgIngiXQ==", "WyIyMDMwLTAxLTAxIl0="])
    def test_bad_cursor_is_refused(self, ann: TestClient, cursor: str) -> None:
        assert ann.get(TRASH, params={"cursor": cursor}).json()["type"] == "urn:todo:problem:bad-cursor"

    def test_search_and_other_actions_leave_it_out(self, ann: TestClient, trashed: list[str]) -> None:
        assert ann.get(TODOS, params={"q": "one"}).json() == []
        assert ann.get(f"{TODOS}/{trashed[0]}").status_code == 404
        assert ann.patch(f"{TODOS}/{trashed[0]}", json={"title": "x"}).status_code == 404
        assert ann.post(f"{TODOS}/{trashed[0]}/skip").status_code == 404

    def test_restored_for_30_days_then_gone(self, ann: TestClient, trashed: list[str], sql: psycopg.Connection) -> None:
        age(sql, 29)
        assert ann.post(f"{TODOS}/{trashed[0]}/restore").json()["title"] == "one"
        age(sql, 2)
        assert titles(ann) == []
        assert ann.post(f"{TODOS}/{trashed[1]}/restore").status_code == 404

    def test_deleted_for_good(self, ann: TestClient, bob: TestClient, trashed: list[str]) -> None:
        assert bob.delete(f"{TRASH}/{trashed[0]}").status_code == 404
        assert ann.delete(f"{TRASH}/{trashed[0]}").status_code == 204
        assert ann.delete(f"{TRASH}/{trashed[0]}").status_code == 404
        assert ann.post(f"{TODOS}/{trashed[0]}/restore").status_code == 404
        there = add(ann)["id"]
        assert ann.delete(f"{TRASH}/{there}").status_code == 404, "it was not in the trash"
        assert [todo["id"] for todo in all_of(ann)] == [there]

    def test_emptied_by_its_owner_alone(self, ann: TestClient, bob: TestClient, trashed: list[str]) -> None:
        kept = add(ann)
        assert bob.delete(TRASH).json() == {"deleted": 0}
        assert ann.delete(TRASH).json() == {"deleted": 3}
        assert (titles(ann), all_of(ann)) == ([], [kept])

    def test_next_start_empties_what_is_too_old(
        self, ann: TestClient, trashed: list[str], sql: psycopg.Connection, settings: Settings
    ) -> None:
        age(sql, 31)
        ann.delete(f"{TODOS}/{add(ann, title='four')['id']}")
        sql.execute("UPDATE todos SET deleted_at = now() - interval '31 days' WHERE title = 'one'")
        assert wait_for_database.main(settings) == 0
        assert [title for (title,) in sql.execute("SELECT title FROM todos")] == ["four"]

    def test_start_empties_the_trash_of_who_never_comes_back(
        self, ann: TestClient, trashed: list[str], sql: psycopg.Connection, settings: Settings
    ) -> None:
        age(sql, 31)
        assert wait_for_database.main(settings) == 0
        assert sql.execute("SELECT count(*) FROM todos").fetchall() == [(0,)]


class TestBulk:
    def test_each_todo_has_its_result(self, ann: TestClient, bob: TestClient, trashed: list[str]) -> None:
        there, full = add(ann)["id"], add(ann, tags=[f"t{number}" for number in range(20)])["id"]
        foreign, unknown = add(bob)["id"], str(uuid.uuid4())
        ids = [unknown, full, foreign, there, trashed[0]]
        body = {"action": "edit", "ids": ids, "changes": {"add_tags": ["home"], "priority": 3}}
        answer = ann.post(f"{TODOS}/bulk", json=body).json()
        assert answer["ids"] == [there]
        results = [(item["id"], item["result"]) for item in answer["results"]]
        expected = ["not-found", "refused", "not-found", "changed", "unchanged"]
        assert results == list(zip(ids, expected, strict=True))
        assert answer["results"][1]["detail"] == "A todo has at most 20 tags."
        kept = {todo["id"]: (todo["tags"], todo["priority"]) for todo in all_of(ann)}
        assert kept[there] == (["home"], 3)
        assert kept[full][1] == 0, "a refused change was stored"

    def test_tags_are_taken_away_and_days_set(self, ann: TestClient) -> None:
        ids = [add(ann, tags=["home", "shop"])["id"] for _ in range(3)]
        changes = {"remove_tags": ["home"], "due_date": "2030-01-31", "due_time": "09:00"}
        ann.post(f"{TODOS}/bulk", json={"action": "edit", "ids": ids, "changes": changes})
        assert {(*todo["tags"], todo["due_date"], todo["due_time"]) for todo in all_of(ann)} == {
            ("shop", "2030-01-31", "09:00")
        }

    def test_trash_is_purged_and_nothing_else(self, ann: TestClient, trashed: list[str]) -> None:
        there = add(ann)["id"]
        answer = ann.post(f"{TODOS}/bulk", json={"action": "purge", "ids": [*trashed, there]}).json()
        assert set(answer["ids"]) == set(trashed)
        assert [todo["id"] for todo in all_of(ann)] == [there]

    @pytest.mark.parametrize("body", [{"action": "edit"}, {"action": "delete", "changes": {"priority": 1}}])
    def test_changes_go_with_edit_alone(self, ann: TestClient, body: dict[str, object]) -> None:
        assert ann.post(f"{TODOS}/bulk", json={**body, "ids": [str(uuid.uuid4())]}).status_code == 422


class TestQuota:
    @pytest.fixture
    def small(self, make_settings: Callable[..., Settings], ann: TestClient) -> Iterator[TestClient]:
        """The same account where three todos are the most."""
        with TestClient(
            create_app(make_settings(max_todos=3)), headers={"Authorization": ann.headers["Authorization"]}
        ) as client:
            yield client

    def test_full_account_says_so(self, small: TestClient, ann: TestClient) -> None:
        ids = [add(small)["id"] for _ in range(3)]
        small.delete(f"{TODOS}/{ids[0]}")
        answer = small.post(TODOS, json={"title": "one more"})
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:todo:problem:too-many-todos")
        assert "at most 3 todos" in answer.json()["detail"]
        small.delete(TRASH)
        assert small.post(TODOS, json={"title": "one more"}).status_code == 201

    def test_others_do_not_count(self, small: TestClient, signed_in: SignedIn) -> None:
        other = signed_in("carl@example.com")
        for _ in range(3):
            add(other)
        assert small.post(TODOS, json={"title": "x"}).status_code == 201

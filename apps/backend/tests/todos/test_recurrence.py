"""Todos that come again."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import psycopg
import pytest
from starlette.testclient import TestClient

from app.todos.recurrence import anchor_of, next_due_date, normal_rule
from tests.conftest import API

TODOS = f"{API}/todos"
DETAILS = {"notes": "two\nlines", "priority": 2, "tags": ["home", "shop"], "recurrence": "FREQ=MONTHLY"}
TODAY = date(2026, 11, 28)


def add(client: TestClient, **values: object) -> dict[str, Any]:
    answer = client.post(TODOS, json={"title": "Water the plants", **values})
    assert answer.status_code == 201, answer.text
    todo: dict[str, Any] = answer.json()
    return todo


def tick(client: TestClient, todo_id: str, how: str = "edit", done: bool = True, zone: str = "UTC") -> None:
    headers = {"X-Time-Zone": zone}
    if how == "edit":
        answer = client.patch(f"{TODOS}/{todo_id}", json={"done": done}, headers=headers)
    else:
        body = {"action": "complete" if done else "reopen", "ids": [todo_id]}
        answer = client.post(f"{TODOS}/bulk", json=body, headers=headers)
    assert answer.status_code == 200, answer.text


def all_of(client: TestClient) -> list[dict[str, Any]]:
    todos: list[dict[str, Any]] = client.get(TODOS).json()
    return todos


def open_one(client: TestClient) -> dict[str, Any]:
    (todo,) = client.get(TODOS, params={"done": "false"}).json()
    return cast(dict[str, Any], todo)


def days_when_ticked(client: TestClient, times: int, how: str = "edit") -> list[str]:
    days = []
    for _ in range(times):
        tick(client, open_one(client)["id"], how)
        days.append(open_one(client)["due_date"])
    return days


@pytest.fixture(params=["edit", "bulk"])
def how(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class TestDay:
    def test_monthly_keeps_the_day_that_it_is_meant_for(self, ann: TestClient, how: str) -> None:
        add(ann, due_date="2030-01-31", **DETAILS)
        assert days_when_ticked(ann, 4, how) == ["2030-02-28", "2030-03-31", "2030-04-30", "2030-05-31"]

    def test_yearly_comes_back_to_the_leap_day(self, ann: TestClient) -> None:
        add(ann, due_date="2028-02-29", recurrence="yearly")
        assert days_when_ticked(ann, 4) == ["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]

    def test_new_due_date_is_a_new_day(self, ann: TestClient) -> None:
        add(ann, due_date="2030-01-31", recurrence="monthly")
        tick(ann, open_one(ann)["id"])
        todo = open_one(ann)
        ann.patch(f"{TODOS}/{todo['id']}", json={"due_date": "2030-02-27"})
        ann.patch(f"{TODOS}/{todo['id']}", json={"due_date": "2030-02-28"})
        assert days_when_ticked(ann, 1) == ["2030-03-28"]

    def test_other_change_keeps_the_day(self, ann: TestClient) -> None:
        add(ann, due_date="2030-01-31", recurrence="monthly")
        tick(ann, open_one(ann)["id"])
        todo = open_one(ann)
        ann.patch(
            f"{TODOS}/{todo['id']}", json={"title": "x", "due_date": todo["due_date"], "recurrence": "FREQ=MONTHLY"}
        )
        assert days_when_ticked(ann, 1) == ["2030-03-31"]

    @pytest.mark.parametrize("recurrence", ["daily", "weekly", "monthly", "yearly"])
    def test_overdue_one_does_not_come_back_overdue(self, ann: TestClient, how: str, recurrence: str) -> None:
        add(ann, due_date="2020-01-05", recurrence=recurrence)
        before = datetime.now(UTC).date()
        tick(ann, open_one(ann)["id"], how)
        assert date.fromisoformat(open_one(ann)["due_date"]) >= before

    @pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
    def test_without_a_date_the_day_where_the_caller_is_counts(self, ann: TestClient, how: str, zone: str) -> None:
        add(ann, recurrence="daily")
        days = {datetime.now(ZoneInfo(zone)).date()}
        tick(ann, open_one(ann)["id"], how, zone=zone)
        days.add(datetime.now(ZoneInfo(zone)).date())
        assert date.fromisoformat(open_one(ann)["due_date"]) - timedelta(days=1) in days

    @pytest.mark.parametrize("zone", ["Moon/Tranquility", "Etc/Unknown", "Europe", "/etc/passwd", ""])
    def test_zone_that_is_not_known_stops_nobody(self, ann: TestClient, zone: str) -> None:
        add(ann, recurrence="daily")
        tick(ann, open_one(ann)["id"], zone=zone)
        assert len(all_of(ann)) == 2

    @pytest.mark.parametrize("zone", ["../../etc/passwd", "Europe Berlin", "x" * 65])
    def test_what_is_no_zone_is_refused(self, ann: TestClient, zone: str) -> None:
        todo = add(ann, recurrence="daily")
        answer = ann.patch(f"{TODOS}/{todo['id']}", json={"done": True}, headers={"X-Time-Zone": zone})
        assert answer.status_code == 422
        assert all_of(ann) == [todo]

    @pytest.mark.parametrize(
        ("due", "recurrence", "expected"),
        [
            (date(2030, 12, 31), "daily", date(2031, 1, 1)),
            (date(2030, 1, 1), "weekly", date(2030, 1, 8)),
            (date(2030, 1, 31), "monthly", date(2030, 2, 28)),
            (date(2028, 1, 31), "monthly", date(2028, 2, 29)),
            (date(2030, 12, 5), "monthly", date(2031, 1, 5)),
            (date(2028, 2, 29), "yearly", date(2029, 2, 28)),
            (date.max, "daily", None),
            (TODAY, "daily", date(2026, 11, 29)),
            (date(2026, 11, 27), "daily", TODAY),
            (date(2026, 1, 1), "daily", TODAY),
            (date(2026, 11, 21), "weekly", TODAY),
            (date(2026, 11, 20), "weekly", date(2026, 12, 4)),
            (date(2026, 10, 28), "monthly", TODAY),
            (date(2026, 1, 27), "monthly", date(2026, 12, 27)),
            (date(2026, 1, 31), "monthly", date(2026, 11, 30)),
            (date(2020, 11, 28), "yearly", TODAY),
            (date(2020, 11, 27), "yearly", date(2027, 11, 27)),
            (date(2020, 12, 24), "yearly", date(2026, 12, 24)),
            (date(2020, 2, 29), "yearly", date(2027, 2, 28)),
            (date.min, "monthly", date(2026, 12, 1)),
        ],
    )
    def test_next_day(self, due: date, recurrence: str, expected: date | None) -> None:
        assert next_due_date(due, normal_rule(recurrence), earliest=TODAY, anchor_day=due.day) == expected

    @pytest.mark.parametrize(
        ("due", "remembered", "expected"),
        [
            (date(2030, 2, 28), 31, 31),
            (date(2030, 2, 28), None, 28),
            (date(2030, 4, 30), 31, 31),
            (date(2030, 4, 29), 31, 29),
            (date(2030, 3, 31), 31, 31),
        ],
    )
    def test_remembered_day_counts_where_the_month_is_too_short(
        self, due: date, remembered: int | None, expected: int
    ) -> None:
        assert anchor_of(due, remembered) == expected


class TestOnce:
    def test_completed_todo_comes_again_as_it_was(self, ann: TestClient, how: str) -> None:
        todo = add(ann, due_date="2030-01-31", **DETAILS)
        tick(ann, todo["id"], how)
        again = open_one(ann)
        assert {name: again[name] for name in ("title", *DETAILS)} == {name: todo[name] for name in ("title", *DETAILS)}

    def test_ticked_and_unticked_is_one_todo_again(self, ann: TestClient, how: str) -> None:
        todo = add(ann, due_date="2030-01-31", **DETAILS)
        for _ in range(3):
            tick(ann, todo["id"], how)
            tick(ann, todo["id"], how, done=False)
        (left,) = all_of(ann)
        changed = {"version", "updated_at"}
        assert {name: left[name] for name in left.keys() - changed} == {
            name: todo[name] for name in todo.keys() - changed
        }
        assert days_when_ticked(ann, 2) == ["2030-02-28", "2030-03-31"]

    def test_unticking_leaves_a_next_one_that_was_touched(self, ann: TestClient, how: str) -> None:
        todo = add(ann, due_date="2030-01-31", **DETAILS)
        tick(ann, todo["id"], how)
        ann.patch(f"{TODOS}/{open_one(ann)['id']}", json={"notes": "do not lose this"})
        tick(ann, todo["id"], how, done=False)
        first, second = sorted(all_of(ann), key=lambda each: str(each["due_date"]))
        assert (first["recurrence"], second["recurrence"]) == (None, "FREQ=MONTHLY"), "it repeats twice"
        assert second["notes"] == "do not lose this"

    def test_unticking_with_another_recurrence_takes_that(self, ann: TestClient) -> None:
        todo = add(ann, due_date="2030-01-31", **DETAILS)
        tick(ann, todo["id"])
        ann.patch(f"{TODOS}/{todo['id']}", json={"done": False, "recurrence": "weekly"})
        assert [each["recurrence"] for each in all_of(ann)] == ["FREQ=WEEKLY"]

    def test_ticked_twice_and_unticked_twice_is_one_todo_again(self, ann: TestClient, how: str) -> None:
        todo = add(ann, due_date="2030-01-31", **DETAILS)
        tick(ann, todo["id"], how)
        second = open_one(ann)
        tick(ann, second["id"], how)
        tick(ann, second["id"], how, done=False)
        tick(ann, todo["id"], how, done=False)
        assert [(each["id"], each["recurrence"]) for each in all_of(ann)] == [(todo["id"], "FREQ=MONTHLY")]
        assert days_when_ticked(ann, 2, how) == ["2030-02-28", "2030-03-31"]

    @pytest.mark.parametrize("change", [{"done": True}, {"due_date": "2030-02-27"}, {"recurrence": "weekly"}])
    def test_unticking_leaves_a_next_one_that_was_done_or_moved(
        self, ann: TestClient, how: str, change: dict[str, object]
    ) -> None:
        todo = add(ann, due_date="2030-01-31", **DETAILS)
        tick(ann, todo["id"], how)
        following = open_one(ann)["id"]
        ann.patch(f"{TODOS}/{following}", json=change)
        tick(ann, todo["id"], how, done=False)
        assert {todo["id"], following} <= {each["id"] for each in all_of(ann)}

    def test_unticked_one_repeats_again_if_the_next_one_was_deleted(self, ann: TestClient, how: str) -> None:
        todo = add(ann, due_date="2030-01-31", **DETAILS)
        tick(ann, todo["id"], how)
        following = open_one(ann)["id"]
        ann.delete(f"{TODOS}/{following}")
        tick(ann, todo["id"], how, done=False)
        assert [(each["id"], each["recurrence"]) for each in all_of(ann)] == [(todo["id"], "FREQ=MONTHLY")]
        restored = ann.post(f"{TODOS}/{following}/restore").json()
        assert (restored["id"], restored["recurrence"]) == (following, None), "it repeats twice"

    def test_two_ticks_at_once_add_one(self, ann: TestClient, how: str) -> None:
        todo = add(ann, due_date="2030-01-31", **DETAILS)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: tick(ann, todo["id"], how), range(8)))
        assert len(all_of(ann)) == 2

    def test_many_are_unticked_together(self, ann: TestClient) -> None:
        ids = [add(ann, due_date="2030-01-31", recurrence="weekly")["id"] for _ in range(5)]
        for action, expected in (("complete", 10), ("reopen", 5)):
            body = {"action": action, "ids": ids}
            assert set(ann.post(f"{TODOS}/bulk", json=body).json()["ids"]) == set(ids)
            assert len(all_of(ann)) == expected
        assert {each["recurrence"] for each in all_of(ann)} == {"FREQ=WEEKLY"}

    def test_successor_of_somebody_else_is_out_of_reach(
        self, ann: TestClient, bob: TestClient, sql: psycopg.Connection
    ) -> None:
        theirs, own = add(bob), add(ann, recurrence="daily")
        tick(ann, own["id"])
        sql.execute("UPDATE todos SET successor_id = %s WHERE id = %s", [theirs["id"], uuid.UUID(own["id"])])
        tick(ann, own["id"], done=False)
        assert all_of(bob) == [theirs]

    def test_ticks_of_old_pods_are_unticked_too(self, ann: TestClient, sql: psycopg.Connection) -> None:
        todo = add(ann)
        sql.execute("UPDATE todos SET done = true, version = 2 WHERE id = %s", [uuid.UUID(todo["id"])])
        tick(ann, todo["id"], done=False)
        assert open_one(ann)["id"] == todo["id"]

"""Days and moments at the ends of time, whichever way they come in: no failure, and nothing that cannot be read."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.conftest import API
from tests.todos.test_recurrence import TODOS, add, all_of
from tests.transfer.test_transfer import FORMATS, export, load

ZONES = ["Asia/Tokyo", "America/New_York"]
ENDS = [("0001-01-01", "00:00"), ("9999-12-31", "23:59")]
RULES = [
    *("FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO", "FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=YEARLY"),
    *("FREQ=YEARLY;INTERVAL=999", "FREQ=DAILY;UNTIL=00010101", "FREQ=DAILY;UNTIL=99991231"),
]


@pytest.mark.parametrize(
    "created_at", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00Z"]
)
def test_moment_that_cannot_be_read_again_is_a_problem(ann: TestClient, created_at: str) -> None:
    todos = [{"title": "good"}, {"title": "bad", "created_at": created_at}]
    result = load(ann, json.dumps(todos), "json")
    assert (result["added"], [problem["line"] for problem in result["problems"]]) == (1, [2])
    assert "created_at" in result["problems"][0]["message"]
    (good,) = all_of(ann)
    assert ann.get(f"{TODOS}/{good['id']}").status_code == 200


@pytest.mark.parametrize(
    "wrong", ["DUE:99991231T235959Z", "DUE:00010101T000000Z", "RRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY"]
)
def test_task_that_cannot_be_read_is_a_problem(ann: TestClient, wrong: str) -> None:
    ann.headers["X-Time-Zone"] = "America/New_York" if "0001" in wrong else "Asia/Tokyo"
    tasks = [
        f"BEGIN:VTODO\nUID:{uid}\nSUMMARY:x\n{line}\nEND:VTODO\n" for uid, line in enumerate((wrong, "PRIORITY:1"))
    ]
    result = load(ann, f"BEGIN:VCALENDAR\n{''.join(tasks)}END:VCALENDAR\n", "ics")
    assert (result["added"], [problem["line"] for problem in result["problems"]]) == (1, [1])
    assert result["problems"][0]["message"].startswith("this VTODO has a value that cannot be read")


@pytest.mark.parametrize("zone", ZONES)
class TestDueDate:
    @pytest.fixture
    def ids(self, ann: TestClient, zone: str) -> list[str]:
        ann.headers["X-Time-Zone"] = zone
        assert ann.patch(f"{API}/auth/me", json={"time_zone": zone}).status_code == 200
        return [
            add(ann, title=f"{day} {rule}", due_date=day, due_time=at, recurrence=rule)["id"]
            for day, at in ENDS
            for rule in (*RULES, None)
        ]

    @pytest.mark.parametrize("format_", FORMATS)
    def test_goes_out_and_in(self, ann: TestClient, bob: TestClient, ids: list[str], zone: str, format_: str) -> None:
        bob.headers["X-Time-Zone"] = zone
        result = load(bob, export(ann, format_), format_)
        assert (result["added"], result["problems"]) == (len(ids), [])
        assert {(todo["due_date"], todo["due_time"]) for todo in all_of(bob)} == set(ENDS)

    def test_is_in_the_calendar(self, ann: TestClient, client: TestClient, ids: list[str]) -> None:
        text = client.get(f"{API}{ann.post(f'{TODOS}/feed').json()['path']}").text
        assert text.count("BEGIN:VEVENT") == len(ids)

    @pytest.mark.parametrize(
        "change",
        [{"done": True}, {"due_date": "9999-12-31"}, {"due_date": "0001-01-01", "recurrence": "FREQ=MONTHLY"}],
    )
    @pytest.mark.parametrize("scope", ["all", "one"])
    def test_can_be_changed(self, ann: TestClient, ids: list[str], change: dict[str, Any], scope: str) -> None:
        for todo_id in ids:
            answer = ann.patch(f"{TODOS}/{todo_id}", params={"scope": scope}, json=change)
            assert answer.status_code == 200, answer.text
        for todo_id in ids:
            assert ann.patch(f"{TODOS}/{todo_id}", json={"done": False}).status_code == 200
        assert {todo["done"] for todo in all_of(ann)} == {False}

    def test_can_be_skipped_listed_and_changed_at_once(self, ann: TestClient, ids: list[str]) -> None:
        assert {ann.post(f"{TODOS}/{todo_id}/skip").status_code for todo_id in ids} <= {200, 409}
        for changes in ({"due_date": "9999-12-31"}, {"due_date": "0001-01-01"}):
            body = {"action": "edit", "ids": ids, "changes": changes}
            assert ann.post(f"{TODOS}/bulk", json=body).status_code == 200
        assert ann.post(f"{TODOS}/bulk", json={"action": "complete", "ids": ids}).status_code == 200
        for params in ({"due_from": "0001-01-01", "due_to": "9999-12-31"}, {"due": "overdue"}, {"sort": "due_date"}):
            page = ann.get(TODOS, params={**params, "limit": "2"})
            assert page.status_code == 200
            if "X-Next-Cursor" in page.headers:
                more = {**params, "limit": "2", "cursor": page.headers["X-Next-Cursor"]}
                assert ann.get(TODOS, params=more).status_code == 200


@pytest.mark.parametrize(
    "day", ["31.12.9999", "1.1.0001", "9999-12-31", "12/31/9999", "in 99999999 days", "in 9999 years", "monday"]
)
def test_words_of_such_a_day_are_understood_or_left(ann: TestClient, day: str) -> None:
    parsed = ann.post(f"{TODOS}/parse", json={"text": f"call {day} every month", "locale": "en-US"})
    assert parsed.status_code == 200, parsed.text
    for content in (f"add call {day} every month", "move call to 9999-12-31", f"what is due {day}?", "complete call"):
        answer = ann.post(f"{API}/chat/messages", json={"content": content})
        assert answer.status_code == 200, answer.text
        assert '"error"' not in answer.text

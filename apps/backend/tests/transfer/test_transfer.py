"""Export, import, and the calendar at a secret address."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from icalendar import Calendar
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.conftest import API
from tests.todos.test_recurrence import TODOS, add, all_of

FORMATS = ["json", "csv", "ics"]
KEPT = ("title", "notes", "done", "priority", "due_date", "due_time", "tags", "recurrence", "repeat_from")
TODO: list[dict[str, Any]] = [
    {"title": '=SUM(A1), "quoted"; 🎉', "notes": "two\nlines, and ; more", "priority": 3, "tags": ["a,b", "c"]},
    {"title": "Rent", "due_date": "2030-01-31", "due_time": "09:00", "recurrence": "FREQ=MONTHLY", "priority": 1},
    {"title": "Filter", "due_date": "2030-02-01", "recurrence": "FREQ=DAILY;INTERVAL=90", "repeat_from": "done"},
    {"title": "x" * 200, "due_date": "2030-01-01", "priority": 2},
]


def export(client: TestClient, format_: str) -> str:
    answer = client.get(f"{TODOS}/export", params={"format": format_})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"] == f'attachment; filename="todos.{format_}"'
    return answer.text


def load(client: TestClient, content: str, format_: str) -> dict[str, Any]:
    answer = client.post(f"{TODOS}/import", json={"format": format_, "content": content})
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def kept(client: TestClient) -> list[dict[str, Any]]:
    return sorted(({name: todo[name] for name in KEPT} for todo in all_of(client)), key=lambda todo: str(todo["title"]))


@pytest.fixture
def full(ann: TestClient) -> TestClient:
    for values in TODO:
        add(ann, **values)
    done = add(ann, title="Done")["id"]
    ann.patch(f"{TODOS}/{done}", json={"done": True})
    ann.delete(f"{TODOS}/{add(ann, title='In the trash')['id']}")
    return ann


@pytest.fixture
def full_trash(ann: TestClient) -> str:
    """What two todos were exported to, before they were deleted."""
    ids = [add(ann)["id"] for _ in range(2)]
    content = export(ann, "json")
    ann.post(f"{TODOS}/bulk", json={"action": "delete", "ids": ids})
    return content


@pytest.mark.parametrize("format_", FORMATS)
class TestRoundTrip:
    def test_another_account_has_the_same(self, full: TestClient, bob: TestClient, format_: str) -> None:
        content = export(full, format_)
        assert load(bob, content, format_) == {"added": 5, "skipped": 0, "problems": []}
        assert kept(bob) == kept(full)

    def test_own_export_adds_nothing(self, full: TestClient, format_: str) -> None:
        before = all_of(full)
        assert load(full, export(full, format_), format_)["skipped"] == 5
        assert all_of(full) == before

    def test_second_import_adds_nothing(self, full: TestClient, bob: TestClient, format_: str) -> None:
        content = export(full, format_)
        load(bob, content, format_)
        assert load(bob, content, format_) == {"added": 0, "skipped": 5, "problems": []}

    def test_what_was_deleted_comes_back(self, full: TestClient, bob: TestClient, format_: str) -> None:
        content = export(full, format_)
        before = kept(full)
        load(bob, content, format_)
        for client in (full, bob):
            ids = [todo["id"] for todo in all_of(client)]
            trashed = len(client.get(f"{TODOS}/trash").json())
            client.post(f"{TODOS}/bulk", json={"action": "delete", "ids": ids[:3]})
            assert load(client, content, format_) == {"added": 3, "skipped": 2, "problems": []}
            assert kept(client) == before
            assert {todo["id"] for todo in all_of(client)} == set(ids), "a second one was added"
            assert len(client.get(f"{TODOS}/trash").json()) == trashed, "what is not in the file came back"

    def test_empty_account_exports(self, ann: TestClient, bob: TestClient, format_: str) -> None:
        assert load(bob, export(ann, format_), format_)["added"] == 0

    @pytest.mark.parametrize("content", ["", "garbage", "[", "{}", "5", '{"todos": 5}', "a,b\n1,2", "BEGIN:VCALENDAR"])
    def test_what_cannot_be_read_is_refused(self, ann: TestClient, content: str, format_: str) -> None:
        answer = ann.post(f"{TODOS}/import", json={"format": format_, "content": content})
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:todo:problem:unreadable-file")


def test_more_than_a_page_is_exported(ann: TestClient) -> None:
    todos = [{"title": f"todo {number}"} for number in range(450)]
    assert load(ann, json.dumps(todos), "json")["added"] == 450
    assert len(json.loads(export(ann, "json"))["todos"]) == 450


def test_bad_ones_are_named_and_left_out(ann: TestClient) -> None:
    result = load(ann, json.dumps([{"title": "good"}, {"title": ""}, "x", {"title": "y", "priority": 9}]), "json")
    assert result["added"] == 1
    assert [problem["line"] for problem in result["problems"]] == [2, 3, 4]
    assert "priority" in result["problems"][2]["message"]


def test_table_of_another_program_is_read(ann: TestClient) -> None:
    content = '\ufeffTitle,Due Date,Tags,Unknown\r\nBuy milk,2030-01-31,"shop, home",1\r\nBuy milk,2030-01-31,,\r\n'
    assert load(ann, content, "csv")["added"] == 2
    assert sorted((todo["title"], todo["due_date"], todo["tags"]) for todo in all_of(ann)) == [
        ("Buy milk", "2030-01-31", []),
        ("Buy milk", "2030-01-31", ["shop", "home"]),
    ]
    assert load(ann, content, "csv")["skipped"] == 2


def test_calendar_of_another_program_is_read(ann: TestClient) -> None:
    content = (
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:Party\nDTSTART;TZID=Europe/Berlin:20300131T190000\n"
        "RRULE:FREQ=WEEKLY;INTERVAL=2\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    ann.headers["X-Time-Zone"] = "Europe/London"
    assert load(ann, content, "ics")["added"] == 1
    (todo,) = all_of(ann)
    assert (todo["due_date"], todo["due_time"], todo["recurrence"]) == ("2030-01-31", "18:00", "FREQ=WEEKLY;INTERVAL=2")


def test_what_is_too_long_in_the_trash_is_added_anew(ann: TestClient, sql: psycopg.Connection) -> None:
    content = json.dumps([{"title": "x", "notes": "as in the file"}])
    load(ann, content, "json")
    (there,) = all_of(ann)
    ann.patch(f"{TODOS}/{there['id']}", json={"notes": "changed since"})
    ann.delete(f"{TODOS}/{there['id']}")
    sql.execute("UPDATE todos SET deleted_at = now() - interval '31 days'")
    assert load(ann, content, "json")["added"] == 1
    assert [todo["notes"] for todo in all_of(ann)] == ["as in the file"]


def test_a_full_account_brings_back_what_was_deleted(
    ann: TestClient, make_settings: Callable[..., Settings], full_trash: str
) -> None:
    with TestClient(
        create_app(make_settings(max_todos=2)), headers={"Authorization": ann.headers["Authorization"]}
    ) as small:
        assert load(small, full_trash, "json")["added"] == 2
    assert len(all_of(ann)) == 2


def test_import_cannot_take_ids_of_somebody_else(ann: TestClient, bob: TestClient) -> None:
    theirs = add(bob, title="of Bob")
    assert load(ann, json.dumps([{"id": theirs["id"], "title": "taken"}]), "json")["added"] == 1
    assert all_of(bob) == [theirs]
    assert [todo["title"] for todo in all_of(ann)] == ["taken"]


def test_more_than_an_account_holds_is_refused(ann: TestClient) -> None:
    todos = json.dumps([{"title": str(number)} for number in range(20_001)])
    answer = ann.post(f"{TODOS}/import", json={"format": "json", "content": todos})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:todo:problem:too-many-todos")
    assert all_of(ann) == []


def test_import_takes_more_than_other_requests_and_not_all(ann: TestClient) -> None:
    notes = [{"title": f"{number}", "notes": "x" * 10_000} for number in range(100)]
    assert load(ann, json.dumps(notes), "json")["added"] == 100
    answer = ann.post(f"{TODOS}/import", json={"format": "json", "content": "x" * 6_000_000})
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:todo:problem:body-too-large")
    assert ann.post(TODOS, json={"title": "x" * 70_000}).status_code == 413


class TestFeed:
    def test_address_is_the_proof(self, full: TestClient, client: TestClient) -> None:
        assert full.get(f"{TODOS}/feed").json() == {"active": False, "created_at": None}
        made = full.post(f"{TODOS}/feed").json()
        assert full.get(f"{TODOS}/feed").json() == {"active": True, "created_at": made["created_at"]}
        answer = client.get(f"{API}{made['path']}")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
        events = {str(event["summary"]): event for event in Calendar.from_ical(answer.text).walk("VEVENT")}
        assert set(events) == {"Rent", "Filter", "x" * 200}, "open ones with a due date"
        assert events["Rent"].decoded("dtend") - events["Rent"].decoded("dtstart") == timedelta(minutes=30)
        assert events["Rent"]["rrule"].to_ical() == b"FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"
        assert events["Filter"].decoded("dtstart") == date(2030, 2, 1)
        assert "rrule" not in events["Filter"], "days after done are known when it is done"

    def test_times_are_where_the_owner_is(self, full: TestClient, client: TestClient) -> None:
        full.patch(f"{API}/auth/me", json={"time_zone": "Europe/Berlin"})
        text = client.get(f"{API}{full.post(f'{TODOS}/feed').json()['path']}").text
        (rent,) = (event for event in Calendar.from_ical(text).walk("VEVENT") if event["summary"] == "Rent")
        assert rent.decoded("dtstart").astimezone() == datetime.fromisoformat("2030-01-31T08:00:00+00:00")

    @pytest.mark.parametrize("end", ["revoked", "replaced"])
    def test_old_address_is_worthless(self, full: TestClient, client: TestClient, end: str) -> None:
        path = full.post(f"{TODOS}/feed").json()["path"]
        assert (full.delete(f"{TODOS}/feed") if end == "revoked" else full.post(f"{TODOS}/feed")).is_success
        answer = client.get(f"{API}{path}")
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:todo:problem:feed-not-found")

    def test_guess_finds_nothing(self, full: TestClient, client: TestClient) -> None:
        full.post(f"{TODOS}/feed")
        for secret in ("x", "x" * 43, "%27"):
            assert client.get(f"{API}/feeds/{secret}.ics").status_code in (404, 422)

"""What other calendars make of the todos: which days, at which hours."""

import threading
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import anyio
import pytest
from dateutil import rrule
from icalendar import Calendar
from starlette.testclient import TestClient

from app.transfer import calendars, writing
from app.transfer.schemas import Exported
from tests.conftest import API
from tests.todos.test_recurrence import TODOS, add, all_of
from tests.transfer.test_transfer import FORMATS, export, load

Write = Callable[[list[Exported], ZoneInfo], str]
CREATED = datetime(2026, 1, 1, tzinfo=UTC)


def todo(**values: Any) -> Exported:  # noqa: ANN401
    defaults: dict[str, Any] = {"title": "x", "notes": "", "done": False, "priority": 0, "tags": [], "due_time": None}
    more = {"recurrence": None, "repeat_from": "due", "position": 0, "version": 1}
    moments = {"created_at": CREATED, "updated_at": CREATED}
    return Exported.model_validate({"id": UUID(int=1), **defaults, **more, **moments, **values})


def calendar_of(text: str, zone: ZoneInfo) -> Calendar:
    return Calendar.from_ical(calendars.head(zone) + text + calendars.TAIL)


def shown(component: Any, zone: ZoneInfo, most: int) -> list[str]:  # noqa: ANN401
    """The first times at which a calendar shows what is in a file, by the owner's clock."""
    rule = rrule.rrulestr(component["rrule"].to_ical().decode(), dtstart=component.decoded("dtstart"))
    return [f"{moment.astimezone(zone):%a %m-%d %H:%M}" for moment in islice(rule, most)]


@pytest.mark.parametrize("written", [calendars.events, calendars.tasks])
@pytest.mark.parametrize(
    ("zone", "day", "at", "rule", "times"),
    [
        (
            *("Asia/Tokyo", "2027-01-07", "08:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
            ["Thu 01-07 08:00", "Fri 01-08 08:00", "Mon 01-11 08:00"],
        ),
        (
            *("America/New_York", "2027-01-04", "21:00", "FREQ=WEEKLY;BYDAY=MO"),
            ["Mon 01-04 21:00", "Mon 01-11 21:00"],
        ),
        ("Europe/Berlin", "2027-03-22", "09:00", "FREQ=WEEKLY", ["Mon 03-22 09:00", "Mon 03-29 09:00"]),
        (
            *("America/New_York", "2027-01-04", "21:00", "FREQ=WEEKLY;UNTIL=20270111"),
            ["Mon 01-04 21:00", "Mon 01-11 21:00"],
        ),
        ("Asia/Tokyo", "2027-01-04", "08:00", "FREQ=DAILY;UNTIL=20270105", ["Mon 01-04 08:00", "Tue 01-05 08:00"]),
        ("Etc/UTC", "2027-01-04", "08:00", "FREQ=DAILY;UNTIL=99991231", ["Mon 01-04 08:00", "Tue 01-05 08:00"]),
    ],
)
def test_what_repeats_is_shown_on_its_days_and_at_its_hour(
    zone: str, day: str, at: str, rule: str, times: list[str], written: Write
) -> None:
    where = ZoneInfo(zone)
    repeating = todo(due_date=day, due_time=at, recurrence=rule)
    calendar = calendar_of(written([repeating], where), where)
    (component,) = [part for part in calendar.walk() if part.name in ("VEVENT", "VTODO")]
    assert shown(component, where, len(times) + ("UNTIL=2027" in rule)) == times
    assert calendar.get_missing_tzids() == set(), "a time zone has no table"


def test_table_says_when_the_clocks_change() -> None:
    zone = ZoneInfo("Europe/Berlin")
    (table,) = calendar_of("", zone).timezones
    for moment in (datetime(1999, 7, 1), datetime(2027, 3, 28, 1, 59), datetime(2027, 3, 28, 3), datetime(2060, 7, 1)):
        assert table.to_tz().utcoffset(moment) == moment.replace(tzinfo=zone).utcoffset()


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "UTC"])
@pytest.mark.parametrize(("day", "at"), [("9999-12-31", "23:45"), ("0001-01-01", "00:00")])
@pytest.mark.parametrize("rule", ["FREQ=DAILY;UNTIL=99991231", "FREQ=YEARLY", None])
def test_ends_of_time_are_written(zone: str, day: str, at: str, rule: str | None) -> None:
    where = ZoneInfo(zone)
    last = [todo(due_date=day, due_time=at, recurrence=rule)]
    for text in (calendars.events(last, where), calendars.tasks(last, where)):
        (component,) = [part for part in calendar_of(text, where).walk() if part.name in ("VEVENT", "VTODO")]
        due = component.decoded("dtstart" if component.name == "VEVENT" else "due")
        assert f"{due:%H:%M}" == at
        assert due.date() == date.fromisoformat(day)


class TestDayOfTheMonth:
    """That a todo is for the 31st is not forgotten in February."""

    @pytest.fixture
    def in_february(self, ann: TestClient) -> TestClient:
        todo_id = add(ann, title="Rent", due_date="2030-01-31", due_time="09:00", recurrence="FREQ=MONTHLY")["id"]
        assert ann.post(f"{TODOS}/{todo_id}/skip").json()["due_date"] == "2030-02-28"
        return ann

    @pytest.mark.parametrize("format_", FORMATS)
    def test_import_knows_it(self, in_february: TestClient, bob: TestClient, format_: str) -> None:
        assert load(bob, export(in_february, format_), format_)["added"] == 1
        (there,) = all_of(bob)
        assert there["due_date"] == "2030-02-28"
        assert bob.post(f"{TODOS}/{there['id']}/skip").json()["due_date"] == "2030-03-31"

    def test_other_calendars_know_it(self, in_february: TestClient, client: TestClient) -> None:
        text = client.get(f"{API}{in_february.post(f'{TODOS}/feed').json()['path']}").text
        for content in (text, export(in_february, "ics")):
            (part,) = [part for part in Calendar.from_ical(content).walk() if part.name in ("VEVENT", "VTODO")]
            zone = ZoneInfo("UTC")
            assert shown(part, zone, 3) == ["Thu 02-28 09:00", "Sun 03-31 09:00", "Tue 04-30 09:00"]

    @pytest.mark.parametrize("anchor_day", [0, 32, "x"])
    def test_what_is_no_day_is_a_problem(self, ann: TestClient, anchor_day: object) -> None:
        content = f'[{{"title": "x", "anchor_day": {anchor_day!r}}}]'.replace("'", '"')
        (problem,) = load(ann, content, "json")["problems"]
        assert "anchor_day" in problem["message"]


def test_rule_of_another_program_ends_on_the_owners_day(ann: TestClient) -> None:
    content = (
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:x\nDTSTART;TZID=America/New_York:20300107T210000\n"
        "RRULE:FREQ=WEEKLY;UNTIL=20300122T020000Z\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    ann.headers["X-Time-Zone"] = "America/New_York"
    load(ann, content, "ics")
    assert [each["recurrence"] for each in all_of(ann)] == ["FREQ=WEEKLY;UNTIL=20300121"]


def test_others_are_answered_while_a_calendar_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()

    def slow(*_: object) -> str:
        return "written beside the event loop" if answered.wait(10) else "nobody else was answered"

    async def pages() -> AsyncIterator[list[Exported]]:
        yield [todo(due_date="2027-01-04")]

    async def answer_others() -> list[str]:
        written: list[str] = []

        async def write() -> None:
            written.extend([text async for text in writing.write_events(pages(), ZoneInfo("UTC"))])

        async with anyio.create_task_group() as group:
            group.start_soon(write)
            await anyio.sleep(0.1)
            answered.set()
        return written

    monkeypatch.setattr(calendars, "events", slow)
    assert "written beside the event loop" in anyio.run(answer_others)


def test_calendar_begins_before_all_todos_are_read() -> None:
    async def endless() -> AsyncIterator[list[Exported]]:
        while True:
            yield [todo(due_date="2027-01-04")]

    async def begin() -> list[str]:
        written = writing.write_events(endless(), ZoneInfo("UTC"))
        return [await anext(written) for _ in range(3)]

    head, *events = anyio.run(begin)
    assert head.startswith("BEGIN:VCALENDAR")
    assert all(event.startswith("BEGIN:VEVENT") for event in events)

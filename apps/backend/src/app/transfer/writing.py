"""Todos as JSON, CSV and iCalendar (RFC 5545)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from app.todos.recurrence import anchor_of, calendar_rule
from app.todos.schemas import TodoOut
from app.transfer.schemas import Format

if TYPE_CHECKING:
    from icalendar import Component

COLUMNS = (
    *("id", "title", "notes", "done", "priority", "due_date", "due_time"),
    *("tags", "recurrence", "repeat_from", "created_at"),
)
MEDIA_TYPES: dict[Format, str] = {"json": "application/json", "csv": "text/csv", "ics": "text/calendar"}
FORMULA = ("=", "+", "-", "@", "\t")
"""A cell that begins so would be run by a spreadsheet: it gets a ' in front."""
_HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//todo//todo//EN\r\nX-WR-CALNAME:Todos\r\n"
_TAIL = "END:VCALENDAR\r\n"
# In iCalendar 1 is the highest of nine.
_PRIORITIES = {3: 1, 2: 5, 1: 9}
_LENGTH = timedelta(minutes=30)


async def write(pages: AsyncIterator[list[TodoOut]], format_: Format, zone: ZoneInfo) -> AsyncIterator[str]:
    """Write todos page by page, so that no process holds all of somebody's todos."""
    if format_ == "json":
        yield '{"version": 1, "todos": ['
        between = "\n"
        async for page in pages:
            for todo in page:
                yield between + todo.model_dump_json()
                between = ",\n"
        yield "\n]}\n"
        return
    head, rows, tail = (_HEAD, _tasks(zone), _TAIL) if format_ == "ics" else (_row(COLUMNS), _rows, "")
    yield head
    async for page in pages:
        yield rows(page)
    yield tail


def write_events(todos: Iterable[TodoOut], zone: ZoneInfo) -> str:
    """Return todos with a due date as events, which calendars show, unlike tasks."""
    return _HEAD + "".join(_event(todo, zone) for todo in todos if todo.due_date) + _TAIL


def _rows(todos: list[TodoOut]) -> str:
    return "".join(
        _row(
            "\n".join(value) if isinstance(value, list) else str(value)
            for value in ("" if value is None else value for value in _values(todo))
        )
        for todo in todos
    )


def _values(todo: TodoOut) -> list[object]:
    values = todo.model_dump(mode="json")
    return [json.dumps(values[name]) if name == "done" else values[name] for name in COLUMNS]


def _row(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells])
    return text.getvalue()


def _tasks(zone: ZoneInfo) -> Callable[[list[TodoOut]], str]:
    return lambda todos: "".join(_task(todo, zone) for todo in todos)


def _task(todo: TodoOut, zone: ZoneInfo) -> str:
    # It loads much, and few people export.
    from icalendar import Todo

    task = Todo()
    _describe(task, todo)
    task.add("status", "COMPLETED" if todo.done else "NEEDS-ACTION")
    task.add("created", todo.created_at)
    if todo.priority:
        task.add("priority", _PRIORITIES[todo.priority])
    if todo.due_date:
        # A rule needs a start, and a task that starts when it is due has no other one.
        for name in ("dtstart", "due") if todo.recurrence else ("due",):
            task.add(name, _moment(todo, zone))
    if todo.recurrence:
        task.add("x-todo-rule", todo.recurrence)
        task.add("x-todo-from", todo.repeat_from)
        _repeat(task, todo)
    return _text(task)


def _event(todo: TodoOut, zone: ZoneInfo) -> str:
    from icalendar import Event

    event = Event()
    _describe(event, todo)
    start = _moment(todo, zone)
    event.add("dtstart", start)
    if isinstance(start, datetime):
        event.add("dtend", start + _LENGTH)
    _repeat(event, todo)
    return _text(event)


def _describe(component: Component, todo: TodoOut) -> None:
    component.add("uid", str(todo.id))
    component.add("dtstamp", todo.updated_at)
    component.add("summary", todo.title)
    if todo.notes:
        component.add("description", todo.notes)
    if todo.tags:
        component.add("categories", todo.tags)


def _repeat(component: Component, todo: TodoOut) -> None:
    from icalendar import vRecur

    # Days after done are known when it is done.
    if todo.recurrence is None or todo.due_date is None or todo.repeat_from == "done":
        return
    rule = calendar_rule(todo.recurrence, todo.due_date, anchor_of(todo.due_date, None))
    if rule:
        component.add("rrule", vRecur.from_ical(rule))


def _text(component: Component) -> str:
    written: bytes = component.to_ical()
    return written.decode()


def _moment(todo: TodoOut, zone: ZoneInfo) -> object:
    if todo.due_date is None or todo.due_time is None:
        return todo.due_date
    # In UTC: a time zone by name needs a table of that zone in the file.
    return datetime.combine(todo.due_date, todo.due_time, zone).astimezone(ZoneInfo("UTC"))

"""Todos in iCalendar (RFC 5545): as tasks for an export, and as events, which calendars show, unlike tasks."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from app.todos.recurrence import anchor_of, calendar_rule
from app.transfer.schemas import Exported

if TYPE_CHECKING:
    from icalendar import Component

TAIL = "END:VCALENDAR\r\n"
_HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//todo//todo//EN\r\nX-WR-CALNAME:Todos\r\n"
# In iCalendar 1 is the highest of nine.
_PRIORITIES = {3: 1, 2: 5, 1: 9}
_LENGTH = timedelta(minutes=30)
_LAST_LEAP = date(2100, 1, 1)
"""So far a file says when the clocks of a time zone change."""
_UTC = ZoneInfo("UTC")


@lru_cache(maxsize=100)
def head(zone: ZoneInfo) -> str:
    """Return the begin of a calendar, with the table of its time zone."""
    # It loads much, and few people export.
    from icalendar import Calendar, Event

    calendar, event = Calendar(), Event()
    event.add("dtstart", datetime(2030, 1, 1, tzinfo=zone))
    calendar.add_component(event)
    # None for what is UTC by another name: that needs no table.
    calendar.add_missing_timezones(last_date=_LAST_LEAP)
    return _HEAD + "".join(_text(table) for table in calendar.timezones)


def tasks(todos: list[Exported], zone: ZoneInfo) -> str:
    """Return todos as tasks, with all that this application knows of them."""
    return "".join(_task(todo, zone) for todo in todos)


def events(todos: list[Exported], zone: ZoneInfo) -> str:
    """Return those todos that have a due date as events."""
    return "".join(_event(todo, zone) for todo in todos if todo.due_date)


def _task(todo: Exported, zone: ZoneInfo) -> str:
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
        if todo.anchor_day:
            task.add("x-todo-anchor", str(todo.anchor_day))
        _repeat(task, todo, zone)
    return _text(task)


def _event(todo: Exported, zone: ZoneInfo) -> str:
    from icalendar import Event

    event = Event()
    _describe(event, todo)
    start = _moment(todo, zone)
    event.add("dtstart", start)
    # In the last half hour of time an event has no end.
    if isinstance(start, datetime) and start.replace(tzinfo=None) <= datetime.max - _LENGTH:
        event.add("dtend", start + _LENGTH)
    _repeat(event, todo, zone)
    return _text(event)


def _describe(component: Component, todo: Exported) -> None:
    component.add("uid", str(todo.id))
    component.add("dtstamp", todo.updated_at)
    component.add("summary", todo.title)
    if todo.notes:
        component.add("description", todo.notes)
    if todo.tags:
        component.add("categories", todo.tags)


def _repeat(component: Component, todo: Exported, zone: ZoneInfo) -> None:
    from icalendar import vRecur

    # Days after done are known when it is done.
    if todo.recurrence is None or todo.due_date is None or todo.repeat_from == "done":
        return
    rule = calendar_rule(todo.recurrence, todo.due_date, anchor_of(todo.due_date, todo.anchor_day))
    if rule is None:
        return
    parts = vRecur.from_ical(rule)
    if todo.due_time and "UNTIL" in parts:
        # What has a time ends at a moment in UTC.
        last = min(parts["UNTIL"][0], date.max - timedelta(days=1))
        parts["UNTIL"] = [datetime.combine(last, time(23, 59, 59), zone).astimezone(_UTC)]
    component.add("rrule", parts)


def _text(component: Component) -> str:
    written: bytes = component.to_ical()
    return written.decode()


def _moment(todo: Exported, zone: ZoneInfo) -> object:
    if todo.due_date is None or todo.due_time is None:
        return todo.due_date
    # Where the owner is, and not in UTC: rules name the owner's days, and go by the owner's clock all year.
    return datetime.combine(todo.due_date, todo.due_time, zone)

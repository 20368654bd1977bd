"""What is in a file of todos: JSON and CSV as they are exported, and iCalendar of any program."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from app.problems import Problem
from app.transfer.schemas import Format, ImportProblem, Item, Numbered
from app.transfer.writing import FORMULA

_LOW_PRIORITY = 6
_MEDIUM_PRIORITY = 5
_UNREADABLE = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)
Raw = tuple[int, dict[str, Any] | str]
"""The place of a todo, and what the file says of it, or why that cannot be read."""


def read(content: str, format_: Format, zone: ZoneInfo) -> tuple[list[Numbered], list[ImportProblem]]:
    """Return the todos of a file, and why others were left out. 422 for what is no such file at all."""
    readers: dict[Format, Callable[[str], Iterator[Raw]]] = {
        "json": _json,
        "csv": _csv,
        "ics": lambda text: _ics(text, zone),
    }
    items: list[Numbered] = []
    problems: list[ImportProblem] = []
    try:
        for line, values in readers[format_](content):
            if isinstance(values, str):
                problems.append(ImportProblem(line=line, message=values))
                continue
            try:
                items.append(Numbered(line=line, item=Item.model_validate(values)))
            except ValidationError as error:
                first = error.errors()[0]
                message = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
                problems.append(ImportProblem(line=line, message=message))
    except (*_UNREADABLE, RecursionError, csv.Error) as error:
        detail = f"This is no {format_.upper()} file of todos that can be read. Nothing was added."
        raise Problem(422, "unreadable-file", detail) from error
    return items, problems


def _json(content: str) -> Iterator[Raw]:
    document = json.loads(content)
    todos = document if isinstance(document, list) else document["todos"]
    for number, todo in enumerate(todos, 1):
        yield number, todo if isinstance(todo, dict) else {}


def _csv(content: str) -> Iterator[Raw]:
    reader = csv.DictReader(io.StringIO(content.removeprefix("\ufeff"), newline=""), strict=True)
    names = {name: (name or "").strip().lower().replace(" ", "_") for name in reader.fieldnames or []}
    if "title" not in names.values():
        raise ValueError("no column is named title")
    for row in reader:
        cells = {names[name]: _cell(value) for name, value in row.items() if name in names and value}
        if cells:
            yield reader.line_num, _typed(cells)


def _cell(value: str) -> str:
    return value[1:] if value.startswith("'") and value[1:].startswith(FORMULA) else value


def _typed(cells: dict[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = dict(cells)
    if "tags" in cells:
        between = "\n" if "\n" in cells["tags"] else ","
        values["tags"] = [tag.strip() for tag in cells["tags"].split(between) if tag.strip()]
    if "priority" in cells:
        values["priority"] = int(cells["priority"]) if cells["priority"].isdecimal() else None
    return values


def _ics(content: str, zone: ZoneInfo) -> Iterator[Raw]:
    # It loads much, and few people import.
    from icalendar import Calendar

    calendar = Calendar.from_ical(content)
    components = [part for part in calendar.walk() if part.name in ("VTODO", "VEVENT")]
    for number, part in enumerate(components, 1):
        try:
            yield number, _component(part, zone)
        except _UNREADABLE:
            yield number, f"this {part.name} has a value that cannot be read, such as a moment beyond the year 9999"


def _component(part: Any, zone: ZoneInfo) -> dict[str, Any]:  # noqa: ANN401
    due = next((part.decoded(name) for name in ("due", "dtstart") if name in part), None)
    values: dict[str, Any] = {
        "id": str(part.get("uid", "")),
        "title": " ".join(str(part.get("summary", "")).split())[:200],
        "notes": str(part.get("description", "")),
        "done": str(part.get("status", "")).upper() == "COMPLETED",
        "priority": _priority(int(part.get("priority", 0))),
        "tags": [str(tag) for group in _several(part.get("categories", [])) for tag in group.cats],
        "repeat_from": str(part.get("x-todo-from", "due")),
        "anchor_day": part.get("x-todo-anchor"),
    }
    if isinstance(due, datetime):
        local = due.astimezone(zone) if due.tzinfo else due
        values |= {"due_date": local.date(), "due_time": local.time().replace(second=0, microsecond=0)}
    elif isinstance(due, date):
        values["due_date"] = due
    return {**values, "recurrence": _rule(part, zone)}


def _rule(part: Any, zone: ZoneInfo) -> str | None:  # noqa: ANN401
    if "x-todo-rule" in part:
        return str(part["x-todo-rule"])
    if "rrule" not in part:
        return None
    rule = part["rrule"]
    if "UNTIL" in rule:
        rule["UNTIL"] = [_day(until, zone) for until in rule["UNTIL"]]
    return str(rule.to_ical().decode())


def _day(moment: date, zone: ZoneInfo) -> date:
    if isinstance(moment, datetime):
        return (moment.astimezone(zone) if moment.tzinfo else moment).date()
    return moment


def _several(value: Any) -> list[Any]:  # noqa: ANN401
    return value if isinstance(value, list) else [value]


def _priority(number: int) -> int:
    if number == 0:
        return 0
    if number >= _LOW_PRIORITY:
        return 1
    return 2 if number == _MEDIUM_PRIORITY else 3

"""Todos as files, page by page: no process holds all of somebody's todos, and others are answered between two pages."""

import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Iterable
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from anyio import CapacityLimiter, to_thread

from app.transfer import calendars
from app.transfer.schemas import Exported, Format

COLUMNS = (
    *("id", "title", "notes", "done", "priority", "due_date", "due_time"),
    *("tags", "recurrence", "repeat_from", "anchor_day", "created_at"),
)
MEDIA_TYPES: dict[Format, str] = {"json": "application/json", "csv": "text/csv", "ics": "text/calendar"}
FORMULA = ("=", "+", "-", "@", "\t")
"""A cell that begins so would be run by a spreadsheet: it gets a ' in front."""
Pages = AsyncIterator[list[Exported]]
# A page of a calendar takes a tenth of a second of the processor: one at a time, and not in the event loop.
_writers = CapacityLimiter(1)


def write(pages: Pages, format_: Format, zone: ZoneInfo) -> AsyncIterator[str]:
    """Write todos as a file that can be imported again."""
    if format_ == "json":
        return _write(pages, _Layout(lambda: '{"version": 1, "todos": [\n', _objects, ",\n", "\n]}\n"))
    if format_ == "csv":
        return _write(pages, _Layout(lambda: _row(COLUMNS), _rows))
    return _write(pages, _calendar(calendars.tasks, zone))


def write_events(pages: Pages, zone: ZoneInfo) -> AsyncIterator[str]:
    """Write todos with a due date as events, which calendars show, unlike tasks."""
    return _write(pages, _calendar(calendars.events, zone))


class _Layout(NamedTuple):
    head: Callable[[], str]
    page: Callable[[list[Exported]], str]
    between: str = ""
    tail: str = ""


def _calendar(page: Callable[[list[Exported], ZoneInfo], str], zone: ZoneInfo) -> _Layout:
    return _Layout(partial(calendars.head, zone), lambda todos: page(todos, zone), tail=calendars.TAIL)


async def _write(pages: Pages, layout: _Layout) -> AsyncIterator[str]:
    # Without a limit: whoever waits for the first byte gives up after seconds, however many write.
    yield await to_thread.run_sync(layout.head)
    between = ""
    async for page in pages:
        text = await to_thread.run_sync(layout.page, page, limiter=_writers)
        if text:
            yield between + text
            between = layout.between
    yield layout.tail


def _objects(todos: list[Exported]) -> str:
    return ",\n".join(todo.model_dump_json() for todo in todos)


def _rows(todos: list[Exported]) -> str:
    return "".join(
        _row(
            "\n".join(value) if isinstance(value, list) else str(value)
            for value in ("" if value is None else value for value in _values(todo))
        )
        for todo in todos
    )


def _values(todo: Exported) -> list[object]:
    values = todo.model_dump(mode="json")
    return [json.dumps(values[name]) if name == "done" else values[name] for name in COLUMNS]


def _row(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells])
    return text.getvalue()

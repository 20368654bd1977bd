"""Reads all todos of one owner, and adds those of a file."""

import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import LiteralString
from zoneinfo import ZoneInfo

from anyio import CapacityLimiter, to_thread
from pydantic import TypeAdapter
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import Reads
from app.todos import listing
from app.todos.models import Todo
from app.todos.recurrence import anchor_of
from app.todos.schemas import TodoQuery
from app.todos.service import expect_room, refuse_time_without_day
from app.todos.trash import purge_old
from app.transfer.reading import read
from app.transfer.schemas import Exported, Format, ImportResult, Item, uuid_of

_TODOS = TypeAdapter(list[Exported])
_ANCHORS: LiteralString = """
SELECT id, anchor_day FROM todos WHERE owner_id = %(owner_id)s AND id = ANY(%(ids)s) AND anchor_day IS NOT NULL
"""
_PAGE = 200
_AT_ONCE = 500
_MOST_PROBLEMS = 50
# What an earlier release imported without an id has one that is made of the other fields.
_NEWER_FIELDS = {"anchor_day"}
_COLUMNS = (
    *("title", "notes", "done", "priority", "due_date", "due_time"),
    *("tags", "repeat_rule", "repeat_from", "anchor_day"),
)
# A large file takes seconds of the processor: one at a time, so that others are still answered.
_readers = CapacityLimiter(1)


async def pages_of(reads: Reads, *, owner_id: uuid.UUID, open_only: bool = False) -> AsyncIterator[list[Exported]]:
    """Give all todos of an owner without the trash, oldest first."""
    query = TodoQuery(sort="created_at", limit=_PAGE, done=False if open_only else None)
    while True:
        page = await listing.list_todos(reads, owner_id=owner_id, query=query, now=datetime.min)
        if page is None:
            return
        yield await _with_anchors(reads, owner_id, _TODOS.validate_json(page.json))
        if not page.next_cursor:
            return
        query = query.model_copy(update={"cursor": page.next_cursor})


async def _with_anchors(reads: Reads, owner_id: uuid.UUID, todos: list[Exported]) -> list[Exported]:
    repeating = {todo.id: todo for todo in todos if todo.recurrence}
    # Not in the JSON that is kept of a todo: no list shows it.
    rows = await reads.rows(_ANCHORS, {"owner_id": owner_id, "ids": list(repeating)}) if repeating else []
    for todo_id, anchor_day in rows:
        todo = repeating[todo_id]
        if todo.due_date and anchor_of(todo.due_date, anchor_day) != todo.due_date.day:
            todo.anchor_day = anchor_day
    return todos


async def import_todos(
    session: AsyncSession, *, owner_id: uuid.UUID, content: str, format_: Format, zone: ZoneInfo, most: int
) -> ImportResult:
    """Add the todos of a file that are not there already, out of the trash if they are in it.

    409 if not all would fit, 422 for what is no such file.
    """
    numbered, problems = await to_thread.run_sync(read, content, format_, zone, limiter=_readers)
    items = _with_ids(owner_id, [each.item for each in numbered])
    await purge_old(session, owner_id=owner_id)
    there = await _existing(session, owner_id, items)
    matched = [(todo_id, item, there.keys() & {todo_id, uuid_of(item.id)}) for todo_id, _, item in items]
    new = [(todo_id, item) for todo_id, item, ids in matched if not ids]
    # Of a todo and what an import made of it, both in the trash, one is enough.
    restored = {min(ids) for _, _, ids in matched if ids and all(there[each] for each in ids)}
    await expect_room(session, owner_id=owner_id, wanted=len(new), most=most)
    await _restore(session, owner_id, sorted(restored))
    for start in range(0, len(new), _AT_ONCE):
        rows = [_row(owner_id, todo_id, item) for todo_id, item in new[start : start + _AT_ONCE]]
        await session.execute(insert(Todo.__table__).on_conflict_do_nothing(), rows)  # type: ignore[arg-type]
    await session.commit()
    added = len(new) + len(restored)
    return ImportResult(added=added, skipped=len(items) - added, problems=problems[:_MOST_PROBLEMS])


def _with_ids(owner_id: uuid.UUID, items: Iterable[Item]) -> list[tuple[uuid.UUID, str, Item]]:
    """Give each todo an id that is the same at each import, and that no other owner's import can give."""
    seen: Counter[str] = Counter()
    found: dict[uuid.UUID, tuple[uuid.UUID, str, Item]] = {}
    for item in items:
        name = item.id
        if not name:
            # Two equal lines are two todos, and the same two at the next import.
            content = item.model_dump_json(exclude=_NEWER_FIELDS)
            name = f"{content}{seen[content]}"
            seen[content] += 1
        todo_id = uuid.uuid5(owner_id, name)
        found.setdefault(todo_id, (todo_id, name, item))
    return list(found.values())


async def _existing(
    session: AsyncSession, owner_id: uuid.UUID, items: list[tuple[uuid.UUID, str, Item]]
) -> dict[uuid.UUID, bool]:
    """Say which of the todos there are already, and whether they are in the trash."""
    asked = {todo_id for todo_id, _, _ in items} | {known for _, _, item in items if (known := uuid_of(item.id))}
    ids = sorted(asked)
    there: dict[uuid.UUID, bool] = {}
    for start in range(0, len(ids), _AT_ONCE * 10):
        part = ids[start : start + _AT_ONCE * 10]
        query = select(Todo.id, Todo.deleted_at.is_not(None)).where(Todo.owner_id == owner_id, Todo.id.in_(part))
        there |= dict((await session.execute(query)).all())
    return there


async def _restore(session: AsyncSession, owner_id: uuid.UUID, ids: list[uuid.UUID]) -> None:
    for start in range(0, len(ids), _AT_ONCE * 10):
        these = Todo.owner_id == owner_id, Todo.id.in_(ids[start : start + _AT_ONCE * 10])
        # In one order everywhere, else two requests could wait for each other for ever.
        await session.execute(select(Todo.id).where(*these).order_by(Todo.id).with_for_update())
        await session.execute(update(Todo).where(*these).values(deleted_at=None))


def _row(owner_id: uuid.UUID, todo_id: uuid.UUID, item: Item) -> dict[str, object]:
    values = item.model_dump(exclude={"id", "created_at"})
    if values["due_date"] is None:
        values["due_time"] = None
    if values["due_date"] is None or values["recurrence"] is None:
        values["anchor_day"] = None
    todo = Todo(**values)
    refuse_time_without_day(todo)
    row = {name: getattr(todo, name) for name in _COLUMNS}
    created = {"created_at": item.created_at} if item.created_at else {"created_at": datetime.now(tz=ZoneInfo("UTC"))}
    return {**row, **created, "recurrence": todo.recurrence_word, "id": todo_id, "owner_id": owner_id}

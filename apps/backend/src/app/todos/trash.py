"""Deleted todos: kept for 30 days, then gone for good."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from app.todos.cursors import read_cursor, write_cursor
from app.todos.models import Todo
from app.todos.service import lock_todo, not_found

KEPT = timedelta(days=30)
"""How long a todo stays in the trash."""


async def delete_todo(
    session: AsyncSession, *, owner_id: uuid.UUID, todo_id: uuid.UUID, version: int | None = None
) -> None:
    """Put one todo into the trash. 404 if there is none, 412 if it is not at `version`."""
    todo = await lock_todo(session, owner_id=owner_id, todo_id=todo_id, version=version)
    todo.deleted_at = func.now()
    await purge_old(session, owner_id=owner_id)
    await session.commit()


async def restore_todo(session: AsyncSession, *, owner_id: uuid.UUID, todo_id: uuid.UUID) -> Todo:
    """Take a todo out of the trash; one that is not in it stays as it is. 404 if it is gone for good."""
    await purge_old(session, owner_id=owner_id)
    query = select(Todo).where(Todo.id == todo_id, Todo.owner_id == owner_id).with_for_update()
    todo = await session.scalar(query) or not_found()
    todo.deleted_at = None
    await session.commit()
    return todo


async def list_trash(
    session: AsyncSession, *, owner_id: uuid.UUID, limit: int, cursor: str
) -> tuple[Sequence[Todo], str]:
    """Return one page of the trash, last deleted first, and the cursor of the next one ("" at the end)."""
    query = select(Todo).where(*_in_trash(owner_id))
    if cursor:
        query = query.where(tuple_(Todo.deleted_at, Todo.id) < read_cursor(cursor, _place))
    rows = (await session.scalars(query.order_by(Todo.deleted_at.desc(), Todo.id.desc()).limit(limit + 1))).all()
    shown = rows[:limit]
    if len(rows) == len(shown):
        return shown, ""
    return shown, write_cursor(str(shown[-1].deleted_at), str(shown[-1].id))


async def delete_for_good(session: AsyncSession, *, owner_id: uuid.UUID, todo_id: uuid.UUID) -> None:
    """Delete a todo that is in the trash. 404 if it is not."""
    statement = delete(Todo).where(*_in_trash(owner_id), Todo.id == todo_id)
    if await session.scalar(statement.returning(Todo.id)) is None:
        not_found()
    await session.commit()


async def empty_trash(session: AsyncSession, *, owner_id: uuid.UUID) -> int:
    """Delete all that is in the trash. Returns how many todos that were."""
    gone = (await session.scalars(delete(Todo).where(*_in_trash(owner_id)).returning(Todo.id))).all()
    await session.commit()
    return len(gone)


async def purge_old(session: AsyncSession, *, owner_id: uuid.UUID) -> None:
    """Delete for good what was in the owner's trash for too long."""
    await session.execute(delete(Todo).where(Todo.owner_id == owner_id, Todo.deleted_at < func.now() - KEPT))


def _in_trash(owner_id: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    # What is too old is gone for the owner, although only the next deletion or start of a pod removes it.
    return Todo.owner_id == owner_id, Todo.deleted_at >= func.now() - KEPT


def _place(deleted_at: str, todo_id: str) -> tuple[datetime, uuid.UUID]:
    moment = datetime.fromisoformat(deleted_at)
    if moment.tzinfo is None:
        raise ValueError("a moment has a zone")
    return moment, uuid.UUID(todo_id)

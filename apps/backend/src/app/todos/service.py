"""What can be done with todos. Everything is bound to one owner: others' todos do not exist here."""

import uuid
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.problems import Problem
from app.todos.models import Todo
from app.todos.recurrence import next_due_date
from app.todos.schemas import Bulk, Recurrence

UNDO = timedelta(days=1)
"""How long a deletion can be undone."""


async def add_todo(session: AsyncSession, *, owner_id: uuid.UUID, values: dict[str, Any]) -> Todo:
    """Add one todo."""
    todo = Todo(owner_id=owner_id, **values)
    session.add(todo)
    await session.commit()
    return todo


async def get_todo(session: AsyncSession, *, owner_id: uuid.UUID, todo_id: uuid.UUID) -> Todo:
    """Return one todo. 404 if the owner has no such todo."""
    todo = await session.scalar(select(Todo).where(*_one(owner_id, todo_id)))
    return todo or _not_found()


async def edit_todo(
    session: AsyncSession,
    *,
    owner_id: uuid.UUID,
    todo_id: uuid.UUID,
    changes: dict[str, Any],
    version: int | None = None,
) -> Todo:
    """Change the given columns. 404 if the owner has no such todo, 412 if it is no longer at `version`.

    Completing a repeating todo adds the next one, which takes over the recurrence.
    """
    todo = await session.scalar(select(Todo).where(*_one(owner_id, todo_id)).with_for_update()) or _not_found()
    _expect(todo, version)
    comes_again = not todo.done and bool(changes.get("done"))
    for name, value in changes.items():
        setattr(todo, name, value)
    if comes_again:
        _add_next(session, todo)
    if session.is_modified(todo):
        todo.version += 1
        todo.updated_at = func.now()
    await session.commit()
    await session.refresh(todo)
    return todo


async def delete_todo(
    session: AsyncSession, *, owner_id: uuid.UUID, todo_id: uuid.UUID, version: int | None = None
) -> None:
    """Delete one todo, so that it can be restored for a day. 404 if there is none, 412 if it is not at `version`."""
    todo = await session.scalar(select(Todo).where(*_one(owner_id, todo_id)).with_for_update()) or _not_found()
    _expect(todo, version)
    todo.deleted_at = func.now()
    await _purge(session, owner_id)
    await session.commit()


async def restore_todo(session: AsyncSession, *, owner_id: uuid.UUID, todo_id: uuid.UUID) -> Todo:
    """Undo a deletion; a todo that is not deleted stays as it is. 404 if it is gone for good."""
    await _purge(session, owner_id)
    query = select(Todo).where(Todo.id == todo_id, Todo.owner_id == owner_id).with_for_update()
    todo = await session.scalar(query) or _not_found()
    todo.deleted_at = None
    await session.commit()
    return todo


async def change_many(session: AsyncSession, *, owner_id: uuid.UUID, bulk: Bulk) -> list[uuid.UUID]:
    """Apply one action to many todos. Returns the ids of those that changed."""
    await _purge(session, owner_id)
    query = select(Todo).where(Todo.owner_id == owner_id, Todo.id.in_(bulk.ids)).order_by(Todo.id).with_for_update()
    changed = [todo for todo in await session.scalars(query) if _apply(session, todo, bulk)]
    await session.commit()
    return [todo.id for todo in changed]


def _apply(session: AsyncSession, todo: Todo, bulk: Bulk) -> bool:
    if bulk.action == "restore":
        todo.deleted_at, changed = None, todo.deleted_at is not None
        return changed
    if todo.deleted_at is not None:
        return False
    if bulk.action == "delete":
        todo.deleted_at = func.now()
        return True
    done = bulk.action == "complete"
    if todo.done == done:
        return False
    todo.done = done
    todo.version += 1
    todo.updated_at = func.now()
    if done:
        _add_next(session, todo)
    return True


def _add_next(session: AsyncSession, todo: Todo) -> None:
    if todo.recurrence is None:
        return
    recurrence = cast(Recurrence, todo.recurrence)
    due = next_due_date(todo.due_date or date.today(), recurrence)
    copied = {name: getattr(todo, name) for name in ("owner_id", "title", "notes", "priority", "tags", "position")}
    session.add(Todo(**copied, due_date=due, recurrence=recurrence))
    todo.recurrence = None


async def _purge(session: AsyncSession, owner_id: uuid.UUID) -> None:
    await session.execute(delete(Todo).where(Todo.owner_id == owner_id, Todo.deleted_at < func.now() - UNDO))


def _one(owner_id: uuid.UUID, todo_id: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    return Todo.id == todo_id, Todo.owner_id == owner_id, Todo.deleted_at.is_(None)


def _expect(todo: Todo, version: int | None) -> None:
    if version is not None and todo.version != version:
        detail = "The todo was changed in the meantime. Read it again and repeat your change."
        raise Problem(412, "todo-changed", detail, {"ETag": f'"{todo.version}"'})


def _not_found() -> Any:  # noqa: ANN401
    raise Problem(404, "todo-not-found", "You have no todo with this id.")

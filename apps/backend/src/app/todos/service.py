"""What can be done with todos. Everything is bound to one owner: others' todos do not exist here."""

import uuid
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.problems import Problem
from app.todos.models import Todo
from app.todos.recurrence import anchor_of, next_due_date
from app.todos.schemas import Bulk, Recurrence

UNDO = timedelta(days=1)
"""How long a deletion can be undone."""
_COPIED = ("title", "notes", "priority", "tags", "position")


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
    today: date,
    version: int | None = None,
) -> Todo:
    """Change the given columns. 404 if the owner has no such todo, 412 if it is no longer at `version`.

    Completing a repeating todo adds the next one, due on `today` or later, which takes over the recurrence. Reopening
    it takes that one back, unless it was changed since.
    """
    todo = await session.scalar(select(Todo).where(*_one(owner_id, todo_id)).with_for_update()) or _not_found()
    _expect(todo, version)
    was_done, repeated = todo.done, (todo.due_date, todo.recurrence)
    for name, value in changes.items():
        setattr(todo, name, value)
    if repeated != (todo.due_date, todo.recurrence):
        todo.anchor_day = None
    if todo.done and not was_done:
        _add_next(session, todo, today)
    elif was_done and not todo.done:
        recurrence = await _take_back_next(session, todo)
        if "recurrence" not in changes:
            todo.recurrence = recurrence or todo.recurrence
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


async def change_many(session: AsyncSession, *, owner_id: uuid.UUID, bulk: Bulk, today: date) -> list[uuid.UUID]:
    """Apply one action to many todos, as `edit_todo` would to each. Returns the ids of those that changed."""
    await _purge(session, owner_id)
    query = select(Todo).where(Todo.owner_id == owner_id, Todo.id.in_(bulk.ids)).order_by(Todo.id).with_for_update()
    changed = [todo.id for todo in await session.scalars(query) if await _apply(session, todo, bulk, today)]
    await session.commit()
    return changed


async def _apply(session: AsyncSession, todo: Todo, bulk: Bulk, today: date) -> bool:
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
        _add_next(session, todo, today)
    else:
        todo.recurrence = await _take_back_next(session, todo) or todo.recurrence
    return True


def _add_next(session: AsyncSession, todo: Todo, today: date) -> None:
    if todo.recurrence is None:
        return
    recurrence = cast(Recurrence, todo.recurrence)
    last = todo.due_date or today
    anchor_day = anchor_of(last, todo.anchor_day)
    due = next_due_date(last, recurrence, today=today, anchor_day=anchor_day)
    copied = {name: getattr(todo, name) for name in ("owner_id", *_COPIED)}
    todo.successor_id = uuid.uuid4()
    session.add(Todo(**copied, id=todo.successor_id, due_date=due, recurrence=recurrence, anchor_day=anchor_day))
    todo.recurrence = None


async def _take_back_next(session: AsyncSession, todo: Todo) -> str | None:
    """Take the recurrence back from the todo that follows, unless its owner changed that. Returns the recurrence.

    The todo that follows is deleted for good. If its owner deleted it, it can still be restored, but does not repeat.
    """
    if todo.successor_id is None:
        return None
    # Deleted ones too: whoever deletes the next one and unticks this one wants it to repeat.
    following = select(Todo).where(Todo.id == todo.successor_id, Todo.owner_id == todo.owner_id).with_for_update()
    successor = await session.scalar(following)
    todo.successor_id = None
    if successor is None:
        return None
    if successor.deleted_at is not None:
        recurrence, successor.recurrence = successor.recurrence, None
        return recurrence
    if not _is_as_added(successor, todo):
        return None
    await session.delete(successor)
    return successor.recurrence


def _is_as_added(successor: Todo, todo: Todo) -> bool:
    if successor.version == 1:
        return True
    # A higher version may mean only that it was ticked and unticked. A new date or recurrence resets the anchor.
    same = all(getattr(successor, name) == getattr(todo, name) for name in _COPIED)
    return same and not successor.done and successor.anchor_day is not None


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

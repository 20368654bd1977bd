"""What can be done with todos. Everything is bound to one owner: others' todos do not exist here."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.problems import Problem
from app.todos.models import Todo
from app.todos.repeating import add_next, leave_series, rejoin_series, skip, take_back_next
from app.todos.schemas import Scope


async def add_todo(session: AsyncSession, *, owner_id: uuid.UUID, values: dict[str, Any], most: int) -> Todo:
    """Add one todo. 409 if the owner has `most` already, 422 for a time without a day."""
    await expect_room(session, owner_id=owner_id, wanted=1, most=most)
    todo = Todo(owner_id=owner_id, **values)
    refuse_time_without_day(todo)
    session.add(todo)
    await session.commit()
    return todo


async def add_todo_once(
    session: AsyncSession, *, owner_id: uuid.UUID, todo_id: uuid.UUID, values: dict[str, Any], most: int
) -> tuple[Todo, bool]:
    """Add one todo with this id, unless the owner has one. Return it, and whether it was added just now.

    One that is there already stays as it is, also in the trash. 409 if the id is not free, and as `add_todo` says.
    """
    known = await _own_with_id(session, owner_id=owner_id, todo_id=todo_id)
    if known is not None:
        return known, False
    try:
        return await add_todo(session, owner_id=owner_id, values={"id": todo_id, **values}, most=most), True
    except IntegrityError:
        # The same request came a second time while this one was looked at.
        await session.rollback()
        known = await _own_with_id(session, owner_id=owner_id, todo_id=todo_id)
        if known is None:
            raise
        return known, False


async def _own_with_id(session: AsyncSession, *, owner_id: uuid.UUID, todo_id: uuid.UUID) -> Todo | None:
    todo = await session.get(Todo, todo_id)
    if todo is not None and todo.owner_id != owner_id:
        raise Problem(409, "id-not-free", "A new todo cannot have this id. Send it with another one.")
    return todo


async def expect_room(session: AsyncSession, *, owner_id: uuid.UUID, wanted: int, most: int) -> None:
    """409 if the owner would have more than `most` todos, with those in the trash. Adds at once may exceed it a bit."""
    # Who has more than enough need not be counted to the end.
    own = select(Todo.id).where(Todo.owner_id == owner_id).limit(most + 1).subquery()
    count = await session.scalar(select(func.count()).select_from(own)) or 0
    if count + wanted > most:
        detail = (
            f"An account holds at most {most} todos, with those in the trash, and you have {count}."
            " Delete some, and empty the trash."
        )
        raise Problem(409, "too-many-todos", detail)


async def get_todo(session: AsyncSession, *, owner_id: uuid.UUID, todo_id: uuid.UUID) -> Todo:
    """Return one todo. 404 if the owner has no such todo."""
    todo = await session.scalar(select(Todo).where(*one_of(owner_id, todo_id)))
    return todo or not_found()


async def edit_todo(
    session: AsyncSession,
    *,
    owner_id: uuid.UUID,
    todo_id: uuid.UUID,
    changes: dict[str, Any],
    now: datetime,
    version: int | None = None,
    scope: Scope = "all",
) -> Todo:
    """Change the given columns. 404 if the owner has no such todo, 412 if it is no longer at `version`.

    `now` is what the owner's clock says. Completing a repeating todo adds the next one, which takes over the recurrence
    and is not in the past. Reopening it takes that one back, unless it was changed since. With the scope `one`, the
    next one is added at once as this one was before, and the scope `rejoin` takes that back.
    """
    todo = await lock_todo(session, owner_id=owner_id, todo_id=todo_id, version=version)
    anchor_day = await rejoin_series(session, todo, changes) if scope == "rejoin" else None
    if scope == "one" and todo.recurrence is not None and not todo.done:
        leave_series(session, todo, now)
        # The recurrence goes on with the one that follows: set here too, there would be two.
        changes.pop("recurrence", None)
    await change(session, todo, changes, now)
    todo.anchor_day = anchor_day or todo.anchor_day
    return await _stored(session, todo)


async def skip_todo(
    session: AsyncSession, *, owner_id: uuid.UUID, todo_id: uuid.UUID, now: datetime, version: int | None = None
) -> Todo:
    """Make a repeating todo due at its next time. 404, 409 or 412 if that cannot be."""
    todo = await lock_todo(session, owner_id=owner_id, todo_id=todo_id, version=version)
    skip(todo, now)
    _count_change(todo)
    return await _stored(session, todo)


async def change(session: AsyncSession, todo: Todo, changes: dict[str, Any], now: datetime) -> bool:
    """Change a todo that is locked, as `edit_todo` says, without storing it. True if it is another one now."""
    was_done, repeated = todo.done, (todo.due_date, todo.recurrence)
    for name, value in changes.items():
        setattr(todo, name, value)
    if changes.get("due_date", todo.due_date) is None and "due_time" not in changes:
        todo.due_time = None
    refuse_time_without_day(todo)
    if repeated != (todo.due_date, todo.recurrence):
        todo.anchor_day = None
    if todo.done and not was_done:
        add_next(session, todo, now)
    elif was_done and not todo.done:
        recurrence = await take_back_next(session, todo)
        if "recurrence" not in changes:
            todo.recurrence = recurrence or todo.recurrence
    changed = session.is_modified(todo)
    if changed:
        _count_change(todo)
    return changed


def refuse_time_without_day(todo: Todo) -> None:
    """422 if a todo has a time of day, and no day."""
    if todo.due_time is not None and todo.due_date is None:
        raise Problem(422, "due-time-without-date", "A time needs a day: give the todo a due date, too.")


async def lock_todo(
    session: AsyncSession, *, owner_id: uuid.UUID, todo_id: uuid.UUID, version: int | None = None
) -> Todo:
    """Return a todo that nobody else changes until the end of the transaction. 404 if there is none, 412 as above."""
    todo = await session.scalar(select(Todo).where(*one_of(owner_id, todo_id)).with_for_update()) or not_found()
    if version is not None and todo.version != version:
        detail = "The todo was changed in the meantime. Read it again and repeat your change."
        raise Problem(412, "todo-changed", detail, {"ETag": f'"{todo.version}"'})
    return todo


def one_of(owner_id: uuid.UUID, todo_id: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    """Return what is true of one todo of an owner, unless it is in the trash."""
    return Todo.id == todo_id, Todo.owner_id == owner_id, Todo.deleted_at.is_(None)


def not_found() -> Any:  # noqa: ANN401
    """404: there is no such todo, or it is not the caller's."""
    raise Problem(404, "todo-not-found", "You have no todo with this id.")


def _count_change(todo: Todo) -> None:
    todo.version += 1
    todo.updated_at = func.now()


async def _stored(session: AsyncSession, todo: Todo) -> Todo:
    await session.commit()
    await session.refresh(todo)
    return todo

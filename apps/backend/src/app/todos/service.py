"""What can be done with todos. Everything is bound to one owner: others' todos do not exist here."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.problems import Problem
from app.todos.models import Todo


async def list_todos(session: AsyncSession, *, owner_id: uuid.UUID) -> Sequence[Todo]:
    """Return the todos, newest first."""
    query = select(Todo).where(Todo.owner_id == owner_id).order_by(Todo.created_at.desc(), Todo.id.desc())
    return (await session.scalars(query)).all()


async def add_todo(session: AsyncSession, *, owner_id: uuid.UUID, title: str) -> Todo:
    """Add one todo."""
    todo = Todo(owner_id=owner_id, title=title)
    session.add(todo)
    await session.commit()
    return todo


async def edit_todo(session: AsyncSession, *, owner_id: uuid.UUID, todo_id: uuid.UUID, changes: dict[str, Any]) -> Todo:
    """Change the given columns. 404 if the owner has no such todo."""
    statement = (
        update(Todo)
        .where(Todo.id == todo_id, Todo.owner_id == owner_id)
        .values(**changes, updated_at=func.now())
        .returning(Todo)
    )
    todo = await session.scalar(statement)
    await session.commit()
    if todo is None:
        raise _not_found()
    return todo


async def delete_todo(session: AsyncSession, *, owner_id: uuid.UUID, todo_id: uuid.UUID) -> None:
    """Delete one todo. 404 if the owner has no such todo."""
    statement = delete(Todo).where(Todo.id == todo_id, Todo.owner_id == owner_id).returning(Todo.id)
    deleted = await session.scalar(statement)
    await session.commit()
    if deleted is None:
        raise _not_found()


def _not_found() -> Problem:
    return Problem(404, "todo-not-found", "You have no todo with this id.")

"""Todo endpoints."""

import uuid
from collections.abc import Sequence

from fastapi import APIRouter

from app.auth.dependencies import CurrentUser
from app.database import SessionDep
from app.todos import service
from app.todos.models import Todo
from app.todos.schemas import TodoCreate, TodoOut, TodoUpdate

router = APIRouter(prefix="/todos", tags=["todos"])


@router.get("", response_model=list[TodoOut])
async def list_todos(user: CurrentUser, session: SessionDep) -> Sequence[Todo]:
    """Return the caller's todos, newest first."""
    return await service.list_todos(session, owner_id=user.id)


@router.post("", status_code=201, response_model=TodoOut)
async def add_todo(body: TodoCreate, user: CurrentUser, session: SessionDep) -> Todo:
    """Add a todo."""
    return await service.add_todo(session, owner_id=user.id, title=body.title)


@router.patch("/{todo_id}", response_model=TodoOut)
async def edit_todo(todo_id: uuid.UUID, body: TodoUpdate, user: CurrentUser, session: SessionDep) -> Todo:
    """Change the fields that are sent."""
    changes = body.model_dump(exclude_unset=True)
    return await service.edit_todo(session, owner_id=user.id, todo_id=todo_id, changes=changes)


@router.delete("/{todo_id}", status_code=204)
async def delete_todo(todo_id: uuid.UUID, user: CurrentUser, session: SessionDep) -> None:
    """Delete a todo."""
    await service.delete_todo(session, owner_id=user.id, todo_id=todo_id)

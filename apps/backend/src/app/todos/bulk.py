"""One action for many todos."""

import uuid
from datetime import datetime
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.problems import Problem
from app.todos import service
from app.todos.models import Todo
from app.todos.schemas import Bulk, BulkChanges, ItemResult, Tags
from app.todos.trash import purge_old

_TAGS: TypeAdapter[list[str]] = TypeAdapter(Tags)
_Result = Literal["changed", "unchanged"]


async def change_many(session: AsyncSession, *, owner_id: uuid.UUID, bulk: Bulk, now: datetime) -> list[ItemResult]:
    """Apply one action to many todos, as it would be applied to each. `now` is what the owner's clock says.

    Returns what became of each, in the order of `bulk.ids`. All of it is stored, or nothing.
    """
    await purge_old(session, owner_id=owner_id)
    # In one order everywhere, else two requests could wait for each other for ever.
    query = select(Todo).where(Todo.owner_id == owner_id, Todo.id.in_(bulk.ids)).order_by(Todo.id).with_for_update()
    todos = (await session.scalars(query)).all()
    results = {todo.id: await _result(session, todo, bulk, now) for todo in todos}
    await session.commit()
    return [results.get(todo_id, ItemResult(id=todo_id, result="not-found")) for todo_id in dict.fromkeys(bulk.ids)]


async def _result(session: AsyncSession, todo: Todo, bulk: Bulk, now: datetime) -> ItemResult:
    todo_id = todo.id
    try:
        return ItemResult(id=todo_id, result=await _apply(session, todo, bulk, now))
    except Problem as problem:
        session.expire(todo)
        return ItemResult(id=todo_id, result="refused", detail=problem.detail)


async def _apply(session: AsyncSession, todo: Todo, bulk: Bulk, now: datetime) -> _Result:
    if (todo.deleted_at is not None) != (bulk.action in ("restore", "purge")):
        return "unchanged"
    match bulk.action:
        case "restore":
            todo.deleted_at = None
        case "delete":
            todo.deleted_at = func.now()
        case "purge":
            await session.delete(todo)
        case "complete" | "reopen":
            done = bulk.action == "complete"
            return "changed" if await service.change(session, todo, {"done": done}, now) else "unchanged"
        case "edit":
            changes = _changes(todo, bulk.changes or BulkChanges())
            return "changed" if await service.change(session, todo, changes, now) else "unchanged"
    return "changed"


def _changes(todo: Todo, wanted: BulkChanges) -> dict[str, Any]:
    changes = wanted.model_dump(exclude_unset=True)
    added, removed = changes.pop("add_tags", []), changes.pop("remove_tags", [])
    tags = [tag for tag in dict.fromkeys([*todo.tags, *added]) if tag not in removed]
    try:
        changes["tags"] = _TAGS.validate_python(tags)
    except ValidationError as error:
        raise Problem(422, "too-many-tags", "A todo has at most 20 tags.") from error
    return changes

"""Todo endpoints."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from app.auth.dependencies import AccessTokenDep, CurrentUser, session_over
from app.database import Reads, SessionDep
from app.todos import listing, service
from app.todos.models import Todo
from app.todos.schemas import Bulk, BulkResult, TodoCreate, TodoOut, TodoQuery, TodoUpdate
from app.zone import Zone, today_in

router = APIRouter(prefix="/todos", tags=["todos"])

IfMatch = Annotated[
    str,
    Header(
        pattern=r'^(\*|"?[0-9]{1,9}"?)$', description="ETag of the todo as you know it: refuse if it changed since."
    ),
]
_ANY = "*"


@router.get("", response_model=list[TodoOut])
async def list_todos(query: Annotated[TodoQuery, Query()], token: AccessTokenDep, request: Request) -> Response:
    """Return one page of the caller's todos. `X-Next-Cursor` is there if there are more."""
    reads: Reads = request.app.state.reads
    page = await listing.list_todos(reads, owner_id=token.user_id, query=query, session_id=token.session_id)
    if page is None:
        raise session_over()
    headers = {"X-Next-Cursor": page.next_cursor} if page.next_cursor else None
    return Response(page.json, headers=headers, media_type="application/json")


@router.post("", status_code=201, response_model=TodoOut)
async def add_todo(body: TodoCreate, user: CurrentUser, session: SessionDep, response: Response) -> Todo:
    """Add a todo."""
    todo = await service.add_todo(session, owner_id=user.id, values=body.model_dump())
    return _tagged(response, todo)


@router.post("/bulk")
async def change_many(body: Bulk, user: CurrentUser, session: SessionDep, zone: Zone) -> BulkResult:
    """Complete, reopen, delete or restore many todos at once: all or none."""
    ids = await service.change_many(session, owner_id=user.id, bulk=body, today=today_in(zone))
    return BulkResult(ids=ids)


@router.get("/{todo_id:uuid}", response_model=TodoOut)
async def read_todo(todo_id: uuid.UUID, user: CurrentUser, session: SessionDep, response: Response) -> Todo:
    """Return one todo."""
    return _tagged(response, await service.get_todo(session, owner_id=user.id, todo_id=todo_id))


@router.patch("/{todo_id:uuid}", response_model=TodoOut)
async def edit_todo(
    todo_id: uuid.UUID,
    body: TodoUpdate,
    user: CurrentUser,
    session: SessionDep,
    response: Response,
    zone: Zone,
    if_match: IfMatch = _ANY,
) -> Todo:
    """Change the fields that are sent. Completing a repeating todo adds the next one, reopening it takes that back."""
    todo = await service.edit_todo(
        session,
        owner_id=user.id,
        todo_id=todo_id,
        changes=body.model_dump(exclude_unset=True),
        today=today_in(zone),
        version=_version(if_match),
    )
    return _tagged(response, todo)


@router.delete("/{todo_id:uuid}", status_code=204)
async def delete_todo(todo_id: uuid.UUID, user: CurrentUser, session: SessionDep, if_match: IfMatch = _ANY) -> None:
    """Delete a todo. It can be restored for a day."""
    await service.delete_todo(session, owner_id=user.id, todo_id=todo_id, version=_version(if_match))


@router.post("/{todo_id:uuid}/restore", response_model=TodoOut)
async def restore_todo(todo_id: uuid.UUID, user: CurrentUser, session: SessionDep, response: Response) -> Todo:
    """Undo a deletion."""
    return _tagged(response, await service.restore_todo(session, owner_id=user.id, todo_id=todo_id))


def _tagged(response: Response, todo: Todo) -> Todo:
    response.headers["ETag"] = f'"{todo.version}"'
    return todo


def _version(if_match: str) -> int | None:
    return None if if_match == _ANY else int(if_match.strip('"'))

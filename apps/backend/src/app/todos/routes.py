"""Todo endpoints."""

import uuid
from collections.abc import Sequence
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, FastAPI, Header, Query, Request, Response

from app.auth.dependencies import AccessTokenDep, CurrentUser, SettingsDep, session_over
from app.database import Reads, SessionDep
from app.todos import bulk, listing, service, trash
from app.todos.list_route import ListRoute
from app.todos.models import Todo
from app.todos.schemas import (
    Bulk,
    BulkResult,
    Emptied,
    Scope,
    TodoCounts,
    TodoCreate,
    TodoOut,
    TodoQuery,
    TodoUpdate,
    TrashedTodo,
    TrashQuery,
)
from app.zone import SentZone, Zone, zone_of
from app.zones import UTC, now_in

router = APIRouter(prefix="/todos", tags=["todos"])

IfMatch = Annotated[
    str,
    Header(
        pattern=r'^(\*|"?[0-9]{1,9}"?)$', description="ETag of the todo as you know it: refuse if it changed since."
    ),
]
_ANY = "*"


async def list_todos(
    query: Annotated[TodoQuery, Query()], token: AccessTokenDep, request: Request, zone: SentZone
) -> Response:
    """Return one page of the caller's todos. `X-Next-Cursor` is there if there are more."""
    reads: Reads = request.app.state.reads
    # Most lists do not depend on the day: they need not look up the account.
    if zone is None:
        zone = await zone_of(reads, user_id=token.user_id) if query.due else ZoneInfo(UTC)
    page = await listing.list_todos(
        reads, owner_id=token.user_id, query=query, now=now_in(zone), session_id=token.session_id
    )
    if page is None:
        raise session_over()
    headers = {"X-Next-Cursor": page.next_cursor} if page.next_cursor else None
    return Response(page.json, headers=headers, media_type="application/json")


def add_list_route(app: FastAPI, prefix: str) -> None:
    """Serve the list at `prefix`. By itself, since FastAPI looks twice through a router that is included."""
    app.router.add_api_route(
        f"{prefix}{router.prefix}",
        list_todos,
        methods=["GET"],
        response_model=list[TodoOut],
        tags=[*router.tags],
        route_class_override=ListRoute,
    )


@router.get("/counts", response_model=TodoCounts)
async def count_todos(user: CurrentUser, request: Request, zone: Zone) -> listing.Counts:
    """Return how many todos the caller has of each kind."""
    return await listing.count_todos(request.app.state.reads, owner_id=user.id, now=now_in(zone))


@router.post(
    "",
    status_code=201,
    response_model=TodoOut,
    responses={200: {"model": TodoOut, "description": "It was added before, and is as it is now"}},
)
async def add_todo(
    body: TodoCreate, user: CurrentUser, session: SessionDep, settings: SettingsDep, response: Response
) -> Todo:
    """Add a todo. With an `id` of the caller's choice it can be sent again until an answer comes, and is added once.

    One that was added before is the answer, whatever it is like by now. It may be in the trash.
    """
    values, most = body.model_dump(exclude={"id"}), settings.max_todos
    if body.id is None:
        return _tagged(response, await service.add_todo(session, owner_id=user.id, values=values, most=most))
    todo, added = await service.add_todo_once(session, owner_id=user.id, todo_id=body.id, values=values, most=most)
    if not added:
        response.status_code = 200
    return _tagged(response, todo)


@router.post("/bulk")
async def change_many(body: Bulk, user: CurrentUser, session: SessionDep, zone: Zone) -> BulkResult:
    """Do one thing to many todos at once. All of it is stored, or nothing."""
    results = await bulk.change_many(session, owner_id=user.id, bulk=body, now=now_in(zone))
    return BulkResult(ids=[item.id for item in results if item.result == "changed"], results=results)


@router.get("/trash", response_model=list[TrashedTodo])
async def list_trash(
    query: Annotated[TrashQuery, Query()], user: CurrentUser, session: SessionDep, response: Response
) -> Sequence[Todo]:
    """Return one page of the caller's trash, last deleted first. `X-Next-Cursor` is there if there are more."""
    todos, cursor = await trash.list_trash(session, owner_id=user.id, limit=query.limit, cursor=query.cursor)
    if cursor:
        response.headers["X-Next-Cursor"] = cursor
    return todos


@router.delete("/trash")
async def empty_trash(user: CurrentUser, session: SessionDep) -> Emptied:
    """Delete for good all that is in the trash."""
    return Emptied(deleted=await trash.empty_trash(session, owner_id=user.id))


@router.delete("/trash/{todo_id:uuid}", status_code=204)
async def delete_for_good(todo_id: uuid.UUID, user: CurrentUser, session: SessionDep) -> None:
    """Delete for good a todo that is in the trash."""
    await trash.delete_for_good(session, owner_id=user.id, todo_id=todo_id)


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
    scope: Annotated[
        Scope, Query(description="Of a repeating todo: it and all that follow, or this one; `rejoin` undoes `one`.")
    ] = "all",
) -> Todo:
    """Change the fields that are sent. Completing a repeating todo adds the next one, reopening it takes that back.

    With the scope `one`, the todo no longer repeats, and the next one is added at once as this one was before.
    The scope `rejoin` takes that back: the todo repeats again, and the next one is deleted for good. If that was
    changed since, it stays, and only it repeats.
    """
    todo = await service.edit_todo(
        session,
        owner_id=user.id,
        todo_id=todo_id,
        changes=body.model_dump(exclude_unset=True),
        now=now_in(zone),
        version=_version(if_match),
        scope=scope,
    )
    return _tagged(response, todo)


@router.post("/{todo_id:uuid}/skip", response_model=TodoOut)
async def skip_todo(
    todo_id: uuid.UUID,
    user: CurrentUser,
    session: SessionDep,
    response: Response,
    zone: Zone,
    if_match: IfMatch = _ANY,
) -> Todo:
    """Make a repeating todo due at its next time, without completing it."""
    version = _version(if_match)
    todo = await service.skip_todo(session, owner_id=user.id, todo_id=todo_id, now=now_in(zone), version=version)
    return _tagged(response, todo)


@router.delete("/{todo_id:uuid}", status_code=204)
async def delete_todo(todo_id: uuid.UUID, user: CurrentUser, session: SessionDep, if_match: IfMatch = _ANY) -> None:
    """Put a todo into the trash. It can be restored for 30 days."""
    await trash.delete_todo(session, owner_id=user.id, todo_id=todo_id, version=_version(if_match))


@router.post("/{todo_id:uuid}/restore", response_model=TodoOut)
async def restore_todo(todo_id: uuid.UUID, user: CurrentUser, session: SessionDep, response: Response) -> Todo:
    """Take a todo out of the trash."""
    return _tagged(response, await trash.restore_todo(session, owner_id=user.id, todo_id=todo_id))


def _tagged(response: Response, todo: Todo) -> Todo:
    response.headers["ETag"] = f'"{todo.version}"'
    return todo


def _version(if_match: str) -> int | None:
    return None if if_match == _ANY else int(if_match.strip('"'))

"""Endpoints of export, import and feed."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import StreamingResponse

from app.auth.dependencies import CurrentUser, SettingsDep
from app.database import SessionDep
from app.transfer import feed, service, writing
from app.transfer.schemas import ExportQuery, FeedOut, ImportInput, ImportResult, NewFeed
from app.zone import Zone

router = APIRouter(tags=["transfer"])
_FILE = {"schema": {"type": "string"}}
_FILES = {"application/json": {"schema": {"type": "object"}}, "text/csv": _FILE, "text/calendar": _FILE}
_EXPORT = {200: {"description": "The file", "content": _FILES}}
_CALENDAR = {200: {"description": "The calendar", "content": {"text/calendar": _FILE}}}


@router.get("/todos/export", response_class=StreamingResponse, responses=_EXPORT)  # type: ignore[arg-type]
async def export_todos(
    query: Annotated[ExportQuery, Query()], user: CurrentUser, session: SessionDep, request: Request, zone: Zone
) -> StreamingResponse:
    """Return all todos of the caller as a file, without the trash."""
    await session.close()
    pages = service.pages_of(request.app.state.reads, owner_id=user.id)
    headers = {"Content-Disposition": f'attachment; filename="todos.{query.format}"'}
    content = writing.write(pages, query.format, zone)
    return StreamingResponse(content, headers=headers, media_type=writing.MEDIA_TYPES[query.format])


@router.post("/todos/import")
async def import_todos(
    body: ImportInput, user: CurrentUser, session: SessionDep, settings: SettingsDep, zone: Zone
) -> ImportResult:
    """Add the todos of a file. Those that are there already stay as they are; those in the trash are restored."""
    return await service.import_todos(
        session, owner_id=user.id, content=body.content, format_=body.format, zone=zone, most=settings.max_todos
    )


@router.get("/todos/feed")
async def read_feed(user: CurrentUser, session: SessionDep) -> FeedOut:
    """Say whether the caller has a calendar at a secret address."""
    return await feed.read_feed(session, owner_id=user.id)


@router.post("/todos/feed", status_code=201)
async def make_feed(user: CurrentUser, session: SessionDep) -> NewFeed:
    """Make a calendar at a secret address. The address before is worthless from now on."""
    return await feed.make_feed(session, owner_id=user.id)


@router.delete("/todos/feed", status_code=204)
async def revoke_feed(user: CurrentUser, session: SessionDep) -> None:
    """Make the secret address worthless."""
    await feed.revoke_feed(session, owner_id=user.id)


@router.get("/feeds/{secret}.ics", response_class=StreamingResponse, responses=_CALENDAR)  # type: ignore[arg-type]
async def read_calendar(
    secret: Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,100}$")], session: SessionDep, request: Request
) -> StreamingResponse:
    """Return the open todos with a due date as a calendar. The address is the proof that its reader may."""
    owner_id, zone = await feed.find_owner(session, secret=secret)
    await session.close()
    pages = service.pages_of(request.app.state.reads, owner_id=owner_id, open_only=True)
    headers = {"Cache-Control": "private, no-store"}
    return StreamingResponse(writing.write_events(pages, zone), headers=headers, media_type=writing.MEDIA_TYPES["ics"])

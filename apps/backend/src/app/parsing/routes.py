"""The endpoint of the parser."""

from anyio import to_thread
from fastapi import APIRouter

from app.parsing.parse import parse
from app.parsing.schemas import Parsed, ParseInput
from app.zone import Zone
from app.zones import now_in

router = APIRouter(prefix="/todos", tags=["todos"])


@router.post("/parse")
async def parse_text(body: ParseInput, zone: Zone) -> Parsed:
    """Say what a line means as a todo. Stores nothing."""
    now = now_in(zone)
    # The library for dates is large, and loaded by the first text.
    return await to_thread.run_sync(lambda: parse(body.text, now=now, locale=body.locale, keep=body.keep))

"""In which time zone is the caller?"""

import uuid
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Header

from app.auth.dependencies import CurrentUser
from app.database import Reads
from app.zones import UTC, ZONE_NAME, find_zone


async def zone_of(reads: Reads, *, user_id: uuid.UUID) -> ZoneInfo:
    """Return the time zone of an account; UTC if this machine does not know it, or there is no such account."""
    rows = await reads.rows("SELECT time_zone FROM users WHERE id = %(user_id)s", {"user_id": user_id})
    return (find_zone(rows[0][0]) if rows else None) or ZoneInfo(UTC)


async def _sent_zone(
    x_time_zone: Annotated[
        str,
        Header(
            pattern=ZONE_NAME,
            description="The caller's time zone, such as Europe/Berlin. If it is not sent or not known, the account's.",
        ),
    ] = "",
) -> ZoneInfo | None:
    # A browser may know a zone that is newer than this machine's list. It should still be able to tick a todo.
    return find_zone(x_time_zone)


SentZone = Annotated[ZoneInfo | None, Depends(_sent_zone)]
"""The time zone that the request names, if it is known."""


async def _zone(sent: SentZone, user: CurrentUser) -> ZoneInfo:
    return sent or find_zone(user.time_zone) or ZoneInfo(UTC)


Zone = Annotated[ZoneInfo, Depends(_zone)]
"""The caller's time zone: of the request, else of the account, else UTC."""

"""Where is the caller, and what day is it there?"""

from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import Depends, Header

_UTC = "UTC"


async def _zone(
    x_time_zone: Annotated[
        str,
        Header(
            pattern=r"^[A-Za-z0-9_+/-]{0,64}$",
            description="The caller's time zone, such as Europe/Berlin. A name that is not known counts as UTC.",
        ),
    ] = _UTC,
) -> ZoneInfo:
    try:
        return ZoneInfo(x_time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # A browser may know a zone that is newer than this machine's list. It should still be able to tick a todo.
        return ZoneInfo(_UTC)


Zone = Annotated[ZoneInfo, Depends(_zone)]
"""The caller's time zone."""


def today_in(zone: ZoneInfo) -> date:
    """Return the day that it is now in a time zone."""
    return datetime.now(zone).date()

"""Time zones by name, and what time it is there."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

UTC = "UTC"
ZONE_NAME = r"^[A-Za-z0-9_+/-]{0,64}$"
"""Pattern of what may be a name."""


def find_zone(name: str | None) -> ZoneInfo | None:
    """Return the time zone of this name, such as Europe/Berlin; None if this machine does not know it."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def now_in(zone: ZoneInfo) -> datetime:
    """Return what calendar and clock say now in a time zone. The result has no zone."""
    return datetime.now(zone).replace(tzinfo=None)

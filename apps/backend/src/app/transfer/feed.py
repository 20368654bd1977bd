"""The calendar at a secret address, which other calendars read without signing in."""

import hashlib
import secrets
import uuid
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.models import User
from app.problems import Problem
from app.transfer.models import Feed
from app.transfer.schemas import FeedOut, NewFeed
from app.zones import UTC, find_zone


async def read_feed(session: AsyncSession, *, owner_id: uuid.UUID) -> FeedOut:
    """Say whether there is a feed, and since when."""
    feed = await session.get(Feed, owner_id)
    return FeedOut(active=feed is not None, created_at=feed.created_at if feed else None)


async def make_feed(session: AsyncSession, *, owner_id: uuid.UUID) -> NewFeed:
    """Make a new secret address. The one before is worthless from now on."""
    secret = secrets.token_urlsafe(32)
    values = {"secret_hash": _hash(secret), "created_at": func.now()}
    statement = insert(Feed).values(owner_id=owner_id, **values)
    statement = statement.on_conflict_do_update(index_elements=[Feed.owner_id], set_=values)
    created_at = (await session.execute(statement.returning(Feed.created_at))).scalar_one()
    await session.commit()
    return NewFeed(path=f"/feeds/{secret}.ics", created_at=created_at)


async def revoke_feed(session: AsyncSession, *, owner_id: uuid.UUID) -> None:
    """Make the secret address worthless, if there is one."""
    await session.execute(delete(Feed).where(Feed.owner_id == owner_id))
    await session.commit()


async def find_owner(session: AsyncSession, *, secret: str) -> tuple[uuid.UUID, ZoneInfo]:
    """Return whose feed has this secret, and their time zone. 404 if it is nobody's."""
    query = select(User.id, User.time_zone).join(Feed, Feed.owner_id == User.id)
    row = (await session.execute(query.where(Feed.secret_hash == _hash(secret)))).one_or_none()
    if row is None:
        raise Problem(404, "feed-not-found", "There is no calendar at this address, or it was revoked.")
    return row.id, find_zone(row.time_zone) or ZoneInfo(UTC)


def _hash(secret: str) -> str:
    # Of 256 random bits: nothing that could be guessed needs to be slowed down.
    return hashlib.sha256(secret.encode()).hexdigest()

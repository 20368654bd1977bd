"""Slows down guessing of passwords. The counters are in the database, so that all replicas share them."""

import hashlib
from datetime import timedelta

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert

from app.auth.models import Throttle
from app.problems import Problem

WINDOW = timedelta(minutes=15)
MOST_PER_ACCOUNT_AND_ADDRESS = 10
MOST_PER_ACCOUNT = 100
MOST_PER_ADDRESS = 200


async def count_attempt(session: AsyncSession, *, email: str, address: str) -> None:
    """Count one sign-in, before the password is looked at. 429 if there were too many within the window."""
    limits = {
        _key("account and address", email, address): MOST_PER_ACCOUNT_AND_ADDRESS,
        _key("account", email): MOST_PER_ACCOUNT,
        _key("address", address): MOST_PER_ADDRESS,
    }
    await session.execute(delete(Throttle).where(Throttle.since < func.now() - WINDOW))
    await session.commit()
    # In one order everywhere, else two sign-ins could wait for each other for ever.
    for key in sorted(limits):
        attempts = await session.scalar(_increment(key))
        if attempts is not None and attempts > limits[key]:
            await session.commit()
            detail = "Too many attempts to sign in. Wait a quarter of an hour."
            raise Problem(429, "too-many-attempts", detail, {"Retry-After": str(int(WINDOW.total_seconds()))})
    await session.commit()


async def forget_attempts(session: AsyncSession, *, email: str, address: str) -> None:
    """After a success, the owner's earlier mistakes from the same place do not count."""
    key = _key("account and address", email, address)
    await session.execute(delete(Throttle).where(Throttle.key == key))
    await session.commit()


def _increment(key: str) -> ReturningInsert[int]:
    statement = insert(Throttle).values(key=key, attempts=1, since=func.now())
    return statement.on_conflict_do_update(
        index_elements=[Throttle.key],
        set_={"attempts": Throttle.attempts + 1},
    ).returning(Throttle.attempts)


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()

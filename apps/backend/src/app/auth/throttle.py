"""Slows down guessing and flooding. The counters are in the database, so that all replicas share them."""

import hashlib
import uuid
from datetime import timedelta

from sqlalchemy import delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert

from app.auth.models import Throttle
from app.problems import Problem

WINDOW = timedelta(minutes=15)
MOST_PER_ACCOUNT_AND_ADDRESS = 10
MOST_PER_ACCOUNT = 100
MOST_PER_ADDRESS = 200
MOST_SIGN_UPS_PER_ADDRESS = 200
MOST_REFRESHES_PER_SESSION = 100


async def count_sign_in(session: AsyncSession, *, email: str, address: str) -> None:
    """Count one sign-in, before the password is looked at. 429 if too many failed within the window."""
    limits = {
        _own(email, address): MOST_PER_ACCOUNT_AND_ADDRESS,
        _key("account", email): MOST_PER_ACCOUNT,
        _key("address", address): MOST_PER_ADDRESS,
    }
    await _count(session, limits, "Too many attempts to sign in. Wait a quarter of an hour.")


async def forget_sign_in(session: AsyncSession, *, email: str, address: str) -> None:
    """After a success, the owner's earlier mistakes from the same place do not count, nor does the success anywhere."""
    await session.execute(delete(Throttle).where(Throttle.key == _own(email, address)))
    # Many people may sign in from one address. In one order everywhere, as in counting.
    for key in sorted([_key("account", email), _key("address", address)]):
        one_less = update(Throttle).where(Throttle.key == key, Throttle.attempts > 0)
        await session.execute(one_less.values(attempts=Throttle.attempts - 1))
    await session.commit()


async def count_sign_up(session: AsyncSession, *, address: str) -> None:
    """Count one sign-up. 429 if there were too many from this address within the window."""
    limits = {_key("sign-up", address): MOST_SIGN_UPS_PER_ADDRESS}
    await _count(session, limits, "Too many accounts were made from your address. Wait a quarter of an hour.")


async def count_refresh(session: AsyncSession, *, session_id: uuid.UUID) -> None:
    """Count one refresh of a session. 429 if there were too many within the window."""
    limits = {_key("refresh", str(session_id)): MOST_REFRESHES_PER_SESSION}
    await _count(session, limits, "This session was refreshed too often. Wait a quarter of an hour.")


async def _count(session: AsyncSession, limits: dict[str, int], detail: str) -> None:
    await session.execute(delete(Throttle).where(Throttle.since < func.now() - WINDOW))
    await session.commit()
    # In one order everywhere, else two requests could wait for each other for ever.
    for key in sorted(limits):
        attempts = await session.scalar(_increment(key))
        if attempts is not None and attempts > limits[key]:
            await session.commit()
            raise Problem(429, "too-many-attempts", detail, {"Retry-After": str(int(WINDOW.total_seconds()))})
    await session.commit()


def _increment(key: str) -> ReturningInsert[int]:
    statement = insert(Throttle).values(key=key, attempts=1, since=func.now())
    return statement.on_conflict_do_update(
        index_elements=[Throttle.key],
        set_={"attempts": Throttle.attempts + 1},
    ).returning(Throttle.attempts)


def _own(email: str, address: str) -> str:
    return _key("account and address", email, address)


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()

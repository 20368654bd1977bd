"""Slows down guessing and flooding. The counters are in the database, so that all replicas share them."""

import hashlib
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from sqlalchemy import Update, delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
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
MOST_CONFIRMATIONS_PER_SESSION = 10


async def count_sign_in(database: AsyncSession, *, email: str, address: str) -> None:
    """Count one sign-in, before the password is looked at. 429 if too many failed within the window."""
    await _count(database, _sign_in_limits(email, address), "Too many attempts to sign in. Wait a quarter of an hour.")


@asynccontextmanager
async def counting_no_busy_sign_in(database: AsyncSession, *, email: str, address: str) -> AsyncIterator[None]:
    """Take the count of a sign-in back if the work within is refused with 503: nobody guessed anything."""
    async with _counting_no_busy(database, _sign_in_limits(email, address)):
        yield


async def forget_sign_in(database: AsyncSession, *, email: str, address: str) -> None:
    """After a success, the owner's earlier mistakes from the same place do not count, nor does the success anywhere."""
    own = _own(email, address)
    # Many people may sign in from one address, and one person several times. In one order everywhere, as in counting.
    for key in sorted(_sign_in_limits(email, address)):
        await database.execute(delete(Throttle).where(Throttle.key == own) if key == own else _one_less(key))
    await database.commit()


async def count_sign_up(database: AsyncSession, *, address: str) -> None:
    """Count one sign-up. 429 if there were too many from this address within the window."""
    detail = "Too many accounts were made from your address. Wait a quarter of an hour."
    await _count(database, _sign_up_limits(address), detail)


@asynccontextmanager
async def counting_no_busy_sign_up(database: AsyncSession, *, address: str) -> AsyncIterator[None]:
    """Take the count of a sign-up back if the work within is refused with 503: no account was made."""
    async with _counting_no_busy(database, _sign_up_limits(address)):
        yield


async def count_refresh(database: AsyncSession, *, session_id: uuid.UUID) -> None:
    """Count one refresh of a session. 429 if there were too many within the window."""
    limits = {_key("refresh", str(session_id)): MOST_REFRESHES_PER_SESSION}
    await _count(database, limits, "This session was refreshed too often. Wait a quarter of an hour.")


async def count_confirmation(database: AsyncSession, *, session_id: uuid.UUID) -> None:
    """Count one password that confirms a step, before it is looked at. 429 if too many failed within the window.

    By session, and apart from sign-ins: who has stolen a session locks the owner out of nothing else.
    """
    detail = "Too many wrong passwords in this session. Wait a quarter of an hour, or sign in again."
    await _count(database, _confirmation_limits(session_id), detail)


@asynccontextmanager
async def counting_no_busy_confirmation(database: AsyncSession, *, session_id: uuid.UUID) -> AsyncIterator[None]:
    """Take the count of a confirmation back if the work within is refused with 503: nobody guessed anything."""
    async with _counting_no_busy(database, _confirmation_limits(session_id)):
        yield


async def forget_confirmations(database: AsyncSession, *, session_id: uuid.UUID) -> None:
    """After a success, earlier mistakes in the session do not count."""
    await database.execute(delete(Throttle).where(Throttle.key.in_(_confirmation_limits(session_id))))
    await database.commit()


async def _count(database: AsyncSession, limits: dict[str, int], detail: str) -> None:
    await database.execute(delete(Throttle).where(Throttle.since < func.now() - WINDOW))
    await database.commit()
    # In one order everywhere, else two requests could wait for each other for ever.
    for key in sorted(limits):
        attempts = await database.scalar(_increment(key))
        if attempts is not None and attempts > limits[key]:
            # Nobody looked at a password. Counted on, one address would lock the owner out at all others.
            await database.rollback()
            raise Problem(429, "too-many-attempts", detail, {"Retry-After": str(int(WINDOW.total_seconds()))})
    await database.commit()


@asynccontextmanager
async def _counting_no_busy(database: AsyncSession, keys: Iterable[str]) -> AsyncIterator[None]:
    try:
        yield
    except (Problem, DBAPIError, PoolTimeoutError) as error:
        if isinstance(error, Problem) and error.status_code != 503:
            raise
        # The caller learns why the work failed. If the database is still away, the count stays.
        with suppress(DBAPIError, PoolTimeoutError):
            await database.rollback()
            for key in sorted(keys):
                await database.execute(_one_less(key))
            await database.commit()
        raise


def _one_less(key: str) -> Update:
    one_less = update(Throttle).where(Throttle.key == key, Throttle.attempts > 0)
    return one_less.values(attempts=Throttle.attempts - 1)


def _increment(key: str) -> ReturningInsert[int]:
    statement = insert(Throttle).values(key=key, attempts=1, since=func.now())
    return statement.on_conflict_do_update(
        index_elements=[Throttle.key],
        set_={"attempts": Throttle.attempts + 1},
    ).returning(Throttle.attempts)


def _sign_in_limits(email: str, address: str) -> dict[str, int]:
    return {
        _own(email, address): MOST_PER_ACCOUNT_AND_ADDRESS,
        _key("account", email): MOST_PER_ACCOUNT,
        _key("address", address): MOST_PER_ADDRESS,
    }


def _sign_up_limits(address: str) -> dict[str, int]:
    return {_key("sign-up", address): MOST_SIGN_UPS_PER_ADDRESS}


def _confirmation_limits(session_id: uuid.UUID) -> dict[str, int]:
    return {_key("confirmation", str(session_id)): MOST_CONFIRMATIONS_PER_SESSION}


def _own(email: str, address: str) -> str:
    return _key("account and address", email, address)


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()

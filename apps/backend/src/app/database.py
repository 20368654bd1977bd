"""Connections to PostgreSQL."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated, Any, LiteralString

import psycopg
from fastapi import Depends, Request
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from app.connection import CONNECT_ARGS, plain_url
from app.settings import Settings

_POOL_TIMEOUT_SECONDS = 3
_STATEMENT_TIMEOUT_MS = 10_000
"""Longest time of one statement, with its wait for locks: nobody waits that long, and others need the connection."""


class Base(DeclarativeBase):
    """Base of all tables."""


def create_engine(settings: Settings, pool_size: int) -> AsyncEngine:
    """Make a connection pool for the ORM. Nothing is connected yet."""
    engine = create_async_engine(
        settings.database_url.get_secret_value(),
        connect_args=CONNECT_ARGS,
        hide_parameters=True,
        max_overflow=0,
        pool_pre_ping=True,
        pool_size=pool_size,
        pool_timeout=_POOL_TIMEOUT_SECONDS,
    )
    event.listen(engine.sync_engine, "connect", _limit_statements)
    return engine


def _limit_statements(connection: DBAPIConnection, _: object) -> None:
    # Not as an option of the connection: poolers refuse that, and the URL may have options of its own.
    cursor = connection.cursor()
    cursor.execute(_limit())
    cursor.close()
    connection.commit()


def _limit() -> LiteralString:
    return f"SET statement_timeout = {_STATEMENT_TIMEOUT_MS:d}"


async def _session(request: Request) -> AsyncIterator[AsyncSession]:
    sessions: async_sessionmaker[AsyncSession] = request.app.state.sessions
    async with sessions() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(_session)]
"""One of SQLAlchemy's sessions for each request. Nothing is stored without `commit()`."""


class Reads:
    """A connection pool for single statements that only read, without the ORM. To be opened and closed."""

    def __init__(self, settings: Settings, pool_size: int) -> None:
        self._pool = AsyncConnectionPool(
            plain_url(settings),
            kwargs={**CONNECT_ARGS, "autocommit": True},
            configure=self._configure,
            min_size=1,
            max_size=pool_size,
            timeout=_POOL_TIMEOUT_SECONDS,
            open=False,
        )

    async def open(self) -> None:
        """Start to connect. Does not wait for the database."""
        await self._pool.open()

    async def close(self) -> None:
        """Close the connections."""
        await self._pool.close()

    async def rows(self, statement: LiteralString, values: Mapping[str, object]) -> Sequence[tuple[Any, ...]]:
        """Run one statement. Where the connection turns out to be dead, once more on a live one.

        Raises `psycopg.OperationalError` if the database cannot be reached.
        """
        try:
            return await self._rows(statement, values)
        except (PoolTimeout, psycopg.errors.QueryCanceled):
            raise
        except psycopg.OperationalError:
            # Instead of asking before each statement whether the connection is alive, which would double the trips.
            await self._pool.check()
            return await self._rows(statement, values)

    async def _configure(self, connection: psycopg.AsyncConnection) -> None:
        await connection.execute(_limit())

    async def _rows(self, statement: LiteralString, values: Mapping[str, object]) -> Sequence[tuple[Any, ...]]:
        # Not `connection()`, which also ends a transaction: a statement by itself has none.
        connection = await self._pool.getconn()
        try:
            return await (await connection.execute(statement, values)).fetchall()
        finally:
            await self._pool.putconn(connection)

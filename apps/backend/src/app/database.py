"""Connections to PostgreSQL."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from app.settings import Settings

# A dead database has to be noticed within seconds, whether it refuses, vanishes or goes silent.
CONNECT_ARGS = {"connect_timeout": 3, "tcp_user_timeout": 5000, "keepalives_idle": 10, "application_name": "todo"}


class Base(DeclarativeBase):
    """Base of all tables."""


def create_engine(settings: Settings) -> AsyncEngine:
    """Make the connection pool of one process. Nothing is connected yet."""
    return create_async_engine(
        settings.database_url.get_secret_value(),
        connect_args=CONNECT_ARGS,
        hide_parameters=True,
        max_overflow=0,
        pool_pre_ping=True,
        pool_size=settings.database_pool_size,
        pool_timeout=3,
    )


async def _session(request: Request) -> AsyncIterator[AsyncSession]:
    sessions: async_sessionmaker[AsyncSession] = request.app.state.sessions
    async with sessions() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(_session)]
"""A session per request. Nothing is stored without `commit()`."""

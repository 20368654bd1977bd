"""The things this process cannot serve without."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

log = structlog.stdlib.get_logger(__name__)

Check = Callable[[], Awaitable[None]]
"""Raises when the dependency cannot be used."""


def database_check(engine: AsyncEngine) -> Check:
    """Ask the database for one row of the schema's own table: reachable and set up."""

    async def check() -> None:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT version_num FROM alembic_version"))

    return check


async def run_checks(checks: Mapping[str, Check], timeout_seconds: float) -> dict[str, str]:
    """Run all checks at once. Returns "ok", "timed out" or "failed" by name."""

    async def run(name: str, check: Check) -> str:
        try:
            async with asyncio.timeout(timeout_seconds):
                await check()
        except TimeoutError:
            return "timed out"
        except Exception as error:
            log.warning("readiness check failed", check=name, error=type(error).__name__)
            return "failed"
        return "ok"

    results = await asyncio.gather(*(run(name, check) for name, check in checks.items()))
    return dict(zip(checks, results, strict=True))

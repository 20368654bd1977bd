"""How PostgreSQL goes about what a request asks of it."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from app.database import Reads


def plan_of(sql: psycopg.Connection, ask: Callable[[], object]) -> list[str]:
    """Return the plan of the only statement that `ask` makes the backend read with, as it was carried out."""
    statements: list[tuple[Any, Any]] = []
    run = Reads._rows

    async def remember(self: Reads, statement: Any, values: Any) -> Any:  # noqa: ANN401
        statements.append((statement, values))
        return await run(self, statement, values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Reads, "_rows", remember)
        assert ask(), "it finds nothing"
    ((statement, values),) = statements
    return [row[0] for row in sql.execute(f"EXPLAIN (ANALYZE, TIMING OFF) {statement}".encode(), values)]

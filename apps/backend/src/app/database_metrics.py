"""What PostgreSQL says of itself, under the names of postgres_exporter."""

import asyncio
from collections.abc import Iterator

import structlog
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncEngine

log = structlog.stdlib.get_logger(__name__)

_STATEMENT = text("""
    SELECT numbackends, xact_commit, xact_rollback, deadlocks,
        pg_database_size(datname) AS size, current_setting('max_connections')::int AS max_connections
    FROM pg_stat_database WHERE datname = current_database()
""")


class DatabaseMetrics(Collector):
    """The statistics of the application's database, as of the last `refresh`. Every user of it may read them."""

    def __init__(self) -> None:
        self._row: RowMapping | None = None

    async def refresh(self, engine: AsyncEngine, timeout_seconds: float) -> None:
        """Ask the database. Where it does not answer in time, there is no value but that it is down."""
        try:
            async with asyncio.timeout(timeout_seconds), engine.connect() as connection:
                self._row = (await connection.execute(_STATEMENT)).mappings().one()
        except Exception as error:
            log.warning("database gave no metrics", error=type(error).__name__)
            self._row = None

    def collect(self) -> Iterator[Metric]:
        """Give the values to the registry."""
        row = self._row
        yield GaugeMetricFamily("pg_up", "Whether the database answers.", 0 if row is None else 1)
        if row is None:
            return
        yield GaugeMetricFamily("pg_stat_database_numbackends", "Connections to the database.", row["numbackends"])
        yield GaugeMetricFamily(
            "pg_settings_max_connections", "Most connections to the server.", row["max_connections"]
        )
        yield GaugeMetricFamily("pg_database_size_bytes", "Size on disk.", row["size"])
        yield CounterMetricFamily("pg_stat_database_xact_commit", "Transactions committed.", row["xact_commit"])
        yield CounterMetricFamily("pg_stat_database_xact_rollback", "Transactions rolled back.", row["xact_rollback"])
        yield CounterMetricFamily("pg_stat_database_deadlocks", "Deadlocks.", row["deadlocks"])

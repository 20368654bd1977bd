"""Prometheus metrics with a bounded number of series."""

from fastapi import FastAPI, Request, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from starlette.types import Scope

from app.database_metrics import DatabaseMetrics

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_LABELS = ["method", "path"]


class Metrics:
    """The metrics of one application, its process and its database.

    `prefix` is the one of the API: a route that has it is counted without.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "http_requests_total", "Requests answered.", [*_LABELS, "status"], registry=self.registry
        )
        self.duration = Histogram(
            "http_request_duration_seconds", "Time to the end of the answer.", _LABELS, registry=self.registry
        )
        self.in_progress = Gauge("http_requests_in_progress", "Requests being answered now.", registry=self.registry)
        self.database = DatabaseMetrics()
        self.registry.register(self.database)
        ProcessCollector(registry=self.registry)

    def observe(self, scope: Scope, status: int, seconds: float) -> None:
        """Count one request under the template of its route (without the API prefix).

        Ids and made-up paths must not become series.
        """
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        route = getattr(scope.get("route"), "path_format", "unmatched")
        requests, duration = self._find(method, route, status)
        requests.inc()
        duration.observe(seconds)

    def _find(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        # The library makes text of the labels and takes a lock each time.
        found = self._series.get((method, route, status))
        if found is None:
            path = route.removeprefix(self._prefix)
            found = self.requests.labels(method, path, str(status)), self.duration.labels(method, path)
            self._series[method, route, status] = found
        return found


def add_metrics_route(app: FastAPI, metrics: Metrics) -> None:
    """Serve the metrics at `/metrics`."""

    @app.get("/metrics", include_in_schema=False)
    async def read_metrics(request: Request) -> Response:
        state = request.app.state
        # By the connection of the probes, which is there when all others are busy.
        await metrics.database.refresh(state.probe_engine, state.settings.readiness_timeout_seconds)
        return Response(generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

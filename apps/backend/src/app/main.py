"""Puts the application together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import structlog
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from sqlalchemy.ext.asyncio import async_sessionmaker

from app.auth import routes as auth
from app.chat import routes as chat
from app.chat.schemas import describe_events
from app.database import Reads, create_engine
from app.health import routes as health
from app.logging import configure_logging
from app.metrics import Metrics, add_metrics_route
from app.middleware import BodyLimit, InFlightLimit, RequestContext
from app.parsing import routes as parsing
from app.problems import PROBLEM_RESPONSES, add_problem_handlers, correct_media_types
from app.settings import Settings, load_settings
from app.todos import routes as todos
from app.transfer import routes as transfer
from app.transfer.schemas import MOST_BYTES

if TYPE_CHECKING:
    from app.chat.model import Model

log = structlog.stdlib.get_logger(__name__)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    for_reads = settings.database_pool_size // 2
    reads = Reads(settings, for_reads)
    engine = create_engine(settings, settings.database_pool_size - for_reads)
    # Probes get a connection of their own: a busy pool must not look like a dead database.
    probe_engine = create_engine(settings, 1)
    await reads.open()
    app.state.reads = reads
    app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
    app.state.probe_engine = probe_engine
    app.state.model = _model(settings)
    log.info("started", api_version=settings.api_version)
    yield
    if app.state.model:
        await app.state.model.close()
    await reads.close()
    await engine.dispose()
    await probe_engine.dispose()
    log.info("stopped")


def _model(settings: Settings) -> Model | None:
    if settings.llm_key is None:
        return None
    # Loading the client takes a third of the start-up, and most stacks have no key.
    from app.chat.model import Model

    return Model(settings)


class _Api(FastAPI):
    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            document = super().openapi()
            correct_media_types(document)
            describe_events(document, self.url_path_for("send_message"))
        return super().openapi()


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build the application. Without `settings`, they are read from secret files and the environment."""
    settings = settings or load_settings()
    configure_logging(settings.log_level, settings.secret_values)
    prefix = f"/api/{settings.api_version}"
    metrics = Metrics(prefix)
    app = _Api(
        title="Todo API",
        version=settings.api_version,
        lifespan=_lifespan,
        # Nothing here sets up OpenTelemetry, and FastAPI would look for it with each request.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{prefix}/openapi.json",
        generate_unique_id_function=lambda route: route.name,
        responses=PROBLEM_RESPONSES,
    )
    app.state.settings = settings
    app.state.metrics = metrics

    add_problem_handlers(app)
    # Paths are tried in this order: what is asked most comes first. A router in a router would be looked through twice.
    todos.add_list_route(app, prefix)
    for part in (todos, parsing, transfer, chat, auth):
        app.include_router(part.router, prefix=prefix)
    app.include_router(health.router)
    add_metrics_route(app, metrics)

    # The one added last is the outermost.
    larger = {f"{prefix}/todos/import": MOST_BYTES}
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes, larger=larger)
    app.add_middleware(InFlightLimit, most_requests=settings.max_requests, most_answers=settings.max_chat_answers)
    if settings.cors_origin_list:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origin_list,
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-Match", "X-Request-ID", "X-Time-Zone"],
            expose_headers=["ETag", "Retry-After", "X-Next-Cursor", "X-Request-ID"],
        )
    app.add_middleware(RequestContext, metrics=metrics)
    return app

"""Every error leaves as a problem document (RFC 9457) that carries the request id."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.responses import Response

log = structlog.stdlib.get_logger(__name__)


class ProblemDocument(BaseModel):
    """What an error response holds."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str


class Problem(HTTPException):
    """An error that the caller can act on.

    `kind` is a stable name in kebab-case for programs; `detail` is one sentence for people.
    """

    def __init__(self, status: int, kind: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, detail, headers)
        self.kind = kind


def problem_response(
    status: int, detail: str, *, kind: str = "", headers: Mapping[str, str] | None = None, **members: object
) -> Response:
    """Render one problem. `members` are added to the document."""
    document = {
        "type": f"urn:todo:problem:{kind}" if kind else "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
        **members,
    }
    # Plain ASCII: what the caller sent may hold lone surrogates, which no UTF-8 body can carry.
    return Response(json.dumps(document), status, headers, "application/problem+json")


def _unavailable() -> Problem:
    detail = "The database cannot be reached at the moment. Try again in a few seconds."
    # The pod may be one that a rollout has replaced, and whose password is no longer valid: a new connection leads
    # to another pod.
    return Problem(503, "database-unavailable", detail, headers={"Retry-After": "5", "Connection": "close"})


def is_read_only(error: DBAPIError) -> bool:
    """Tell whether the database takes no changes, as while all data are being saved and moved."""
    return isinstance(error.orig, psycopg.errors.ReadOnlySqlTransaction)


def problem_of(error: Exception) -> Problem | None:
    """Return what an error means for the caller, and log the database's; None if it means nothing to them."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, DBAPIError):
        if is_read_only(error):
            log.warning("database read-only")
            detail = "All data are being moved at the moment, so nothing can be changed. Try again in a few seconds."
            return Problem(503, "read-only", detail, headers={"Retry-After": "5"})
        if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
            log.error("database unavailable", error=type(error.orig).__name__)
            return _unavailable()
    if isinstance(error, psycopg.OperationalError):
        log.error("database unavailable", error=type(error).__name__)
        return _unavailable()
    if isinstance(error, PoolTimeoutError):
        log.error("no free database connection")
        return _unavailable()
    return None


PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ProblemDocument, "description": "What is wrong with the request"},
    "5XX": {"model": ProblemDocument, "description": "The service cannot answer at the moment"},
}
"""For the OpenAPI document: what every endpoint may answer."""


def correct_media_types(document: dict[str, Any]) -> None:
    """FastAPI lists problems as plain JSON. Name them as they are sent."""
    for methods in document["paths"].values():
        for operation in methods.values():
            for status in PROBLEM_RESPONSES:
                (schema,) = operation["responses"][status]["content"].values()
                operation["responses"][status]["content"] = {"application/problem+json": schema}


def add_problem_handlers(app: FastAPI) -> None:
    """Turn every exception that has a meaning for the caller into a problem."""

    @app.exception_handler(HTTPException)
    async def http_error(_: Request, error: HTTPException) -> Response:
        kind = error.kind if isinstance(error, Problem) else ""
        return problem_response(error.status_code, error.detail, kind=kind, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid_request(_: Request, error: RequestValidationError) -> Response:
        # Only place and reason: the value may be a password.
        errors = [{"field": ".".join(map(str, e["loc"])), "message": e["msg"]} for e in error.errors()]
        detail = "; ".join(f"{e['field']}: {e['message']}" for e in errors[:3])
        return problem_response(422, detail, kind="invalid-request", errors=errors[:20])

    @app.exception_handler(DBAPIError)
    @app.exception_handler(psycopg.OperationalError)
    @app.exception_handler(PoolTimeoutError)
    async def database_error(_: Request, error: Exception) -> Response:
        problem = problem_of(error)
        if problem is None:
            raise error
        return problem_response(problem.status_code, problem.detail, kind=problem.kind, headers=problem.headers)

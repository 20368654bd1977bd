"""What surrounds every request: its id, its log line, its metrics, a limit on its body and on how many there are."""

import re
import secrets
import time
from collections.abc import Mapping
from typing import cast

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.metrics import Metrics
from app.problems import Problem, problem_response

log = structlog.stdlib.get_logger(__name__)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_MOST_IMPORTS = 2
"""Each may hold a file of 5 MiB, and what is read from it."""
_KINDS = {"/chat/messages": "answers", "/todos/import": "imports"}
"""What is limited apart when it is sent by POST, by the end of its path."""
_PROBES = ("/health", "/ready", "/metrics")


class RequestContext:
    """Give each request an id (the caller's `X-Request-ID` if it is well formed), log it, measure it.

    An exception that nobody handled is logged here and answered with a bare problem.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(16)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        self.metrics.in_progress.inc()
        try:
            await self.app(scope, receive, send_with_id)
        except Exception:
            log.exception("request failed")
            if status:
                raise  # Half an answer is out already: only closing the connection tells the caller.
            response = problem_response(
                500, "Something went wrong on our side. Quote the request id when you report it."
            )
            await response(scope, receive, send_with_id)
        finally:
            seconds = time.perf_counter() - started
            self.metrics.in_progress.dec()
            self.metrics.observe(scope, status, seconds)
            probe = scope["path"].startswith(_PROBES) and status < 400
            (log.debug if probe else log.info)(
                "request",
                method=scope["method"],
                path=scope["path"],
                status=status,
                duration_ms=round(seconds * 1000, 1),
                client=cast(tuple[str, int], scope["client"])[0] if scope.get("client") else None,
            )


class InFlightLimit:
    """Refuse at once what is more than a process can do at the same time, instead of letting everybody wait.

    Answers of the chat take long, and imports much memory: they have limits of their own. Probes are always answered.
    """

    def __init__(self, app: ASGIApp, most_requests: int, most_answers: int) -> None:
        self.app = app
        self._free = {"requests": most_requests, "answers": most_answers, "imports": _MOST_IMPORTS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http" or scope["path"].startswith(_PROBES):
            await self.app(scope, receive, send)
            return
        apart = (kind for end, kind in _KINDS.items() if scope["method"] == "POST" and scope["path"].endswith(end))
        kind = next(apart, "requests")
        if not self._free[kind]:
            detail = "The server has more to do than it can at the moment. Try again in a second."
            await problem_response(503, detail, kind="busy", headers={"Retry-After": "1"})(scope, receive, send)
            return
        self._free[kind] -= 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._free[kind] += 1


class BodyLimit:
    """Refuse request bodies over `max_bytes`, announced or not, before they fill the memory.

    `larger` has paths that take more, with their own limit.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, larger: Mapping[str, int]) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        max_bytes = self.larger.get(scope["path"], self.max_bytes)
        detail = f"The request body is larger than {max_bytes} bytes."
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > max_bytes:
            await problem_response(413, detail, kind="body-too-large")(scope, receive, send)
            return
        received = 0

        async def receive_bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > max_bytes:
                raise Problem(413, "body-too-large", detail)
            return message

        await self.app(scope, receive_bounded, send)

"""One JSON object per line on stdout, for our own log calls and those of every library."""

import logging
import re
import sys
from collections.abc import Iterable, Mapping

import structlog

_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
]


_HIDDEN = "[hidden]"
_SHORTEST = 8
"""A shorter secret is a part of too many words."""


class _Redactor:
    """Takes secrets out of whatever is logged: libraries repeat what they were given when they complain of it."""

    def __init__(self, secrets: Iterable[str]) -> None:
        # The longest first: one may be a part of another.
        known = sorted({secret for secret in secrets if len(secret) >= _SHORTEST}, key=len, reverse=True)
        patterns = [*map(re.escape, known), r"(?<=://)[^\s/@\"']+(?=@)"]
        self._pattern = re.compile("|".join(patterns))

    def __call__(self, _: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        return {key: self._redact(value) for key, value in event.items()}

    def _redact(self, value: object) -> object:
        if isinstance(value, str):
            return self._pattern.sub(_HIDDEN, value)
        if isinstance(value, Mapping):
            return {key: self._redact(part) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [self._redact(part) for part in value]
        # Rendered by its `repr`.
        return value if value is None or isinstance(value, bool | int | float) else self._redact(repr(value))


class _Lines:
    """Writes our own lines. By way of Python's `logging`, as those of libraries, each takes more than twice as long."""

    def __init__(self, name: str) -> None:
        self.name = name

    def info(self, line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    debug = warning = error = critical = info


def configure_logging(level: str, secrets: Iterable[str] = ()) -> None:
    """Send everything at `level` (DEBUG, INFO, WARNING, ERROR) and above to stdout as JSON.

    `secrets` of at least 8 characters are taken out of it, and user and password of every URL.
    """
    to_line: list[structlog.typing.Processor] = [
        _Redactor(secrets),
        structlog.processors.EventRenamer("message"),
        structlog.processors.JSONRenderer(),
    ]
    structlog.configure(
        processors=[*_SHARED, *to_line],
        logger_factory=_Lines,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    without_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_SHARED, processors=[without_meta, *to_line])
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "alembic", "sqlalchemy"):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
    # Each request is logged once, with its id, by our own middleware.
    logging.getLogger("uvicorn.access").disabled = True

"""One JSON object per line on stdout, for our own log calls and those of every library."""

import json
import logging
import re
import sys
from collections.abc import Iterable

import structlog

_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


_HIDDEN = "[hidden]"
_SHORTEST = 8
"""A shorter secret is a part of too many words."""
# structlog's own renderer makes an encoder for each line.
_ENCODER = json.JSONEncoder(default=repr)


class _Renderer:
    """Makes a line of JSON without secrets: libraries repeat what they were given when they complain of it."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = {secret for secret in secrets if len(secret) >= _SHORTEST}
        # The longest first: one may be a part of another.
        self._known = sorted({form for secret in known for form in _forms(secret)}, key=len, reverse=True)
        self._pattern = re.compile("|".join([*map(re.escape, self._known), r"(?<=://)[^\s/@\"']+(?=@)"]))

    def __call__(self, _: object, __: str, event: structlog.typing.EventDict) -> str:
        line = _ENCODER.encode(event)
        # Most lines have nothing to take out, and this shows it in a tenth of the time.
        if "://" not in line and not any(form in line for form in self._known):
            return line
        return self._pattern.sub(_HIDDEN, line)


def _forms(secret: str) -> list[str]:
    """Return how a secret may look in JSON: as text, and in the `repr` of what is no text."""
    return [secret, _ENCODER.encode(secret)[1:-1], _ENCODER.encode(repr(secret)[1:-1])[1:-1]]


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
        structlog.processors.EventRenamer("message"),
        _Renderer(secrets),
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

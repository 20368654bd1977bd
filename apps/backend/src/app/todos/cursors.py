"""Where the next page of a list begins: opaque for the caller, and made of what the last row is sorted by."""

import base64
import json
from collections.abc import Callable
from typing import TypeVar

from app.problems import Problem

Place = TypeVar("Place")
# As UTF-8: escapes would make a long title six times as long, and the cursor longer than one may be.
_ENCODER = json.JSONEncoder(ensure_ascii=False)


def write_cursor(*parts: str) -> str:
    """Return a cursor of these parts."""
    return base64.urlsafe_b64encode(_ENCODER.encode(parts).encode()).decode()


def read_cursor(cursor: str, parse: Callable[..., Place]) -> Place:
    """Give the parts of a cursor to `parse`, and return what it returns.

    422 for what is no cursor, or whose parts `parse` refuses with ValueError, TypeError or AttributeError.
    """
    try:
        return parse(*json.loads(base64.urlsafe_b64decode(cursor)))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        detail = "The cursor is not from a list in this order. Start again without one."
        raise Problem(422, "bad-cursor", detail) from error

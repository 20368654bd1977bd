"""When is the language model left alone for a while, and by whom?"""

import time
import uuid
from collections import OrderedDict
from typing import Literal

Cause = Literal["key", "down", "limit", "silent"]
"""key: it does not take the key. down: it cannot be reached, or fails. limit: too many questions. silent: no answer."""

FAILURES = 3
REST_SECONDS = 30.0
_MOST_REMEMBERED = 10_000
_OF_EVERYBODY: tuple[Cause, ...] = ("key", "down")


class Breaker:
    """Opens after three failures of one cause in a row: nobody waits for the model for half a minute.

    What may be the fault of one user's questions opens it for that user, and for all when three users met it.
    """

    def __init__(self) -> None:
        self._failures: dict[Cause, list[uuid.UUID]] = {}
        self._open_until = 0.0
        self._open_for: OrderedDict[uuid.UUID, float] = OrderedDict()

    def is_open(self, owner_id: uuid.UUID) -> bool:
        """Say whether this user is to be answered without the model."""
        now = time.monotonic()
        return now < self._open_until or now < self._open_for.get(owner_id, 0.0)

    def worked(self, owner_id: uuid.UUID) -> None:
        """Forget the failures that this answer disproves."""
        for cause in list(self._failures):
            left = [owner for owner in self._failures[cause] if owner != owner_id]
            self._failures[cause] = [] if cause in _OF_EVERYBODY else left

    def failed(self, cause: Cause, owner_id: uuid.UUID) -> None:
        """Count a failure."""
        owners = self._failures.setdefault(cause, [])
        owners.append(owner_id)
        until = time.monotonic() + REST_SECONDS
        everybody = len(owners) if cause in _OF_EVERYBODY else len(set(owners))
        if everybody >= FAILURES:
            self._open_until = until
            self._failures[cause] = []
        elif owners.count(owner_id) >= FAILURES:
            self._open_for[owner_id] = until
            self._open_for.move_to_end(owner_id)
            self._failures[cause] = [owner for owner in owners if owner != owner_id]
            if len(self._open_for) > _MOST_REMEMBERED:
                self._open_for.popitem(last=False)

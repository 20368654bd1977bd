"""Filter, search, sort and page through the todos of one owner.

By far the most frequent request, so it does without the ORM: one statement checks the session and reads the page, and
PostgreSQL writes the JSON. See docs/decisions/0005-the-list-is-read-without-the-orm.md.

The database narrows down to the owner by index and looks at nobody else's rows: no filter or sort needs its own.
"""

import base64
import json
import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import LiteralString, NamedTuple

from app.database import Reads
from app.problems import Problem
from app.todos.schemas import Sort, TodoQuery


def _text(value: str) -> str:
    if "\0" in value:
        raise ValueError("PostgreSQL has no such character")
    return value.encode().decode()


class _Order(NamedTuple):
    column: LiteralString
    parse: Callable[[str], object]
    descending: bool


_ORDERS: dict[Sort, _Order] = {
    "-created_at": _Order("created_at", datetime.fromisoformat, True),
    "created_at": _Order("created_at", datetime.fromisoformat, False),
    "-position": _Order("position", float, True),
    "due_date": _Order("coalesce(due_date, '9999-12-31')", date.fromisoformat, False),
    "-priority": _Order("priority", int, True),
    "title": _Order("lower(title)", _text, False),
}
_SESSION: LiteralString = (
    "SELECT 1 FROM sessions WHERE id = %(session_id)s AND user_id = %(owner_id)s AND expires_at > now()"
)
_CONDITIONS: dict[str, LiteralString] = {
    "done": " AND done = %(done)s",
    "tag": " AND tags @> ARRAY[%(tag)s]",
    "priority": " AND priority = %(priority)s",
    "due_from": " AND due_date >= %(due_from)s",
    "due_to": " AND due_date <= %(due_to)s",
    "words": " AND coalesce(search_text, todo_search_text(title, notes, tags)) LIKE ALL ({patterns})",
}
# Each word may stand anywhere. Where folding leaves nothing of any word, the empty pattern is like no todo at all.
_PATTERNS: LiteralString = r"""coalesce((
  SELECT array_agg('%%' || regexp_replace(word, '([\\%%_])', '\\\1', 'g') || '%%')
  FROM (SELECT btrim(fold_for_search(word)) AS word FROM unnest(%(words)s::text[]) AS word) AS folded
  WHERE word <> ''
), '{""}')"""
# JSON is made of the page alone, hence outside of the LIMIT. Times look as they do everywhere else in the API.
_PAGE: LiteralString = """
SELECT id::text, sort_key::text, (
  SELECT row_to_json(shown)::text FROM (
    SELECT id, title, notes, done, priority, due_date, tags, recurrence, position, version,
           to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at,
           to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS updated_at
  ) AS shown
)
FROM (
  SELECT *, {column} AS sort_key FROM todos
  WHERE owner_id = %(owner_id)s AND deleted_at IS NULL{conditions}
  ORDER BY sort_key {direction}, id {direction}
  LIMIT %(rows)s
) AS page
ORDER BY sort_key {direction}, id {direction}
"""

_COUNT: LiteralString = "SELECT count(*) FROM todos WHERE owner_id = %(owner_id)s AND deleted_at IS NULL{conditions}"
_COUNTS: LiteralString = """
SELECT count(*) FILTER (WHERE NOT done), count(*) FILTER (WHERE NOT done AND due_date < %(today)s),
       count(*) FILTER (WHERE NOT done AND due_date = %(today)s), count(*) FILTER (WHERE done)
FROM todos WHERE owner_id = %(owner_id)s AND deleted_at IS NULL
"""


class Page(NamedTuple):
    """Some todos as a JSON array of `TodoOut`, and where the next ones begin ("" at the end)."""

    json: str
    next_cursor: str


class Counts(NamedTuple):
    """How many todos somebody has."""

    open: int
    overdue: int
    due_today: int
    done: int


async def list_todos(
    reads: Reads, *, owner_id: uuid.UUID, query: TodoQuery, session_id: uuid.UUID | None = None
) -> Page | None:
    """Return one page; None if `session_id` is given and this session of the owner is over.

    Raises `Problem` 422 for a cursor that is not from this list.
    """
    order = _ORDERS[query.sort]
    values = _filters(query)
    conditions = [_CONDITIONS[name] for name in values]
    if session_id is not None:
        conditions.append(f" AND EXISTS ({_SESSION})")
    if query.cursor:
        values |= _after(query)
        conditions.append(" AND ({column}, id) {beyond} (%(after_key)s, %(after_id)s)")
    statement = _PAGE.format(
        conditions="".join(conditions).format(
            column=order.column, beyond="<" if order.descending else ">", patterns=_PATTERNS
        ),
        column=order.column,
        direction="DESC" if order.descending else "ASC",
    )
    values |= {"owner_id": owner_id, "session_id": session_id, "rows": query.limit + 1}
    rows = await reads.rows(statement, values)
    # No todos, or no session?
    if not rows and session_id is not None and not await reads.rows(_SESSION, values):
        return None
    shown = rows[: query.limit]
    cursor = _cursor(query.sort, *shown[-1][:2]) if len(rows) > len(shown) else ""
    return Page(f"[{','.join(row[2] for row in shown)}]", cursor)


async def count_matches(reads: Reads, *, owner_id: uuid.UUID, query: TodoQuery) -> int:
    """Return how many todos all pages of `query` hold."""
    values = _filters(query)
    conditions = "".join(_CONDITIONS[name] for name in values).format(patterns=_PATTERNS)
    rows = await reads.rows(_COUNT.format(conditions=conditions), {**values, "owner_id": owner_id})
    count: int = rows[0][0]
    return count


async def count_todos(reads: Reads, *, owner_id: uuid.UUID, today: date) -> Counts:
    """Return how many todos there are of each kind."""
    return Counts(*(await reads.rows(_COUNTS, {"owner_id": owner_id, "today": today}))[0])


def _filters(query: TodoQuery) -> dict[str, object]:
    values = query.model_dump(include=set(_CONDITIONS), exclude_none=True)
    words = query.q.split()
    return {**values, "words": words} if words else values


def _cursor(sort: Sort, todo_id: str, key: str) -> str:
    # As UTF-8: escapes would make a long title six times as long, and the cursor longer than one may be.
    return base64.urlsafe_b64encode(json.dumps([sort, key, todo_id], ensure_ascii=False).encode()).decode()


def _after(query: TodoQuery) -> dict[str, object]:
    try:
        sort, key, todo_id = json.loads(base64.urlsafe_b64decode(query.cursor))
        if sort != query.sort:
            raise ValueError("cursor of another order")
        return {"after_key": _ORDERS[query.sort].parse(key), "after_id": uuid.UUID(todo_id)}
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        detail = "The cursor is not from a list in this order. Start again without one."
        raise Problem(422, "bad-cursor", detail) from error

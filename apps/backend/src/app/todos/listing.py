"""Filter, search, sort and page through the todos of one owner.

By far the most frequent request, so it does without the ORM: one statement checks the session and reads the page, which
PostgreSQL puts together from the JSON that it keeps of each todo.
See docs/decisions/0005-the-list-is-read-without-the-orm.md and 0018-todos-are-kept-as-json.md.

The database narrows down to the owner by index and looks at nobody else's rows: no filter or sort needs its own.
"""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import LiteralString, NamedTuple

from app.database import Reads
from app.todos.cursors import read_cursor, write_cursor
from app.todos.schemas import Sort, TodoQuery
from app.todos.trash import KEPT


def _text(value: str) -> str:
    if "\0" in value:
        raise ValueError("PostgreSQL has no such character")
    return value.encode().decode()


def _moment(value: str) -> object:
    return value if value == "infinity" else datetime.fromisoformat(value)


class _Order(NamedTuple):
    column: LiteralString
    parse: Callable[[str], object]
    descending: bool


_ORDERS: dict[Sort, _Order] = {
    "-created_at": _Order("created_at", datetime.fromisoformat, True),
    "created_at": _Order("created_at", datetime.fromisoformat, False),
    "-position": _Order("position", float, True),
    "due_date": _Order("coalesce(due_date + coalesce(due_time, '23:59:59.9'), 'infinity')", _moment, False),
    "-priority": _Order("priority", int, True),
    "title": _Order("lower(title)", _text, False),
}
_SESSION: LiteralString = """EXISTS (
  SELECT FROM sessions WHERE id = %(session_id)s AND user_id = %(owner_id)s AND expires_at > now()
)"""
_CONDITIONS: dict[str, LiteralString] = {
    "done": " AND done = %(done)s",
    "tag": " AND tags @> ARRAY[%(tag)s]",
    "priority": " AND priority = %(priority)s",
    "due_from": " AND due_date >= %(due_from)s",
    "due_to": " AND due_date <= %(due_to)s",
    "due": " AND {due}",
    "words": " AND coalesce(search_text, todo_search_text(title, notes, tags)) LIKE ALL ({patterns})",
}
_DUE: dict[str, LiteralString] = {
    "overdue": "NOT done AND (due_date < %(today)s OR due_date = %(today)s AND due_time < %(time)s)",
    "today": "due_date = %(today)s",
    "upcoming": "due_date > %(today)s",
    "none": "due_date IS NULL",
}
# Each word may stand anywhere. Where folding leaves nothing of any word, the empty pattern is like no todo at all.
_PATTERNS: LiteralString = r"""coalesce((
  SELECT array_agg('%%' || regexp_replace(word, '([\\%%_])', '\\\1', 'g') || '%%')
  FROM (SELECT btrim(fold_for_search(word)) AS word FROM unnest(%(words)s::text[]) AS word) AS folded
  WHERE word <> ''
), '{""}')"""
# One row: is the session good, is there more, where does the next page begin, and the todos as JSON, one on each line:
# no text in JSON has a line break. The one that belongs to the next page is cut off in Python: PostgreSQL would have to
# number the rows, which takes a third of the whole statement.
_NEXT: LiteralString = ",\n"
_PAGE: LiteralString = """
SELECT {session}, count(*) > %(limit)s, (array_agg(sort_key))[%(limit)s]::text, (array_agg(id))[%(limit)s]::text,
  string_agg(json, E',\\n')
FROM (
  SELECT id, coalesce(json, todo_json(todos)) AS json, {column} AS sort_key FROM todos
  WHERE owner_id = %(owner_id)s AND deleted_at IS NULL{conditions}
  ORDER BY sort_key {direction}, id {direction}
  LIMIT %(limit)s + 1
) AS page
"""
_COUNT: LiteralString = "SELECT count(*) FROM todos WHERE owner_id = %(owner_id)s AND deleted_at IS NULL{conditions}"
_COUNTS: LiteralString = """
SELECT count(*) FILTER (WHERE NOT done), count(*) FILTER (WHERE {overdue}),
       count(*) FILTER (WHERE NOT done AND {today}), count(*) FILTER (WHERE NOT done AND {upcoming}),
       count(*) FILTER (WHERE done),
       (SELECT count(*) FROM todos WHERE owner_id = %(owner_id)s AND deleted_at >= now() - %(kept)s)
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
    today: int
    upcoming: int
    done: int
    trash: int


async def list_todos(
    reads: Reads, *, owner_id: uuid.UUID, query: TodoQuery, now: datetime, session_id: uuid.UUID | None = None
) -> Page | None:
    """Return one page; None if `session_id` is given and this session of the owner is over.

    `now` is what the owner's clock says. Raises `Problem` 422 for a cursor that is not from this list.
    """
    column, parse, descending = _ORDERS[query.sort]
    conditions, values = _filters(query, now)
    values |= {"owner_id": owner_id, "session_id": session_id, "limit": query.limit}
    if query.cursor:
        values |= _after(query, parse)
        beyond: LiteralString = "<" if descending else ">"
        conditions += f" AND ({column}, id) {beyond} (%(after_key)s, %(after_id)s)"
    direction: LiteralString = "DESC" if descending else "ASC"
    session: LiteralString = "true" if session_id is None else _SESSION
    statement = _PAGE.format(session=session, conditions=conditions, column=column, direction=direction)
    ((in_session, more, key, todo_id, todos),) = await reads.rows(statement, values)
    if not in_session:
        return None
    if not more:
        return Page(f"[{todos or ''}]", "")
    return Page(f"[{todos.rpartition(_NEXT)[0]}]", write_cursor(query.sort, key, todo_id))


async def count_matches(reads: Reads, *, owner_id: uuid.UUID, query: TodoQuery, now: datetime) -> int:
    """Return how many todos all pages of `query` hold."""
    conditions, values = _filters(query, now)
    rows = await reads.rows(_COUNT.format(conditions=conditions), {**values, "owner_id": owner_id})
    count: int = rows[0][0]
    return count


async def count_todos(reads: Reads, *, owner_id: uuid.UUID, now: datetime) -> Counts:
    """Return how many todos there are of each kind. `now` is what the owner's clock says."""
    values = {"owner_id": owner_id, "today": now.date(), "time": now.time(), "kept": KEPT}
    return Counts(*(await reads.rows(_COUNTS.format(**_DUE), values))[0])


def _filters(query: TodoQuery, now: datetime) -> tuple[LiteralString, dict[str, object]]:
    values = query.model_dump(include=set(_CONDITIONS), exclude_none=True)
    if words := query.q.split():
        values["words"] = words
    chosen: LiteralString = "".join(_CONDITIONS[name] for name in values)
    conditions = chosen.format(patterns=_PATTERNS, due=_DUE[query.due] if query.due else "")
    return conditions, {**values, "today": now.date(), "time": now.time()}


def _after(query: TodoQuery, parse: Callable[[str], object]) -> dict[str, object]:
    def place(sort: str, key: str, todo_id: str) -> dict[str, object]:
        if sort != query.sort:
            raise ValueError("cursor of another order")
        return {"after_key": parse(key), "after_id": uuid.UUID(todo_id)}

    return read_cursor(query.cursor, place)

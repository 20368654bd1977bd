"""Filter, search, sort and page through the todos of one owner.

The database narrows down to the owner by index and looks at nobody else's rows: no filter or sort needs its own.
"""

import base64
import json
import re
import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, literal, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.problems import Problem
from app.todos.models import Todo
from app.todos.schemas import Sort, TodoQuery

_NEVER = date.max


_Column = ColumnElement[Any] | InstrumentedAttribute[Any]


class _Order(NamedTuple):
    column: _Column
    value: Callable[[Todo], Any]
    parse: Callable[[Any], Any]
    descending: bool


_ORDERS: dict[Sort, _Order] = {
    "-created_at": _Order(Todo.created_at, lambda t: t.created_at.isoformat(), datetime.fromisoformat, True),
    "created_at": _Order(Todo.created_at, lambda t: t.created_at.isoformat(), datetime.fromisoformat, False),
    "-position": _Order(Todo.position, lambda t: t.position, float, True),
    "due_date": _Order(
        func.coalesce(Todo.due_date, literal(_NEVER)),
        lambda t: (t.due_date or _NEVER).isoformat(),
        date.fromisoformat,
        False,
    ),
    "-priority": _Order(Todo.priority, lambda t: t.priority, int, True),
    "title": _Order(func.lower(Todo.title), lambda t: t.title.lower(), str, False),
}


class Page(NamedTuple):
    """Some todos, and where the next ones begin ("" at the end)."""

    todos: Sequence[Todo]
    next_cursor: str


async def list_todos(session: AsyncSession, *, owner_id: uuid.UUID, query: TodoQuery) -> Page:
    """Return one page. 422 for a cursor that is not from this list."""
    order = _ORDERS[query.sort]
    key = tuple_(order.column, Todo.id)
    statement = _filter(select(Todo).where(Todo.owner_id == owner_id, Todo.deleted_at.is_(None)), query)
    if query.cursor:
        after = tuple_(*(literal(value, column.type) for value, column in _after(query)))
        statement = statement.where(key < after if order.descending else key > after)
    columns = (order.column.desc(), Todo.id.desc()) if order.descending else (order.column, Todo.id)
    todos = (await session.scalars(statement.order_by(*columns).limit(query.limit + 1))).all()
    page = todos[: query.limit]
    return Page(page, _cursor(query.sort, order.value(page[-1]), page[-1].id) if len(todos) > len(page) else "")


def _filter(statement: Select[Todo], query: TodoQuery) -> Select[Todo]:
    if query.done is not None:
        statement = statement.where(Todo.done == query.done)
    if query.tag is not None:
        statement = statement.where(Todo.tags.contains([query.tag]))
    if query.priority is not None:
        statement = statement.where(Todo.priority == query.priority)
    if query.due_from is not None:
        statement = statement.where(Todo.due_date >= query.due_from)
    if query.due_to is not None:
        statement = statement.where(Todo.due_date <= query.due_to)
    words = re.findall(r"\w+", query.q)
    if words:
        document = func.to_tsvector(text("'simple'"), Todo.title + " " + Todo.notes)
        prefixes = func.to_tsquery(text("'simple'"), " & ".join(f"{word}:*" for word in words))
        statement = statement.where(document.bool_op("@@")(prefixes))
    return statement


def _cursor(sort: Sort, value: object, todo_id: uuid.UUID) -> str:
    return base64.urlsafe_b64encode(json.dumps([sort, value, str(todo_id)]).encode()).decode()


def _after(query: TodoQuery) -> tuple[tuple[Any, _Column], ...]:
    order = _ORDERS[query.sort]
    try:
        sort, value, todo_id = json.loads(base64.urlsafe_b64decode(query.cursor))
        if sort != query.sort:
            raise ValueError("cursor of another order")
        return (order.parse(value), order.column), (uuid.UUID(todo_id), Todo.id)
    except (ValueError, TypeError, AttributeError) as error:
        detail = "The cursor is not from a list in this order. Start again without one."
        raise Problem(422, "bad-cursor", detail) from error

"""What follows a repeating todo."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.problems import Problem
from app.todos.models import Todo
from app.todos.recurrence import anchor_of, next_due_date

COPIED = ("title", "notes", "priority", "tags", "position", "due_time", "repeat_from")


def add_next(session: AsyncSession, todo: Todo, now: datetime) -> None:
    """Add the todo that follows one that was completed. It takes over the recurrence."""
    # One that left its series before goes on alone.
    todo.successor_id = None
    _hand_over(session, todo, now)


def leave_series(session: AsyncSession, todo: Todo, now: datetime) -> None:
    """Take a repeating todo out of its series, which goes on with the next one."""
    _hand_over(session, todo, now)
    todo.recurrence = None
    todo.anchor_day = None


async def rejoin_series(session: AsyncSession, todo: Todo, changes: dict[str, Any]) -> int | None:
    """Take back that a todo left its series: put its recurrence into `changes`, and return the day it is meant for.

    The todo that follows is deleted for good. If its owner changed that, the series stays there.
    """
    successor = await _successor(session, todo)
    todo.successor_id = None
    if todo.done or (successor is not None and successor.deleted_at is None and successor.version > 1):
        changes.pop("recurrence", None)
        return None
    if successor is None:
        return None
    changes["recurrence"] = successor.recurrence
    if successor.deleted_at is None:
        await session.delete(successor)
    else:
        successor.recurrence = None
    return successor.anchor_day


def _hand_over(session: AsyncSession, todo: Todo, now: datetime) -> None:
    added = series_after(todo, now)
    if added is not None:
        session.add(added)
        todo.successor_id = added.id
        todo.recurrence = None


def series_after(todo: Todo, now: datetime) -> Todo | None:
    """Return a new todo like this one, due at its next time; None if it does not repeat or is over."""
    following = _following(todo, now)
    if following is None:
        return None
    due, anchor_day = following
    copied = {name: getattr(todo, name) for name in ("owner_id", *COPIED)}
    return Todo(**copied, id=uuid.uuid4(), due_date=due, recurrence=todo.recurrence, anchor_day=anchor_day)


def skip(todo: Todo, now: datetime) -> None:
    """Make a todo due at its next time. 409 if it does not repeat, is done, or does not come again."""
    if todo.recurrence is None or todo.done:
        raise Problem(409, "not-repeating", "Only a todo that is open and repeats can be skipped.")
    following = _following(todo, now)
    if following is None:
        raise Problem(409, "recurrence-over", "The todo does not come again. Complete or delete it.")
    todo.due_date, todo.anchor_day = following


async def take_back_next(session: AsyncSession, todo: Todo) -> str | None:
    """Take the recurrence back from the todo that follows, unless its owner changed that. Returns the recurrence.

    The todo that follows is deleted for good. If its owner deleted it, it can still be restored, but does not repeat.
    """
    successor = await _successor(session, todo)
    todo.successor_id = None
    if successor is None:
        return None
    recurrence = successor.recurrence
    if successor.deleted_at is not None:
        successor.recurrence = None
        return recurrence
    if not _is_as_added(successor, todo):
        return None
    await session.delete(successor)
    return recurrence


async def _successor(session: AsyncSession, todo: Todo) -> Todo | None:
    if todo.successor_id is None:
        return None
    # Deleted ones too: whoever deletes the next one and takes back why it is there wants this one to repeat.
    following = select(Todo).where(Todo.id == todo.successor_id, Todo.owner_id == todo.owner_id).with_for_update()
    return await session.scalar(following)


def _following(todo: Todo, now: datetime) -> tuple[date, int] | None:
    if todo.recurrence is None:
        return None
    today = now.date()
    last = today if todo.repeat_from == "done" or todo.due_date is None else todo.due_date
    anchor_day = anchor_of(last, todo.anchor_day)
    # What is due at nine this morning would come back overdue in the afternoon.
    is_past = todo.due_time is not None and todo.due_time <= now.time() and today < date.max
    earliest = today + timedelta(days=1) if is_past else today
    due = next_due_date(last, todo.recurrence, earliest=earliest, anchor_day=anchor_day)
    return None if due is None else (due, anchor_day)


def _is_as_added(successor: Todo, todo: Todo) -> bool:
    if successor.version == 1:
        return True
    # A higher version may mean only that it was ticked and unticked. A new date or recurrence resets the anchor.
    same = all(getattr(successor, name) == getattr(todo, name) for name in COPIED)
    return same and not successor.done and successor.anchor_day is not None

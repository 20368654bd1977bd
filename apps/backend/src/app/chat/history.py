"""The conversation of one user, as it is stored."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.chat.models import ChatConfirmation, ChatMessage
from app.chat.schemas import Confirm
from app.chat.wording import counted
from app.problems import Problem
from app.todos.bulk import change_many
from app.todos.models import Todo
from app.todos.schemas import Bulk

ANSWER_WITHIN = timedelta(minutes=10)
"""How long a deletion waits for a yes."""
MOST_KEPT = 1000
"""Messages that are kept of one account."""


async def say(session: AsyncSession, *, owner_id: uuid.UUID, role: str, content: str) -> None:
    """Add one message, and forget the oldest beyond `MOST_KEPT`. Both happen with the caller's commit."""
    session.add(ChatMessage(owner_id=owner_id, role=role, content=content))
    await session.flush()
    own = ChatMessage.owner_id == owner_id
    first_too_old = select(ChatMessage.id).where(own).order_by(ChatMessage.id.desc()).offset(MOST_KEPT).limit(1)
    too_old = delete(ChatMessage).where(own, ChatMessage.id <= first_too_old.scalar_subquery())
    await session.execute(too_old, execution_options={"synchronize_session": False})


async def last_messages(session: AsyncSession, *, owner_id: uuid.UUID, limit: int) -> Sequence[ChatMessage]:
    """Return the latest messages, oldest first."""
    query = select(ChatMessage).where(ChatMessage.owner_id == owner_id).order_by(ChatMessage.id.desc()).limit(limit)
    return (await session.scalars(query)).all()[::-1]


async def forget(session: AsyncSession, *, owner_id: uuid.UUID) -> None:
    """Delete the conversation and all open questions."""
    for table in (ChatMessage, ChatConfirmation):
        await session.execute(delete(table).where(table.owner_id == owner_id))
    await session.commit()


async def ask(session: AsyncSession, *, owner_id: uuid.UUID, todo_ids: list[uuid.UUID]) -> uuid.UUID:
    """Remember a deletion that needs a yes. Returns the id of the question."""
    too_old = ChatConfirmation.created_at < func.now() - ANSWER_WITHIN
    await session.execute(delete(ChatConfirmation).where(ChatConfirmation.owner_id == owner_id, too_old))
    question = ChatConfirmation(id=uuid.uuid4(), owner_id=owner_id, todo_ids=todo_ids)
    session.add(question)
    await session.commit()
    return question.id


async def open_questions(session: AsyncSession, *, owner_id: uuid.UUID) -> list[Confirm]:
    """Return the questions that can still be answered, oldest first, with the titles of what is still there."""
    in_time = ChatConfirmation.created_at >= func.now() - ANSWER_WITHIN
    query = select(ChatConfirmation).where(ChatConfirmation.owner_id == owner_id, in_time)
    questions = (await session.scalars(query.order_by(ChatConfirmation.created_at, ChatConfirmation.id))).all()
    asked = {todo_id for question in questions for todo_id in question.todo_ids}
    there = select(Todo.id, Todo.title).where(Todo.owner_id == owner_id, Todo.id.in_(asked), Todo.deleted_at.is_(None))
    titles = {row.id: row.title for row in await session.execute(there)}
    confirms = []
    for question in questions:
        ids = [todo_id for todo_id in question.todo_ids if todo_id in titles]
        if ids:
            confirms.append(Confirm(id=question.id, todo_ids=ids, titles=[titles[todo_id] for todo_id in ids]))
    return confirms


async def answer(
    session: AsyncSession, *, owner_id: uuid.UUID, question_id: uuid.UUID, approve: bool
) -> list[uuid.UUID]:
    """Delete what was asked for, or drop it. 404 if the question is not there, too old or answered."""
    in_time = ChatConfirmation.created_at >= func.now() - ANSWER_WITHIN
    statement = delete(ChatConfirmation).where(
        ChatConfirmation.id == question_id, ChatConfirmation.owner_id == owner_id, in_time
    )
    todo_ids = await session.scalar(statement.returning(ChatConfirmation.todo_ids))
    if todo_ids is None:
        raise Problem(404, "question-not-found", "This question is not open any more. Ask the assistant again.")
    deleted: list[uuid.UUID] = []
    if approve:
        # The time counts for what is completed only.
        bulk = Bulk(action="delete", ids=todo_ids)
        results = await change_many(session, owner_id=owner_id, bulk=bulk, now=datetime.min)
        deleted = [item.id for item in results if item.result == "changed"]
    content = f"Deleted {counted(len(deleted))}." if approve else "Nothing was deleted."
    await say(session, owner_id=owner_id, role="assistant", content=content)
    await session.commit()
    return deleted

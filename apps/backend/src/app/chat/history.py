"""The conversation of one user, as it is stored."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.chat.models import ChatConfirmation, ChatMessage
from app.chat.wording import counted
from app.problems import Problem
from app.todos import service as todos
from app.todos.schemas import Bulk

ANSWER_WITHIN = timedelta(minutes=10)
"""How long a deletion waits for a yes."""


async def say(session: AsyncSession, *, owner_id: uuid.UUID, role: str, content: str) -> None:
    """Store one message."""
    session.add(ChatMessage(owner_id=owner_id, role=role, content=content))
    await session.commit()


async def last_messages(session: AsyncSession, *, owner_id: uuid.UUID, limit: int) -> Sequence[ChatMessage]:
    """Return the latest messages, oldest first."""
    query = select(ChatMessage).where(ChatMessage.owner_id == owner_id).order_by(ChatMessage.id.desc()).limit(limit)
    messages = (await session.scalars(query)).all()
    await session.commit()
    return messages[::-1]


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
        # The day counts for what is completed only.
        bulk = Bulk(action="delete", ids=todo_ids)
        deleted = await todos.change_many(session, owner_id=owner_id, bulk=bulk, today=date.min)
    content = f"Deleted {counted(len(deleted))}." if approve else "Nothing was deleted."
    await say(session, owner_id=owner_id, role="assistant", content=content)
    return deleted

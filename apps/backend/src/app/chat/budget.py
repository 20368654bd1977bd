"""How many answers of the language model an account gets on one day: each costs who owns the key."""

import uuid
from datetime import UTC, datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.chat.models import ChatUsage


async def take_answer(session: AsyncSession, *, owner_id: uuid.UUID, most: int) -> bool:
    """Count one answer. False if the account has had `most` on this day (of UTC), which no header can change.

    It counts with the caller's commit.
    """
    today = datetime.now(UTC).date()
    await session.execute(delete(ChatUsage).where(ChatUsage.owner_id == owner_id, ChatUsage.day < today))
    statement = insert(ChatUsage).values(owner_id=owner_id, day=today, answers=1)
    statement = statement.on_conflict_do_update(
        index_elements=[ChatUsage.owner_id, ChatUsage.day],
        set_={"answers": ChatUsage.answers + 1},
        where=ChatUsage.answers < most,
    )
    return await session.scalar(statement.returning(ChatUsage.answers)) is not None

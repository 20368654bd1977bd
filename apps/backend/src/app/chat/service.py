"""One turn of the conversation."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.chat import history, rules
from app.chat.errors import ModelUnavailableError
from app.chat.schemas import ChatEvent, Done, Failed, Text
from app.chat.tools import Toolbox
from app.database import Reads

if TYPE_CHECKING:
    from app.chat.model import Model

_REMEMBERED = 20
_NOT_REACHABLE = "The language model cannot be reached at the moment. "


async def converse(
    sessions: async_sessionmaker[AsyncSession],
    reads: Reads,
    model: Model | None,
    *,
    owner_id: uuid.UUID,
    content: str,
) -> AsyncIterator[ChatEvent]:
    """Answer one message, by the model if there is one and it can be reached, else by rules.

    Both sides are stored. No database connection is held while the model thinks.
    """
    async with sessions() as session:
        await history.say(session, owner_id=owner_id, role="user", content=content)
        messages = await history.last_messages(session, owner_id=owner_id, limit=_REMEMBERED)
    toolbox = Toolbox(sessions, reads, owner_id)
    said: list[str] = []
    answered = False
    end: ChatEvent = Done(assistant="rules")
    try:
        if model and not model.resting:
            try:
                async for event in model.reply(toolbox, messages):
                    answered = True
                    if isinstance(event, Text):
                        said.append(event.text)
                    yield event
                end = Done(assistant="model")
            except ModelUnavailableError:
                if answered:
                    end = Failed(detail="The language model broke off its answer. Ask again.")
        if not answered and isinstance(end, Done) and end.assistant == "rules":
            if model:
                said.append(_NOT_REACHABLE)
                yield Text(text=_NOT_REACHABLE)
            async for event in rules.reply(toolbox, content):
                if isinstance(event, Text):
                    said.append(event.text)
                yield event
    finally:
        # Also when the reader has gone away in the middle.
        if said:
            async with sessions() as session:
                await history.say(session, owner_id=owner_id, role="assistant", content="".join(said))
    yield end

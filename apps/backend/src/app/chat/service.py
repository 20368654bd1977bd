"""One turn of the conversation."""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from anyio import CancelScope
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.chat import history, rules
from app.chat.budget import take_answer
from app.chat.errors import MessageRefusedError, ModelUnavailableError
from app.chat.schemas import ChatEvent, Done, Failed, Text
from app.chat.tools import Toolbox
from app.database import Reads

if TYPE_CHECKING:
    from app.chat.model import Model

_REMEMBERED = 20
_NOT_REACHABLE = "The language model cannot be reached at the moment. "
_USED_UP = "You have had your {} answers of the language model for today. I am the built-in assistant until tomorrow. "
_NOT_TAKEN = "The language model did not take this message. "


async def converse(
    sessions: async_sessionmaker[AsyncSession],
    reads: Reads,
    model: Model | None,
    *,
    owner_id: uuid.UUID,
    content: str,
    zone: ZoneInfo,
    most_todos: int,
    most_answers: int,
) -> AsyncGenerator[ChatEvent, None]:
    """Answer one message, by the model if there is one and it can be reached, else by rules.

    The model gives an account `most_answers` a day, then the rules answer. Both sides are stored. No connection to the
    database is held while the model thinks.
    """
    async with sessions() as session:
        history.say(session, owner_id=owner_id, role="user", content=content)
        answering: Model | None = None
        messages = await history.last_messages(session, owner_id=owner_id, limit=_REMEMBERED)
        excuse = _NOT_REACHABLE
        if model and not model.breaker.is_open(owner_id):
            if await take_answer(session, owner_id=owner_id, most=most_answers):
                answering = model
            else:
                excuse = _USED_UP.format(most_answers)
        await session.commit()
    toolbox = Toolbox(sessions, reads, owner_id=owner_id, zone=zone, most_todos=most_todos)
    said: list[str] = []
    answered = False
    end: ChatEvent = Done(assistant="rules")
    try:
        if answering:
            try:
                async with aclosing(answering.reply(toolbox, messages)) as events:
                    async for event in events:
                        answered = True
                        if isinstance(event, Text):
                            said.append(event.text)
                        yield event
                end = Done(assistant="model")
            except ModelUnavailableError as error:
                if isinstance(error, MessageRefusedError):
                    excuse = _NOT_TAKEN
                if answered:
                    end = Failed(detail="The language model broke off its answer. Ask again.")
        if not answered and isinstance(end, Done) and end.assistant == "rules":
            if model:
                said.append(excuse)
                yield Text(text=excuse)
            async for event in rules.reply(toolbox, content):
                if isinstance(event, Text):
                    said.append(event.text)
                yield event
    finally:
        # Also when the reader has gone away in the middle, which cancels everything that is not shielded.
        if said:
            with CancelScope(shield=True):
                async with sessions() as session:
                    history.say(session, owner_id=owner_id, role="assistant", content="".join(said))
                    await session.commit()
    yield end

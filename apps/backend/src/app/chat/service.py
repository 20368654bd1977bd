"""One turn of the conversation."""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from anyio import CancelScope
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.chat import history, rule_assistant
from app.chat.budget import take_answer
from app.chat.errors import MessageRefusedError, ModelUnavailableError
from app.chat.models import ChatMessage
from app.chat.schemas import ChatEvent, Done, Failed, Text
from app.chat.tools import Toolbox
from app.database import Reads
from app.problems import Problem, problem_of

if TYPE_CHECKING:
    from app.chat.model import Model

_REMEMBERED = 20
_NOT_REACHABLE = "The language model cannot be reached at the moment. "
_USED_UP = "You have had your {} answers of the language model for today. I am the built-in assistant until tomorrow. "
_NOT_TAKEN = "The language model did not take this message. "


@dataclass(frozen=True)
class Turn:
    """What was said and is stored, and who is to answer it: without a model the rules, which say `excuse` first."""

    owner_id: uuid.UUID
    content: str
    messages: Sequence[ChatMessage]
    model: Model | None
    excuse: str


async def begin_turn(
    session: AsyncSession, model: Model | None, *, owner_id: uuid.UUID, content: str, most_answers: int
) -> Turn:
    """Store what was said. The model gives an account `most_answers` a day, then the rules answer."""
    await history.say(session, owner_id=owner_id, role="user", content=content)
    messages = await history.last_messages(session, owner_id=owner_id, limit=_REMEMBERED)
    answering: Model | None = None
    excuse = _NOT_REACHABLE if model else ""
    if model and not model.breaker.is_open(owner_id):
        if await take_answer(session, owner_id=owner_id, most=most_answers):
            answering = model
        else:
            excuse = _USED_UP.format(most_answers)
    await session.commit()
    return Turn(owner_id, content, messages, answering, excuse)


async def converse(
    sessions: async_sessionmaker[AsyncSession], reads: Reads, turn: Turn, *, zone: ZoneInfo, most_todos: int
) -> AsyncGenerator[ChatEvent, None]:
    """Answer, by the model if there is one and it can be reached, else by rules. What is said is stored.

    What goes wrong is told as the last event, since the answer has begun. No connection to the database is held while
    the model thinks.
    """
    toolbox = Toolbox(sessions, reads, owner_id=turn.owner_id, zone=zone, most_todos=most_todos)
    said: list[str] = []
    end: ChatEvent = Failed(detail="The answer broke off. Ask again.")
    try:
        async with aclosing(_answer(toolbox, turn)) as events:
            async for event in events:
                if isinstance(event, Done | Failed):
                    end = event
                    break
                if isinstance(event, Text):
                    said.append(event.text)
                yield event
    except Exception as error:
        end = Failed(detail=_problem(error).detail)
    finally:
        # Also when the reader has gone away in the middle, which cancels everything that is not shielded.
        if said:
            with CancelScope(shield=True):
                unstored = await _store(sessions, turn.owner_id, "".join(said))
            if unstored and isinstance(end, Done):
                end = Failed(detail=f"The answer could not be stored. {unstored.detail}")
    yield end


async def _answer(toolbox: Toolbox, turn: Turn) -> AsyncGenerator[ChatEvent, None]:
    excuse = turn.excuse
    if turn.model:
        begun = False
        try:
            async with aclosing(turn.model.reply(toolbox, turn.messages)) as events:
                async for event in events:
                    begun = True
                    yield event
            yield Done(assistant="model")
            return
        except ModelUnavailableError as error:
            if begun:
                yield Failed(detail="The language model broke off its answer. Ask again.")
                return
            excuse = _NOT_TAKEN if isinstance(error, MessageRefusedError) else _NOT_REACHABLE
    if excuse:
        yield Text(text=excuse)
    async for event in rule_assistant.reply(toolbox, turn.content):
        yield event
    yield Done(assistant="rules")


async def _store(sessions: async_sessionmaker[AsyncSession], owner_id: uuid.UUID, answer: str) -> Problem | None:
    try:
        async with sessions() as session:
            await history.say(session, owner_id=owner_id, role="assistant", content=answer)
            await session.commit()
    except Exception as error:
        return _problem(error)
    return None


def _problem(error: Exception) -> Problem:
    problem = problem_of(error)
    if problem is None:
        raise error
    return problem
